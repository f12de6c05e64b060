"""Packs as docstrings: what is wrong in a line stands behind it, as `# ! words of the message`.

A docstring gives the sections that matter; the rest of a sound pack is added below it, so that line numbers are those of the docstring.
"""

import functools
import re
from collections.abc import Callable
from inspect import cleandoc

from django.utils import translation

from luoshi.packs.flaws import Flaw
from luoshi.packs.loading import load
from luoshi.packs.vocabulary import offered

SOUND = {
    "pack": "pack: {code: small, version: '1'}",
    "title": "title: {zh-hans: 小活动, en: Small campaign}",
    "campaign": "campaign: {starts_on: 2023-09-04, ends_on: 2024-01-31, document: 方案, root_closes: reviewer}",
    "batches": """\
batches:
  - {code: second, title: {zh-hans: 第二批, en: Second batch}, starts_on: 2023-09-04, ends_on: 2024-01-31}""",
    "workstreams": "workstreams: [{code: study, title: {zh-hans: 学习, en: Study}}]",
    "kinds": "kinds: [{code: class, title: {zh-hans: 读书班, en: Class}, workstream: study, roster: leaders}]",
    "audiences": """\
audiences:
  - {code: bodies, title: {zh-hans: 班子, en: Bodies}, rule: {column: leading_body, eq: true}}""",
    "requirements": """\
requirements:
  - code: class
    title: {zh-hans: 办班, en: Hold a class}
    workstream: study
    audience: bodies
    batch: second
    by: 2023-10-31
    fulfilled_by: [class]""",
}


def whole(text: str) -> str:
    """The text with the sections of the sound pack that it does not have itself."""
    given = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    return "\n".join([text, *(section for name, section in SOUND.items() if name not in given)]) + "\n"


def flaws_of(text: str) -> tuple[Flaw, ...]:
    with translation.override("en"):
        return load(text.encode(), offered()).flaws


def expected(text: str) -> list[tuple[int, str]]:
    """The line and the words of every `# !` in the text; several in one line are separated by ` ! `."""
    return [
        (number, words.strip())
        for number, line in enumerate(text.splitlines(), 1)
        if "# !" in line
        for words in line.partition("# !")[2].split(" ! ")
    ]


def flawed(test: Callable[[], None]) -> Callable[[], None]:
    """The test's docstring has exactly the flaws that it marks, each in its line."""
    text = cleandoc(test.__doc__ or "")

    @functools.wraps(test)
    def run() -> None:
        found = flaws_of(whole(text))
        told = [flaw.line("pack.yaml") for flaw in found]
        wanted = expected(text)
        assert [flaw.mark.line for flaw in found if flaw.mark] == [line for line, _words in wanted], told
        for flaw, (line, words) in zip(found, wanted, strict=True):
            assert words in flaw.message, f"line {line}: {words!r} is not in {flaw.message!r}"

    return run
