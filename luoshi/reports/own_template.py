"""自备模板 — a user's own file as template: .docx keeps its layout, .txt is laid out as an official text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError

from luoshi.gate.errors import Refused
from luoshi.reports.composing import Answers, Dress, compose, language_of, unsound
from luoshi.reports.drafting import check_template, read_template
from luoshi.reports.outline import Outline
from luoshi.reports.quoting import Ledger
from luoshi.reports.word import template as word

LARGEST_FILE = 5 * 2**20


class FlawedTemplate(Refused):
    """A template with flaws; `flaws` tells each of them with its place."""

    def __init__(self, flaws: Iterable[object]) -> None:
        self.flaws = tuple(map(str, flaws))
        count = len(self.flaws)
        said = ngettext(
            "The template has %(count)d flaw; nothing was generated.",
            "The template has %(count)d flaws; nothing was generated.",
            count,
        )
        super().__init__(said % {"count": count})


@dataclass(frozen=True)
class Written:
    """What came of a user's file: an outline, or a Word file that was filled in."""

    outline: Outline | None = None
    filled: word.Filled | None = None
    left_out: tuple[str, ...] = ()


def written(name: str, data: bytes, ledger: Ledger, dress: Dress, *, drop_unknown: bool = False) -> Written:
    """The file with the figures of the moment. FlawedTemplate with every flaw of it."""
    if len(data) > LARGEST_FILE:
        raise Refused(_("The file is larger than %(most)d MB.") % {"most": LARGEST_FILE // 2**20})
    if name.lower().endswith(".docx"):
        return _word(data, ledger, dress, drop_unknown=drop_unknown)
    if not name.lower().endswith(".txt"):
        raise Refused(_("A template is a Word file (.docx) or a text file (.txt)."))
    template = read_template(decoded(data))
    if flaws := check_template(template, ledger.figures, no_unit=ledger.no_unit):
        raise FlawedTemplate(flaws)
    made = compose(template, ledger, dress, drop_unknown=drop_unknown)
    return Written(outline=made.outline, left_out=made.left_out)


def _word(data: bytes, ledger: Ledger, dress: Dress, *, drop_unknown: bool) -> Written:
    if flaws := word.check_template(data, ledger.figures, no_unit=ledger.no_unit):
        raise FlawedTemplate(flaws)
    source = ledger.source
    answers = Answers(ledger, source.unit, title=dress.title)
    try:
        filled = word.fill_template(
            data, answers, title=dress.title, language=language_of(source.language), drop_unknown=drop_unknown
        )
    except ValidationError as error:
        raise unsound(error) from error
    return Written(filled=filled, left_out=filled.left_out)


def decoded(data: bytes) -> str:
    """UTF-8, or GB18030 as older Windows programs save it. Refused for what is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The text is neither UTF-8 nor GB18030. Save it as UTF-8 and try again."))
