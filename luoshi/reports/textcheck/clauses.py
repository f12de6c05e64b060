"""文句 — paragraphs, sentences and clauses with their places. Clauses are what organisations, verbs and r"
"oles are looked for in."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# A line is cut where it has no end of sentence for this long, so that no step looks at a megabyte at once.
LONGEST_CLAUSE = 400
_PARAGRAPH = re.compile(r"[^\n\r\x0b\x0c\u2028\u2029]+")
_MARKS = "，。；：！？,;:!?　\t（）()"
# （街道） inside a name belongs to it; a bracket with a number or a comma is an aside.
_SHORT_BRACKET = re.compile(r"(?<=[\u4e00-\u9fff])[（(]([^（()）\d，。；：！？,;:!?\s]{1,8})[）)](?=[\u4e00-\u9fff\d])")
_CLAUSE = re.compile(rf"[^{_MARKS}]{{1,{LONGEST_CLAUSE}}}[{_MARKS}]*")
_ENDS_SENTENCE = re.compile(r"[。！？!?；;　]")
_WIDE_SPACE = re.compile(r"　{2,}(?=\S)")


class Clause(NamedTuple):
    """小句 — text between two commas, without its mark; `sentence` counts within the paragraph."""

    start: int
    end: int
    text: str
    mark: str
    sentence: int
    aside: bool = False  # within brackets


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Place and text of each paragraph; two wide spaces in a line begin a new one (　　下一步)."""
    for m in _PARAGRAPH.finditer(text):
        start = m.start()
        for gap in _WIDE_SPACE.finditer(m.group()):
            if gap.start() and m.start() + gap.end() > start:
                yield start, text[start : m.start() + gap.end()]
                start = m.start() + gap.end()
        if start < m.end():
            yield start, text[start : m.end()]


def clauses(folded: str) -> list[Clause]:
    """The clauses of one paragraph. A comma between digits is part of a number and ends nothing."""
    found: list[Clause] = []
    sentence = start = 0
    for m in _CLAUSE.finditer(_SHORT_BRACKET.sub(r"[\1]", folded)):
        text = m.group().rstrip(_MARKS)  # only its length is used: brackets stand in it otherwise than in the text
        mark = m.group()[len(text) :]
        if (
            mark in (",", "，", ":", "：")
            and text[-1:].isdigit()
            and folded[m.end() : m.end() + 3].isdigit()
            and m.end() - start < LONGEST_CLAUSE
        ):
            continue
        end = m.start() + len(text)
        if text:
            begin = start + len(folded[start:end]) - len(folded[start:end].lstrip(_MARKS))
            found.append(
                Clause(begin, end, folded[begin:end], mark, sentence, folded[begin - 1 : begin] in ("（", "("))
            )
        start = m.end()
        if _ENDS_SENTENCE.search(mark):
            sentence += 1
    return found
