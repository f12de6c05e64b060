"""数字出处与核验 — what stands behind a report: where its figures come from, and its seal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from luoshi.journal import note
from luoshi.reports.outline import Quote, Unknown, named_unknowns
from luoshi.reports.seal import Sealed

BEIJING = timezone(timedelta(hours=8))  # documents print this time wherever they are made or checked


@dataclass(frozen=True)
class Words:
    """What stands around the figures on the last pages.

    Not in the catalogue: a check compares these lines too, and a file sealed today must verify under every later
    translation. Whoever changes a word here makes a new format of the seal.
    """

    sources: str
    about: str
    heads: tuple[str, ...]
    computed: str
    declared: str
    exact: str
    between: tuple[str, str, str]
    starred: str
    unknown: str
    seal: str
    facts: tuple[str, ...]
    journal: str
    checkpoint: str
    scan: str
    keep: str
    meaning: str
    draft: str


WORDS = {
    "zh-hans": Words(
        sources="数字出处",
        about="数字截至 {at}。未注明单位的，是{unit}的数字；方括号内为文中编号，圆括号内为未舍入的值。",
        heads=("指标和定义", "数字", "来源"),
        computed="由记录算出",
        declared="填报：{document}，{on}",
        exact="{printed}（{exact}）",
        between=("：", "，", "；"),
        starred="标 * 的为填报数，由其他系统统计，按所列文件填报，不由记录算出。",
        unknown="“—”表示台账没有这项记录，不是零：{names}。",
        seal="核验",
        facts=("核验码", "数字截至", "日志", "存证点", "根", "日志名称"),
        journal="第 {position} 条为止",
        checkpoint="第 {number} 号，共 {size} 条",
        scan="扫码核验",
        keep="存证点（可留存）",
        meaning="核验说明报告没有被改动、数字由记录算出；不说明记录本身是否属实。",
        draft="草稿，未存证。",
    ),
    "en": Words(
        sources="Where the figures come from",
        about="Figures as of {at}. Where no unit is named they are those of {unit}; the number in the text stands in square brackets, "
        "the value before rounding in round ones.",
        heads=("Indicator and definition", "Figures", "Source"),
        computed="computed from records",
        declared="declared: {document}, {on}",
        exact="{printed} ({exact})",
        between=(": ", ", ", "; "),
        starred="Figures marked * are counted by other systems and declared with the document named; they are not computed "
        "from records.",
        unknown="“—” means that the ledger holds no record, not zero: {names}.",
        seal="Verification",
        facts=("Code", "Figures as of", "Journal", "Checkpoint", "Root", "Log"),
        journal="up to entry {position}",
        checkpoint="no. {number}, {size} entries",
        scan="Scan to verify",
        keep="Checkpoint to keep",
        meaning="The verification shows that the report was not altered and that its figures were computed from the "
        "records; it does not show that the records are true.",
        draft="Draft: not sealed.",
    ),
}


def about_sources(quotes: Sequence[Quote], words: Words) -> str:
    """What holds for all figures: their moment, and the unit that is not named each time."""
    return words.about.format(at=as_of_text(quotes[0].as_of), unit=quotes[0].unit) if quotes else ""


def source_rows(quotes: Sequence[Quote], words: Words) -> tuple[tuple[str, ...], ...]:
    """数字出处 — one row for each indicator: what it counts, the figures of it that are quoted, and whence they are."""
    rows: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for quote in quotes:
        what = (_joined(words.between[0], quote.title, quote.definition), _source(quote, words))
        rows.setdefault(what, {}).setdefault(_whose(quote, quotes[0]), []).append(_referred(quote, words))
    return tuple((what, _figures(units, words), source) for (what, source), units in rows.items())


def _whose(quote: Quote, first: Quote) -> str:
    """The unit of a figure, which is not named where it is that of the first one."""
    same = (quote.unit_code, quote.unit) == (first.unit_code, first.unit)
    return quote.sector if same else quote.whose


def _figures(units: Mapping[str, list[str]], words: Words) -> str:
    colon, comma, semicolon = words.between
    return semicolon.join(_joined(colon, whose, comma.join(some)) for whose, some in units.items())


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, parts))


def _referred(quote: Quote, words: Words) -> str:
    """2659[3], or 2.4万[4]（23,987） where the print says less than the value."""
    printed = quote.printed + quote.reference
    return words.exact.format(printed=printed, exact=quote.exact_text.replace(" ", "")) if quote.rounded else printed


def _source(quote: Quote, words: Words) -> str:
    if quote.declared is None:
        return words.computed
    return words.declared.format(document=quote.declared.document, on=quote.declared.on.isoformat())


def notes(quotes: Iterable[Quote], missing: Iterable[Unknown], words: Words) -> tuple[str, ...]:
    """What the marks in the text mean: * and —."""
    starred = words.starred if any(quote.declared for quote in quotes) else ""
    return tuple(filter(None, (starred, _unknown_note(missing, words))))


def _unknown_note(missing: Iterable[Unknown], words: Words) -> str:
    named = named_unknowns(missing)
    return words.unknown.format(names="；".join(named)) if named else ""


def seal_facts(sealed: Sealed) -> tuple[tuple[str, str], ...]:
    """What stands beside the QR codes: name and value."""
    words = WORDS[sealed.content.language]
    checkpoint = note.parse(sealed.checkpoint).checkpoint
    values = (
        sealed.code,
        as_of_text(sealed.content.as_of),
        words.journal.format(position=sealed.content.position),
        words.checkpoint.format(number=sealed.checkpoint_number, size=checkpoint.size),
        note.encoded(checkpoint.root),
        checkpoint.origin,
    )
    return tuple(zip(words.facts, values, strict=True))


def qr_codes(sealed: Sealed) -> tuple[tuple[str, str], ...]:
    """Label and payload: the page that looks the code up, and the checkpoint for those who have no network."""
    words = WORDS[sealed.content.language]
    page = ((words.scan, f"{sealed.url}{sealed.code}"),) if sealed.url else ()
    return (*page, (words.keep, sealed.checkpoint))


def closing_lines(sealed: Sealed) -> tuple[str, ...]:
    """The lines behind the report proper, as `word.document` prints them."""
    content, words = sealed.content, WORDS[sealed.content.language]
    cells = (cell for row in (words.heads, *source_rows(content.figures, words)) for cell in row)
    printed = (
        words.sources,
        about_sources(content.figures, words),
        *(cells if content.figures else ()),
        *notes(content.figures, content.unknowns, words),
        words.seal,
        *(text for fact in seal_facts(sealed) for text in fact),
        *(label for label, _payload in qr_codes(sealed)),
        words.meaning,
    )
    return tuple(line for line in printed if line.strip())


def as_of_text(at: datetime) -> str:
    """2023-11-20 18:00; the end of a day is its 24:00, not the midnight of the next one."""
    local = at.astimezone(BEIJING)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
