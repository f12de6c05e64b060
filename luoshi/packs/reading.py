"""Reading YAML with line marks, so that every flaw can be shown where it stands.

The YAML read here is smaller than YAML on purpose. Scalars follow YAML 1.2: only `true` and `false` are booleans, so that a unit
called `no` or a switch called `on` stays the word that was written; `1.10` stays text; numbers are whole and decimal. Nothing that
can run code, loop or explode is followed: no tags, no merge keys, no recursion, and repeated parts (aliases) count in full.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import yaml
from django.utils.translation import gettext as _

from luoshi.packs.flaws import Flaw, Mark, Path, Tree

LARGEST_FILE = 1_000_000
DEEPEST = 32
MOST_NODES = 50_000
LONGEST_NUMBER = 15

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOTHING = frozenset({"", "~", "null"})
_SWITCHES = {"true": True, "false": False}
# Characters that show as nothing or turn the writing direction, and halves of characters, which no database stores.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


# Line breaks to YAML, and to no editor: every line number after them would be wrong.
_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Unreadable(Exception):
    """Reading cannot go on after this flaw."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def read(source: bytes) -> Tree:
    """The tree of one YAML document. All flaws that can be told apart are in it; syntax errors end the reading."""
    try:
        text = _text(source)
    except _Unreadable as end:
        return Tree(None, {}, (end.flaw,))
    return _Reader(text).tree()


def _text(source: bytes) -> str:
    if len(source) > LARGEST_FILE:
        raise _Unreadable(
            _flaw(
                Mark(1, 1),
                _("The file has {size} bytes; a pack has at most {most}. Split it into several campaigns.").format(
                    size=f"{len(source):,}", most=f"{LARGEST_FILE:,}"
                ),
            )
        )
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        message = _("The file is not UTF-8. Save it in your editor with the encoding UTF-8.")
        raise _Unreadable(_flaw(Mark(line, 1), message)) from error
    if odd := _ODD_BREAKS.search(text):
        raise _Unreadable(_control_character(text, odd.start()))
    return text


def _flaw(mark: Mark, message: str, path: Path = ()) -> Flaw:
    return Flaw(path, message, mark)


def _control_character(text: str, position: int) -> Flaw:
    before = text[:position]
    mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
    message = _("The control character {code} cannot stand in a pack. Remove it.")
    return _flaw(mark, message.format(code=f"U+{ord(text[position]):04X}"))


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


