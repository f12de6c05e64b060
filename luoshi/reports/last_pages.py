"""数字出处与核验 — what stands behind a report: where its figures come from, and its seal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta, timezone

from pydantic import AwareDatetime

from luoshi.journal import note
from luoshi.reports.outline import UNKNOWN, Quote, Unknown, named_unknowns
from luoshi.reports.seal import Sealed

BEIJING = timezone(timedelta(hours=8))  # documents print this time wherever they are made or checked


@dataclass(frozen=True)
class Words:
    """What stands around the figures on the last pages.

    Not in the catalogue: a check compares these lines too, and a file sealed today must verify under every later
    translation. Whoever changes a word here makes a new format of the seal.
    """

    sources: str
    heads: tuple[str, ...]
    computed: str
    declared: str
    exact: str
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
        heads=("序号", "数字", "指标", "定义", "单位", "截至", "来源"),
        computed="由记录算出",
        declared="填报：{document}，{on}",
        exact="{printed}（{exact}）",
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
        heads=("No.", "Figure", "Indicator", "Definition", "Unit", "As of", "Source"),
        computed="computed from records",
        declared="declared: {document}, {on}",
        exact="{printed} ({exact})",
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


def source_rows(quotes: Iterable[Quote], words: Words) -> tuple[tuple[str, ...], ...]:
    """数字出处 — one row for each quoted figure."""
    return tuple(
        (
            str(quote.n),
            _printed_and_exact(quote, words),
            quote.title,
            quote.definition or UNKNOWN,
            quote.whose,
            _instant(quote.as_of),
            _source(quote, words),
        )
        for quote in quotes
    )


def _printed_and_exact(quote: Quote, words: Words) -> str:
    if quote.printed == quote.exact_text.replace(",", ""):
        return quote.printed
    return words.exact.format(printed=quote.printed, exact=quote.exact_text)


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
        _instant(sealed.content.as_of),
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
        *(cells if content.figures else ()),
        *notes(content.figures, content.unknowns, words),
        words.seal,
        *(text for fact in seal_facts(sealed) for text in fact),
        *(label for label, _payload in qr_codes(sealed)),
        words.meaning,
    )
    return tuple(line for line in printed if line.strip())


def _instant(at: AwareDatetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
