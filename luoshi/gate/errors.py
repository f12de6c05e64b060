"""What a write can answer instead of doing it."""

from typing import Any


class Refused(Exception):
    """The rules of the work say no; the message says what to do instead, in the reader's language."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class AlreadyRecorded(Refused):
    """The same key was used before for other content: correct the earlier record, or record another with a fresh key."""


class Conflict(Exception):
    """Somebody else changed the record after it was shown; `current` is what it says now."""

    def __init__(self, current: Any, message: Any) -> None:
        super().__init__(message)
        self.current = current
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class WrittenOutside(RuntimeError):
    """A ledgered row was written outside an operation: a mistake of the program, never of a user."""
