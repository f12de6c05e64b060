import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from luoshi.lib import pinyin

GANSU = {
    "兰州市": "lanzhoushi lzs",
    "皋兰县": "gaolanxian glx",
    "榆中县": "yuzhongxian yzx",
    "嘉峪关市": "jiayuguanshi jygs",
    "会宁县": "huiningxian hnx",
    "民乐县": "minlexian mlx",
    "崆峒区": "kongtongqu ktq",
    "华亭市": "huatingshi hts",
    "通渭县": "tongweixian twx",
    "临洮县": "lintaoxian ltx",
    "武都区": "wuduqu wdq",
    "宕昌县": "tanchangxian tcx",
    "西和县": "xihexian xhx",
    "两当县": "liangdangxian ldx",
    "康乐县": "kanglexian klx",
    "舟曲县": "zhouquxian zqx",
    "迭部县": "diebuxian dbx",
    "张掖市": "zhangyeshi zys",
    "东乡族自治县": "dongxiangzuzizhixian dxzzzx",
}


@pytest.mark.parametrize(("name", "keys"), GANSU.items())
def test_places_of_gansu_are_found_as_they_are_spoken(name, keys):
    assert pinyin.pinyin_keys(name) == keys


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("单田芳", "shantianfang stf"),
        ("曾明", "zengming zm"),
        ("区志强", "ouzhiqiang ozq"),
        ("仇和平", "qiuheping qhp"),
        ("朴英", "piaoying py"),
        ("尉迟恭", "yuchigong ycg"),
        ("李曾", "liceng lc"),
        ("吕思清", "lvsiqing lsq"),
        ("马·尔萨", "maersa mes"),
    ],
)
def test_a_surname_is_read_as_a_surname(name, keys):
    assert pinyin.pinyin_keys(name, person=True) == keys


def test_the_same_character_elsewhere_is_no_surname():
    assert pinyin.pinyin_keys("单位") == "danwei dw"
    assert pinyin.pinyin_keys("解放路街道") == "jiefanglujiedao jfljd"


def test_latin_and_digits_stay():
    assert pinyin.pinyin_keys("第２３党支部（ＩＴ）") == "di23dangzhibuit d23dzbi"
    assert pinyin.pinyin_keys("IT") == "it i"
    assert pinyin.pinyin_keys("") == ""


@pytest.mark.parametrize("place", pinyin.PLACES)
def test_every_place_in_the_table_is_read_wrongly_without_it(place):
    reading = pinyin.PLACES[place].split()
    assert len(reading) == len(place)
    assert lazy_pinyin(place) != reading


@pytest.mark.parametrize("surname", pinyin.SURNAMES)
def test_every_surname_in_the_table_is_read_wrongly_without_it(surname, monkeypatch):
    right = pinyin.pinyin_keys(surname + "明", person=True)
    assert right.startswith("".join(pinyin.SURNAMES[surname].split()))
    monkeypatch.delitem(pinyin.SURNAMES, surname)
    pinyin.pinyin_keys.cache_clear()
    assert pinyin.pinyin_keys(surname + "明", person=True) != right
    pinyin.pinyin_keys.cache_clear()


@given(st.text(max_size=20), st.booleans())
def test_keys_are_what_a_keyboard_gives(name, person):
    keys = pinyin.pinyin_keys(name, person=person)
    assert keys == keys.strip() == keys.lower()
    assert len(keys.split()) <= 2


def test_pairs_of_characters():
    assert pinyin.bigrams("兰州市城关区") == ["兰州", "州市", "市城", "城关", "关区"]
    assert pinyin.bigrams("三会一课 IT组，３次") == ["三会", "会一", "一课", "it", "组", "3", "次"]
    assert pinyin.bigrams("学 学学学") == ["学", "学学"]
    assert pinyin.bigrams("，。") == []


@given(st.text("兰州市区县学习", max_size=12), st.data())
def test_whatever_stands_in_a_text_shares_its_pairs(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : start + data.draw(st.integers(2, 6))]
    if len(part) > 1:
        assert set(pinyin.bigrams(part)) <= set(pinyin.bigrams(text))
