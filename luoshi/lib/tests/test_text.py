import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("\u200b张\u200d三\ufeff", "张三"),
        ("\u202e张三\u202c", "张三"),
        (" 张\u3000 三\t\n", "张 三"),
        ("第２３次（Ａ组）", "第23次（A组）"),
        ("a\r\nb", "a b"),
        ("e\u0301", "é"),
        ("坏\ud800", "坏"),
        ("\x00", ""),
        ("一、二；三：四。", "一、二；三：四。"),
    ],
)
def test_a_line_is_made_plain(typed, stored):
    assert text.clean(typed) == stored


def test_paragraphs_are_kept():
    assert text.clean_lines(" 一\r\n\r\n\r\n\u2028 二\x85三 \n") == "一\n\n二\n三"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed):
    for clean in (text.clean, text.clean_lines):
        once = clean(typed)
        assert clean(once) == once
        assert once == once.strip()
        assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in once.replace("\n", ""))


def test_narrow_forms():
    assert text.narrow("（２３％）\u3000Ａ") == "(23%) A"


@pytest.mark.parametrize(
    ("given_text", "mark"),
    [
        ("秘密★10年\n关于…的报告", "秘密"),
        ("机 密 ★ 20年", "机密"),
        ("绝\u200b密★", "绝密"),
        ("关于…的报告\n  机密  \n正文", "机密"),
        ("【绝密】", "绝密"),
        ("机密*30年", "机密"),
        ("（秘密）５年", "秘密"),
        ("文件密级：秘密，请勿外传", "秘密"),
        ("开展保守国家秘密、机密、绝密教育12次", None),
        ("机密文件管理检查", None),
        ("商业秘密\n国家秘密", None),
        ("内部", None),
        ("", None),
    ],
)
def test_a_mark_is_seen_and_the_word_in_a_sentence_is_not_one(given_text, mark):
    assert text.marking(given_text) == mark
