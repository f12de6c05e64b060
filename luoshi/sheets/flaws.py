"""What is wrong with a cell (Flaw) and what makes a whole file unusable (Rejected)."""

from dataclasses import dataclass


class Rejected(Exception):
    """退回 — the file as a whole cannot be read; the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Bad(Exception):
    """坏值 — one cell holds no valid value of its column."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, order=True)
class Flaw:
    """差错 — one thing to correct in the file, or to know about it.

    row: the number that Excel shows, 0 for the whole file. column: the heading as the reader knows it, "" for a row.
    cell: "B7", "" where there is none.
    """

    row: int
    column: str
    cell: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.message}" if self.cell else self.message
