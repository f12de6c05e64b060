"""A line that says how far long work has come, for people; programs that read the output see a line now and then."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

WIDTH = 28
REDRAW_SECONDS = 0.1
LINE_SECONDS = 15.0  # between two lines where nobody watches: often enough for a log to show that the work lives


class Progress:
    """`with Progress("Units", total=130_000) as progress: progress.step(500)`.

    On a terminal one line redraws itself. Elsewhere short work prints nothing, long work a line every fifteen seconds.
    Without a total it counts.
    """

    def __init__(self, says: str, *, total: int | None = None, out: TextIO | None = None, quiet: bool = False) -> None:
        self.says = says
        self.total = total
        self.done = 0
        self.out = sys.stderr if out is None else out
        self.watched = self.out.isatty()
        self.quiet = quiet
        self.started = self.shown = time.monotonic()

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.watched and not self.quiet:
            self.out.write(f"\r\x1b[K{self.line()}\n")
            self.out.flush()

    def step(self, count: int = 1) -> None:
        self.done += count
        if time.monotonic() - self.shown >= (REDRAW_SECONDS if self.watched else LINE_SECONDS):
            self._show()

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """Each item in turn, one step for each that has been dealt with."""
        for item in items:
            yield item
            self.step()

    def line(self) -> str:
        seconds = time.monotonic() - self.started
        passed = f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
        if not self.total:
            return f"{self.says}  {self.done:,}  {passed}"
        share = min(self.done / self.total, 1.0)
        filled = round(share * WIDTH)
        bar = "█" * filled + "░" * (WIDTH - filled)
        return f"{self.says}  {bar} {int(share * 100):3d} %  {self.done:,}/{self.total:,}  {passed}"

    def _show(self) -> None:
        self.shown = time.monotonic()
        if self.quiet or (not self.watched and self.shown - self.started < LINE_SECONDS):
            return
        self.out.write(f"\r\x1b[K{self.line()}" if self.watched else f"{self.line()}\n")
        self.out.flush()
