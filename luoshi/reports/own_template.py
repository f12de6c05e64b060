"""自备模板 — a user's own file as template: .docx keeps its layout, .txt is laid out as an official text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from pydantic import ValidationError

from luoshi.gate.errors import Refused
from luoshi.reports.composing import language_of, unsound
from luoshi.reports.drafting import BadTemplate, check_codes, draft, parse_template
from luoshi.reports.outline import Outline, Signature, date_text, numbered
from luoshi.reports.quoting import Ledger
from luoshi.reports.word import template as word

LARGEST_FILE = 5 * 2**20


@dataclass(frozen=True)
class Written:
    """What came of a user's file: an outline, or a Word file that was filled in."""

    outline: Outline | None = None
    filled: word.Filled | None = None
    left_out: tuple[str, ...] = ()


def written(name: str, data: bytes, ledger: Ledger, *, title: str, signed_on: date, drop_unknown: bool) -> Written:
    """The file with the figures of the moment. Refused with every flaw of the template."""
    if len(data) > LARGEST_FILE:
        raise Refused(_("The file is larger than %(most)d MB.") % {"most": LARGEST_FILE // 2**20})
    if name.lower().endswith(".docx"):
        return _word(data, ledger, title=title)
    if name.lower().endswith(".txt"):
        return _text(data, ledger, title=title, signed_on=signed_on, drop_unknown=drop_unknown)
    raise Refused(_("A template is a Word file (.docx) or a text file (.txt)."))


def _word(data: bytes, ledger: Ledger, *, title: str) -> Written:
    flaws = word.check_template(data, codes=set(ledger.by_code))
    if flaws:
        raise _flawed(map(str, flaws))
    source = ledger.source
    language = language_of(source.language)
    words = {"title": title, "unit": source.unit.name, "as_of": date_text(source.moment.on, language=language)}
    try:
        return Written(filled=word.fill_template(data, ledger, words=words, language=language))
    except ValidationError as error:
        raise unsound(error) from error


def _text(data: bytes, ledger: Ledger, *, title: str, signed_on: date, drop_unknown: bool) -> Written:
    source = ledger.source
    try:
        template = parse_template(decoded(data))
        if flaws := check_codes(template, set(ledger.by_code)):
            raise BadTemplate(flaws)
        made = draft(template, ledger, unknown="drop" if drop_unknown else "dash")
        signature = Signature(units=(source.unit.name,), on=signed_on)
        language = language_of(source.language)
        outline = Outline(language=language, title=title, blocks=made.blocks, signature=signature)
    except BadTemplate as bad:
        raise _flawed(map(str, bad.flaws)) from bad
    except ValidationError as error:
        raise unsound(error) from error
    return Written(outline=numbered(outline), left_out=made.left_out)


def decoded(data: bytes) -> str:
    """UTF-8, or GB18030 as older Windows programs save it. Refused for what is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The text is neither UTF-8 nor GB18030. Save it as UTF-8 and try again."))


def _flawed(flaws: Iterable[str]) -> Refused:
    lines = list(flaws)
    more = _(" and %(count)d more") % {"count": len(lines) - 10} if len(lines) > 10 else ""
    return Refused(_("The template has flaws: %(flaws)s") % {"flaws": "；".join(lines[:10]) + more})
