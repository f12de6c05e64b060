"""Flaw — one thing that is wrong with a pack, said where it stands and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, counted from 1 as editors do."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place, and a message in the reader's language that says what to do.

    unknown: the code that the message calls unknown, so that an entry which is broken itself does not also count as missing.
    within: line and column inside the text that stands at the path.
    """

    path: Path
    message: str
    mark: Mark | None = None
    shown: str = ""
    unknown: str = ""
    within: tuple[int, int] = (1, 1)

    def line(self, file: str) -> str:
        """`file:line: path: message`, as editors and compilers write it."""
        line = self.mark.line if self.mark else 1
        where = self.shown or dotted(self.path)
        return f"{file}:{line}: {where}: {self.message}" if where else f"{file}:{line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file says, as plain dicts, lists and scalars, with the place of every node.

    data is None where the file could not be read at all; `flaws` then says why. blocks: where the texts begin that are written
    under |, whose lines are lines of the file.
    """

    data: object
    marks: dict[Path, Mark] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    blocks: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Sequence[str | int]) -> Mark | None:
        """The place of the node, or of the nearest one around it."""
        for length in range(len(path), -1, -1):
            found = self.marks.get(tuple(path[:length]))
            if found:
                return found
        return None

    def mark_within(self, path: Path, within: tuple[int, int]) -> Mark | None:
        """The place of a line inside a text."""
        block = self.blocks.get(path)
        if block is None:
            return self.mark(path)
        line, column = within
        return Mark(block.line + line - 1, block.column + column - 1)

    def shown(self, path: Path) -> str:
        """The path in words: an entry of a list is called by its code where it has one."""
        parts: list[str] = []
        node = self.data
        for step in path:
            node = _inside(node, step)
            code = node.get("code") if isinstance(step, int) and isinstance(node, dict) else None
            parts.append(code if isinstance(code, str) and code else dotted((step,)))
        return ".".join(parts).replace(".[", "[")

    def placed(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """The flaws with their places, in the order of the file."""
        placed = [
            Flaw(
                flaw.path,
                flaw.message,
                flaw.mark or self.mark_within(flaw.path, flaw.within),
                flaw.shown or self.shown(flaw.path),
                flaw.unknown,
            )
            for flaw in flaws
        ]
        return sorted(set(placed), key=_in_file_order)


def _inside(node: object, step: str | int) -> object:
    if isinstance(node, dict) and step in node:
        return node[step]
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def _in_file_order(flaw: Flaw) -> tuple[int, int, str, str]:
    mark = flaw.mark or Mark(0, 0)
    return mark.line, mark.column, flaw.shown, flaw.message


def dotted(path: Path) -> str:
    """("requirements", 3, "rule") → "requirements[3].rule"."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
