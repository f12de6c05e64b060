"""What day it is in the work: the machine's clock, and in a demonstration that of a demo day.

Whatever the work dates asks here: entries, duties, mandates, forms, reports. What guards an account or keeps the machine stays with the
machine's clock: sessions, lockouts, codes, uploads, backups, signs of life (docs/decisions/0009). A demonstration's clock runs as
fast as the machine's, so many days behind or ahead of it.
"""

from datetime import date, datetime, timedelta
from time import monotonic

from django.db import Error
from django.utils import timezone

from luoshi.journal.models import Clock, Entry

KEPT_SECONDS = 5.0  # after which a process looks whether another one has set the clock

_ahead: timedelta | None = None  # of the machine's clock; None in an ordinary installation
_kept_until = 0.0


class NoDemo(RuntimeError):
    """This installation holds real work, whose clock nobody sets."""


def now() -> datetime:
    return told(timezone.now())


def today() -> date:
    return timezone.localdate(now())


def told(at: datetime) -> datetime:
    """What this clock told, or will tell, at an instant of the machine's."""
    return at + (_known() or timedelta())


def machine(at: datetime) -> datetime:
    """The machine's time when this clock tells `at`: for what must run out though somebody sets the demo's clock back."""
    return at - (_known() or timedelta())


def is_demo() -> bool:
    return _known() is not None


def begin(morning: datetime) -> None:
    """Make this a demonstration in which it is that morning now. A clock that goes already goes on."""
    Clock.objects.get_or_create(
        pk=Clock.ONLY, defaults={"set_at": timezone.now(), "told_at": morning, "morning_at": morning}
    )
    forget()


def put_back() -> datetime:
    """Back to the morning of the demo day, yet never before what the journal holds; what the clock tells now."""
    clock = Clock.objects.filter(pk=Clock.ONLY).first()
    if clock is None:
        raise NoDemo
    last = Entry.objects.order_by("-position").values_list("at", flat=True).first()
    clock.set_at, clock.told_at = timezone.now(), max(clock.morning_at, last or clock.morning_at)
    clock.save(update_fields=["set_at", "told_at"])
    forget()
    return clock.told_at


def forget() -> None:
    """Ask the database anew at the next call."""
    global _kept_until
    _kept_until = 0.0


def keep(ahead: timedelta | None) -> None:
    """Go by this alone, without asking the database (for tests, until they call `forget`)."""
    global _ahead, _kept_until
    _ahead, _kept_until = ahead, float("inf")


def _known() -> timedelta | None:
    global _ahead, _kept_until
    if monotonic() >= _kept_until:
        try:
            clock = Clock.objects.filter(pk=Clock.ONLY).first()
        except Error:
            return _ahead  # without a database nothing is dated, but /healthz and the error pages still answer
        _ahead = clock.ahead if clock else None
        _kept_until = monotonic() + KEPT_SECONDS
    return _ahead
