"""What people type into cells: invisible characters, full-width digits, thousands commas, dates in many hands."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

Raw = object

# Excel keeps 15 significant digits; a longer number has already lost its tail when it reaches us.
EXACT_LIMIT = 10**15
CELL_LIMIT = 32_767

# Zero-width characters come along with copied text and mean nothing in a cell: they are taken out.
WEIGHTLESS = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x180E, *range(0xFE00, 0xFE10)]
)
# Overrides of the writing direction make text look like other text; controls, private tags and halves of characters
# cannot be seen at all: they are refused.
DECEPTIVE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\u061c\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
BLANKS = re.compile(r"[\t\n]+")

NUMERAL = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+?\d+")
DAY = re.compile(r"(\d{4})\s*(?:年|[./-])\s*(\d{1,2})\s*(?:月|[./-])\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")

EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FORMULA_START = re.compile("'*[=+\\-@\t\r＝＋－＠]")


def weightless_removed(text: str) -> str:
    return BREAKS.sub("\n", text.translate(WEIGHTLESS))


def one_line(text: str) -> str:
    return BLANKS.sub(" ", weightless_removed(text)).strip()


def deceptive(text: str) -> bool:
    return DECEPTIVE.search(text) is not None


def folded(text: str) -> str:
    """For comparing what people mean: width, case and all white space do not count."""
    return "".join(unicodedata.normalize("NFKC", text.translate(WEIGHTLESS)).casefold().split())


def half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", weightless_removed(text)).strip()


def decimal_of(number: int | float) -> Decimal:
    """The decimal that Excel shows for a number: 15 significant digits, so that 0.1 + 0.2 is 0.3."""
    return Decimal(number) if isinstance(number, int) else Decimal(f"{number:.15g}")


def decimal_in(text: str) -> Decimal | None:
    """ "１,２００.5 " → 1200.5; None when the text is no plain number."""
    text = half_width(text)
    if not NUMERAL.fullmatch(text) or len(text) > 40:
        return None
    return Decimal(text.replace(",", ""))


def day_in(text: str) -> date | None:
    """2023.9.4, 2023/9/4, 2023-09-04, 2023年9月4日, 20230904; None when the text is no day of the calendar."""
    text = half_width(text)
    match = DAY.fullmatch(text) or PACKED_DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def day_of_serial(serial: int, *, date1904: bool) -> date | None:
    """An Excel serial number, or the digits 20230904 typed as a number."""
    if 19_000_101 <= serial <= 21_991_231:
        return day_in(str(serial))
    if not 1 <= serial <= 110_000:
        return None
    return (EPOCH_1904 if date1904 else EPOCH_1900) + timedelta(days=serial)


def shielded(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula; `unshielded` is its exact inverse."""
    return f"'{text}" if FORMULA_START.match(text) else text


def unshielded(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA_START.match(text) else text


def display_width(text: str) -> int:
    """Columns on the screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, index: int) -> str:
    """The address that Excel shows: row counted from 1, column from 0."""
    return f"{column_letters(index)}{row}"
