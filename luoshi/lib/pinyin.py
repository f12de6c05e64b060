"""Search keys for Chinese names, made when a name is written: pinyin in full, its initials, pairs of characters."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

from luoshi.lib.text import clean, narrow

PLACES = {
    # What pypinyin reads otherwise. 宕 and 峒 have a reading of their own in these names of Gansu.
    "宕昌": "tan chang",
    "崆峒": "kong tong",
    "武都": "wu du",
    "民乐县": "min le xian",
    "什川": "shi chuan",
    "什字": "shi zi",
    "什社": "shi she",
    "长庆桥": "chang qing qiao",
}
SURNAMES = {
    # Only readings that are sure: 盖, 覃, 牟, 乐 and 黑 are read in two ways by those who bear them.
    "单": "shan",
    "曾": "zeng",
    "区": "ou",
    "仇": "qiu",
    "朴": "piao",
    "查": "zha",
    "解": "xie",
    "员": "yun",
    "种": "chong",
    "秘": "bi",
    "繁": "po",
    "折": "she",
    "洗": "xian",
    "缪": "miao",
    "翟": "zhai",
    "么": "yao",
    "单于": "chan yu",  # pypinyin knows the other surnames of two characters
}
_PLACE = re.compile("|".join(sorted(PLACES, key=len, reverse=True)))
_CHINESE = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_RUN = re.compile(rf"(?P<chinese>{_CHINESE}+)|(?:(?!{_CHINESE})[^\W_])+")
_LONGEST_SURNAME = 2


@lru_cache(maxsize=250_000)  # a province has 1.8 million persons and far fewer names
def pinyin_keys(name: str, *, person: bool = False) -> str:
    """兰州市 as "lanzhoushi lzs": what somebody types who looks for the name.

    Lower case, ü as v; Latin letters and digits stay.
    For a person the surname is read as a surname (单 shan, where 单位 has dan). Other readings follow pypinyin.
    """
    plain = narrow(clean(name)).lower().replace("·", "")
    syllables = _person_syllables(plain) if person else _syllables(plain)
    words = [one for one in (_letters(syllable) for syllable in syllables) if one]
    full = "".join(words)
    initials = "".join(word if word.isdigit() else word[0] for word in words)
    return full if initials == full else f"{full} {initials}"


def bigrams(text: str) -> list[str]:
    """兰州市 as 兰州 and 州市; a lone character and each Latin word or number as itself. In order, each once."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(narrow(clean(text)).lower()):
        pairs = [left + right for left, right in pairwise(run["chinese"] or "")]
        found |= dict.fromkeys(pairs or [run[0]])
    return list(found)


def _syllables(plain: str) -> list[str]:
    syllables: list[str] = []
    end = 0
    for place in _PLACE.finditer(plain):
        syllables += lazy_pinyin(plain[end : place.start()])
        syllables += PLACES[place[0]].split()
        end = place.end()
    return syllables + lazy_pinyin(plain[end:])


def _person_syllables(plain: str) -> list[str]:
    for length in (_LONGEST_SURNAME, 1):
        if reading := SURNAMES.get(plain[:length]):
            return reading.split() + lazy_pinyin(plain[length:])
    return lazy_pinyin(plain)


def _letters(syllable: str) -> str:
    """Letters and digits in lower case without accents: what a keyboard gives."""
    plain = "".join(one for one in unicodedata.normalize("NFD", syllable) if one.isalnum())
    return plain.lower()
