"""Text from forms, files and the clipboard made plain; and the classification marks that must not come in."""

import re
import unicodedata

_NARROW = {0xFF01 + step: 0x21 + step for step in range(94)} | {0x3000: 0x20}
_NARROW_ALPHANUMERIC = {wide: plain for wide, plain in _NARROW.items() if chr(plain).isalnum() or plain == 0x20}

_INVISIBLE = re.compile(
    "["
    "\u00ad"  # soft hyphen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: can make a file name or a number read backwards
    "\u180e\u200b-\u200d\u2060-\u2064\ufeff"  # no width: two names that look alike would differ
    "\ufff9-\ufffb\ufffe\uffff"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\ud800-\udfff"
    "]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_MARK = re.compile(
    r"(?P<mark>绝密|机密|秘密)(?=[★☆])"  # the mark of the State Secrets rules: 秘密★10年
    r"|(?:密级|保密等级)[:：]?(?P<level>绝密|机密|秘密)"
    r"|^[【\[(（〔]?(?P<line>绝密|机密|秘密)[】\])）〕]?[*※]?(?:[0-9一二三四五六七八九十]+年|长期)?$",
    re.MULTILINE,
)


def narrow(text: str) -> str:
    """Full-width letters, digits, signs and space as ASCII: （２３％） becomes (23%). For reading numbers and keys."""
    return text.translate(_NARROW)


def clean(text: str) -> str:
    """One line as a form stores it.

    Invisible and direction-turning characters go, letters and digits become narrow, each run of white space one space.
    Chinese punctuation stays full-width. Composed as NFC, so that equal names are equal.
    """
    return " ".join(clean_lines(text).split())


def clean_lines(text: str) -> str:
    """The same for several lines: at most one empty line between paragraphs, none around them."""
    plain = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).translate(_NARROW_ALPHANUMERIC)
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", plain).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def marking(text: str) -> str | None:
    """The classification mark that a text bears (绝密, 机密 or 秘密), or None. The product holds no classified content.

    A mark is the word before a star, after 密级, or alone on its line, however spaced. The same words within a sentence
    (开展保守国家秘密教育) are no mark.
    """
    match = _MARK.search(re.sub(r"[^\S\n]+", "", narrow(clean_lines(text))))
    return next(filter(None, match.groups())) if match else None