class _Reader:
    """Builds the tree from the parser's events; nothing is constructed by tag."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.events: Any = None
        self.marks: dict[Path, Mark] = {}
        self.found: list[Flaw] = []
        self.blocks: dict[Path, Mark] = {}
        self.anchored: dict[str, object] = {}
        self.open_anchors: set[str] = set()
        self.nodes = 0

    def tree(self) -> Tree:
        try:
            self.events = yaml.SafeLoader(self.source)  # reads the first characters already
            data = self._document()
        except _Unreadable as end:
            return Tree(None, self.marks, (*self.found, end.flaw))
        except yaml.reader.ReaderError as error:
            return Tree(None, self.marks, (*self.found, _control_character(self.source, error.position)))
        except yaml.MarkedYAMLError as error:
            return Tree(None, self.marks, (*self.found, _syntax_flaw(error)))
        except (ValueError, OverflowError):  # "\U00110000": PyYAML calls chr() unguarded
            flaw = _flaw(
                _mark(self.events.get_mark()), _("There is no character with this number. Correct the escape.")
            )
            return Tree(None, self.marks, (*self.found, flaw))
        return Tree(data, self.marks, tuple(self.found), self.blocks)

    def _document(self) -> object:
        self.events.get_event()  # stream start
        if self.events.check_event(yaml.StreamEndEvent):
            raise _Unreadable(_flaw(Mark(1, 1), _("The file is empty. A pack begins with the section “pack:”.")))
        self.events.get_event()  # document start
        data = self._node((), 0)
        self.events.get_event()  # document end
        if not self.events.check_event(yaml.StreamEndEvent):
            mark = _mark(self.events.peek_event().start_mark)
            raise _Unreadable(
                _flaw(mark, _("A second document begins here. One file holds one pack; remove the line “---”."))
            )
        return data

    def _node(self, path: Path, depth: int) -> object:
        event = self.events.get_event()
        mark = _mark(event.start_mark)
        self.marks.setdefault(path, mark)
        self._count(mark, depth)
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(event.anchor or "", mark, path)
        if event.tag is not None and event.tag != "!":
            self.found.append(
                _flaw(mark, _("Tags such as {tag} are not read in packs. Remove it.").format(tag=event.tag), path)
            )
        if event.anchor is None:
            return self._content(event, path, depth)
        self.open_anchors.add(event.anchor)
        content = self._content(event, path, depth)
        self.open_anchors.discard(event.anchor)
        self.anchored[event.anchor] = content
        return content

    def _count(self, mark: Mark, depth: int, nodes: int = 1) -> None:
        self.nodes += nodes
        if depth > DEEPEST:
            raise _Unreadable(
                _flaw(mark, _("This is nested more than {most} levels deep. Make it flatter.").format(most=DEEPEST))
            )
        if self.nodes > MOST_NODES:
            message = _("With its repeated parts (*) the pack has more than {most} entries. Write less, or split it.")
            raise _Unreadable(_flaw(mark, message.format(most=f"{MOST_NODES:,}")))

    def _repeated(self, anchor: str, mark: Mark, path: Path) -> object:
        if anchor in self.open_anchors:
            raise _Unreadable(
                _flaw(
                    mark, _("*{name} repeats something that contains itself. Write it out.").format(name=anchor), path
                )
            )
        if anchor not in self.anchored:
            raise _Unreadable(
                _flaw(
                    mark,
                    _("*{name} repeats something that is not there: no &{name} before it.").format(name=anchor),
                    path,
                )
            )
        content = self.anchored[anchor]
        self._count(mark, 0, _size(content))
        return content

    def _content(self, event: yaml.Event, path: Path, depth: int) -> object:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._scalar(event, path)

    def _mapping(self, path: Path, depth: int) -> dict[str, object]:
        entries: dict[str, object] = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            mark = _mark(self.events.peek_event().start_mark)
            key = self._key(path, depth)
            inner = (*path, key)
            if key in entries:
                first = self.marks[inner].line
                self.found.append(
                    Flaw(
                        inner,
                        _("“{key}” stands twice; first in line {line}. Keep one.").format(key=key, line=first),
                        mark,
                    )
                )
            self.marks.setdefault(inner, mark)
            entries[key] = self._node(inner, depth + 1)
        self.events.get_event()
        return entries

    def _key(self, path: Path, depth: int) -> str:
        event = self.events.peek_event()
        mark = _mark(event.start_mark)
        if not isinstance(event, yaml.ScalarEvent):
            raise _Unreadable(_flaw(mark, _("A key is one word followed by a colon; here is a list or a group."), path))
        self.events.get_event()
        self._count(mark, depth)
        if event.value == "<<" and event.style is None:
            self.found.append(_flaw(mark, _("Merging with << is not read in packs. Write the entries out."), path))
        return self._clean(event.value, mark, path)

    def _sequence(self, path: Path, depth: int) -> list[object]:
        entries: list[object] = []
        while not self.events.check_event(yaml.SequenceEndEvent):
            entries.append(self._node((*path, len(entries)), depth + 1))
        self.events.get_event()
        return entries

    def _scalar(self, event: Any, path: Path) -> object:
        mark = _mark(event.start_mark)
        value: str = event.value
        if event.style == "|":
            self.blocks[path] = self._first_below(mark)
        if event.style is not None:
            return self._clean(value, mark, path)
        if value in _NOTHING:
            self.found.append(_flaw(mark, _nothing(path), path))
            return None
        if value in _SWITCHES:
            return _SWITCHES[value]
        if _INTEGER.fullmatch(value) and len(value) <= LONGEST_NUMBER:
            return int(value)
        if _DATE.fullmatch(value):
            return self._date(value, mark, path)
        return self._clean(value, mark, path)

    def _first_below(self, mark: Mark) -> Mark:
        """Where a text begins that is written in the lines below a mark."""
        below = (line for line in self.source.split("\n")[mark.line :] if line.strip())
        first = next(below, "")
        return Mark(mark.line + 1, len(first) - len(first.lstrip(" ")) + 1)

    def _date(self, value: str, mark: Mark, path: Path) -> object:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.found.append(_flaw(mark, _("There is no day {value} in the calendar.").format(value=value), path))
            return None

    def _clean(self, value: str, mark: Mark, path: Path) -> str:
        found = _INVISIBLE.search(value)
        if not found:
            return value
        message = _("An invisible character (U+{code}) stands in this text. Type the text anew.")
        self.found.append(_flaw(mark, message.format(code=f"{ord(found.group()):04X}"), path))
        return _INVISIBLE.sub("", value)


def _nothing(path: Path) -> str:
    if path and "：" in str(path[-1]):
        return _("A full-width colon (：) separates nothing in YAML. Write a colon and a space.")
    return _("Nothing is written here. Give a value, or remove the key.")


def _size(node: object) -> int:
    if isinstance(node, dict):
        return 1 + sum(_size(inner) for inner in node.values())
    if isinstance(node, list):
        return 1 + sum(_size(inner) for inner in node)
    return 1


def _syntax_flaw(error: yaml.MarkedYAMLError) -> Flaw:
    """PyYAML's problem in the reader's words; what has no translation is quoted as it is."""
    problem = error.problem or ""
    said = next((say() for words, say in _SYNTAX if words in problem), None)
    if said is None:
        said = _("This is not valid YAML ({problem}). Check indentation, colons and quotes.").format(problem=problem)
    mark: Any = error.problem_mark or error.context_mark
    return _flaw(_mark(mark) if mark else Mark(1, 1), said)


_SYNTAX: tuple[tuple[str, Callable[[], str]], ...] = (
    ("'\\t'", lambda: _("A tab stands here. Indent with spaces only.")),
    ("mapping values are not allowed", lambda: _("A second colon in one line. Put text that has a colon in quotes.")),
    (
        "expected <block end>",
        lambda: _("The indentation does not fit the lines above. Align the entries of one group."),
    ),
    ("could not find expected ':'", lambda: _("A colon and a space are missing after this key.")),
    ("found unexpected end of stream", lambda: _("The file ends inside a quoted text. Close the quotes.")),
    ("cannot start any token", lambda: _("A text cannot begin with this character. Put the text in quotes.")),
    ("expected ',' or", lambda: _("A comma or the closing bracket is missing before this.")),
    ("unknown escape character", lambda: _("A backslash in double quotes begins an escape. Use single quotes.")),
    ("expected escape sequence", lambda: _("A backslash in double quotes begins an escape. Use single quotes.")),
)
