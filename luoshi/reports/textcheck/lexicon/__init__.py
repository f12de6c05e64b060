"""词表 — the word lists in this folder: one subject a file, `#` comments, `label: words` lines."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def lines(name: str) -> Iterator[str]:
    """The lines of NAME.txt that are neither empty nor a comment."""
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


@cache
def words(name: str, label: str) -> frozenset[str]:
    """The words of all lines `label: …` of NAME.txt."""
    found: set[str] = set()
    for line in lines(name):
        head, colon, tail = line.partition(":")
        if colon and head.strip() == label:
            found.update(tail.split())
    return frozenset(found)


def longest_first(*groups: frozenset[str]) -> str:
    """A regular expression of all words, the longest tried first."""
    return "|".join(map(re.escape, sorted({word for group in groups for word in group}, key=lambda w: (-len(w), w))))
