"""What a write can answer instead of doing it."""

from typing import Any

from django.core.exceptions import PermissionDenied


class Refused(Exception):
    """The rules of the work say no; the message says what to do instead, in the reader's language."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Elsewhere(PermissionDenied):
    """Not at the unit that was chosen; a page offers the units at which the reader may do `action`."""

    def __init__(self, message: Any, *, action: str) -> None:
        super().__init__(str(message))
        self.action = action


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
