"""Outlines — a report of a pack as template text, one for each language, in the language of luoshi/reports/drafting.py."""

from luoshi.packs.schema import Passage, ReportPart, Words


def templates_of(report: ReportPart) -> dict[str, str]:
    """{"zh-hans": "# 总体情况\\n…", "en": …}: a heading a section, a line a paragraph."""
    return {language: "\n".join(_lines(report, language)) for language in ("zh-hans", "en")}


def _lines(report: ReportPart, language: str) -> list[str]:
    lines: list[str] = []
    for section in report.sections:
        lines.append(f"# {_in(section.heading, language)}")
        lines += [_in(paragraph, language) for paragraph in section.paragraphs]
    return lines


def _in(words: Words | Passage, language: str) -> str:
    return words.en if language == "en" else words.zh_hans
