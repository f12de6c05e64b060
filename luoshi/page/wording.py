"""How numbers and moments are worded: 2.4 万, 11-23 周四, 昨天 17:33. Plain functions; the tags only call them."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from luoshi.journal import clock

WAN = 10_000
YI = 100_000_000


def thousands(value: int | Decimal) -> str:
    return f"{value:,}"


def in_wan(value: int) -> str:
    """A large count as Chinese pages write it: 2.4 万, 1.2 亿; other languages write all its digits."""
    if abs(value) < WAN or not (get_language() or "").startswith("zh"):
        return thousands(value)
    tenths = rounded(value, WAN)
    if abs(tenths) < YI // WAN:
        return f"{tenths} 万"
    return f"{rounded(value, YI)} 亿"


def rounded(value: int, unit: int) -> Decimal:
    return (Decimal(value) / unit).quantize(Decimal("0.1"), ROUND_HALF_UP)


def weekday(on: date) -> str:
    return (
        pgettext("short weekday", "Mon"),
        pgettext("short weekday", "Tue"),
        pgettext("short weekday", "Wed"),
        pgettext("short weekday", "Thu"),
        pgettext("short weekday", "Fri"),
        pgettext("short weekday", "Sat"),
        pgettext("short weekday", "Sun"),
    )[on.weekday()]


def short_day(on: date) -> str:
    """11-23; a day of another year than this one is written in full."""
    return f"{on:%m-%d}" if on.year == clock.today().year else on.isoformat()


def day_words(on: date) -> str:
    """11-23 周四, or Thu 11-23; of another year 2022-11-23 周三."""
    return _("%(weekday)s %(day)s") % {"weekday": weekday(on), "day": short_day(on)}


def stamp_words(at: datetime, *, now: datetime | None = None) -> str:
    """2023-11-23 09:12; beside a `now` the short form: 今天 08:30, 昨天 17:33, 11-20 09:10 within the same year."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    if now is None:
        return f"{local:%Y-%m-%d %H:%M}"
    today = timezone.localtime(now).date() if timezone.is_aware(now) else now.date()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return _("today %(time)s") % {"time": time}
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": time}
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"
