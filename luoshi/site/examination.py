"""What `luoshi doctor` looks at: each finding says what was looked at, what was found, and what to do about it."""

import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.utils import Error
from django.utils.translation import gettext as _

from luoshi import __version__
from luoshi.site import home
from luoshi.site.setup import unapplied_migrations
from luoshi.site.worker import live_workers, troubled_jobs

MINIMUM_FREE_BYTES = 1 << 30
COMFORTABLE_FREE_BYTES = 10 << 30
POSTGRESQL_MINIMUM = 15_00_00
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)
CHINESE_FONTS = ("noto*cjk*", "sourcehan*", "wqy*", "*pingfang*", "*simsun*", "*fangsong*", "*heiti*")


class State(Enum):
    WELL = "well"
    MIND = "mind"
    ILL = "ill"


@dataclass(frozen=True)
class Finding:
    state: State
    what: str
    found: str
    advice: str = ""


def examine(*, at: datetime) -> Iterator[Finding]:
    yield program()
    yield from home_folder()
    yield disk()
    yield from database(at=at)
    yield clock(at=at)
    yield from exposure()
    yield fonts()


def program() -> Finding:
    found = f"Luoshi {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    flaws = [str(message.msg) for message in run_checks() if message.is_serious()]
    if flaws:
        return Finding(State.ILL, _("Program version"), flaws[0], _("“luoshi django check” lists all of them."))
    return Finding(State.WELL, _("Program version"), found)


def home_folder() -> Iterator[Finding]:
    folder = home.folder()
    open_to_others = [path for path in _private_paths(folder) if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if open_to_others:
        shown = ", ".join(str(path) for path in open_to_others[:3])
        yield Finding(
            State.ILL,
            _("Data folder"),
            _("others on this machine may read %(paths)s") % {"paths": shown},
            f"chmod -R go-rwx {folder}",
        )
    else:
        yield Finding(State.WELL, _("Data folder"), _("%(home)s, private to its owner") % {"home": folder})
    if holder := home.held_by():
        values = {"pid": holder.pid, "address": holder.address}
        yield Finding(State.WELL, _("Server process"), _("process %(pid)s answers on %(address)s") % values)
    else:
        yield Finding(State.WELL, _("Server process"), _("none runs on this home now"))


def _private_paths(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (folder / "keys", folder / "files")
    yield from (folder / "keys").iterdir()


def disk() -> Finding:
    usage = shutil.disk_usage(home.folder())
    found = _("%(free)s GB free of %(total)s GB") % {
        "free": f"{usage.free / 1e9:,.1f}",
        "total": f"{usage.total / 1e9:,.1f}",
    }
    if usage.free < MINIMUM_FREE_BYTES:
        return Finding(State.ILL, _("Disk space"), found, _("Writing stops when the disk is full: make room now."))
    if usage.free < COMFORTABLE_FREE_BYTES:
        return Finding(State.MIND, _("Disk space"), found, _("A backup needs as much room again as the database."))
    return Finding(State.WELL, _("Disk space"), found)


def database(*, at: datetime) -> Iterator[Finding]:
    try:
        found, flaw = _sqlite() if connection.vendor == "sqlite" else _postgresql()
        missing = unapplied_migrations()
    except Error as error:
        advice = (
            _("Check LUOSHI_DATABASE_URL and that the server runs: “pg_isready”.")
            if settings.DATABASE_URL
            else _("Is the home on a network disk, or the disk full?")
        )
        yield Finding(State.ILL, _("Database"), str(error).strip(), advice)
        return
    yield Finding(State.ILL if flaw else State.WELL, _("Database"), found, flaw)
    if missing:
        values = {"count": len(missing), "first": missing[0]}
        yield Finding(
            State.ILL,
            _("Database tables"),
            _("%(count)s steps are missing, the first is %(first)s") % values,
            "luoshi django migrate",
        )
        return
    yield Finding(State.WELL, _("Database tables"), _("as this version wants them"))
    yield from background(at=at)


def _sqlite() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA synchronous")
        (synchronous,) = cursor.fetchone()
    found = f"SQLite {sqlite3.sqlite_version}, journal_mode={mode}, synchronous={synchronous}"
    if mode != "wal" or synchronous < 2:
        return found, _("A power cut could lose entries: the home must lie on a local disk that allows WAL.")
    return found, ""


def _postgresql() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, "
            "current_setting('server_version'), current_setting('fsync')"
        )
        number, version, fsync = cursor.fetchone()
        cursor.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
        (encoding,) = cursor.fetchone()
    found = f"PostgreSQL {version}, {encoding}, fsync={fsync}"
    if number < POSTGRESQL_MINIMUM:
        return found, _("PostgreSQL 15 or newer is needed.")
    if encoding != "UTF8":
        return found, _("The database must have the encoding UTF8.")
    if fsync != "on":
        return found, _("A power cut could lose entries: set fsync = on.")
    return found, ""


def background(*, at: datetime) -> Iterator[Finding]:
    workers = live_workers(at=at)
    if workers:
        yield Finding(
            State.WELL,
            _("Background work"),
            _("%(count)s at work: %(names)s") % {"count": len(workers), "names": ", ".join(workers)},
        )
    else:
        yield Finding(
            State.MIND,
            _("Background work"),
            _("nobody is at work"),
            _("Start “luoshi serve”, or “luoshi work” beside another server."),
        )
    for job in troubled_jobs(at=at):
        found = _("%(name)s, due %(due)s: %(result)s") % {
            "name": job.name,
            "due": f"{job.due_at:%Y-%m-%d %H:%M}",
            "result": job.last_result or "—",
        }
        yield Finding(State.MIND, _("Clock job"), found, _("The log of “luoshi work” has the whole error."))


def clock(*, at: datetime) -> Finding:
    """The machine's time against the newest file of the home: time that runs backwards would disorder the record."""
    newest = max((path.stat().st_mtime for path in home.folder().iterdir()), default=0.0)
    ahead = datetime.fromtimestamp(newest, tz=UTC) - at
    found = f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}, {settings.TIME_ZONE}"
    if ahead > timedelta(minutes=1):
        return Finding(
            State.ILL,
            _("Clock of this machine"),
            found,
            _("Files of this home are %(ahead)s younger than the clock says. Set the clock (timedatectl).")
            % {"ahead": ahead},
        )
    return Finding(State.WELL, _("Clock of this machine"), found)


def exposure() -> Iterator[Finding]:
    """What holds when others than this machine can reach it."""
    hosts = [
        host
        for host in settings.ALLOWED_HOSTS
        if urlsplit(f"//{host}").hostname not in ("127.0.0.1", "localhost", "::1")
    ]
    if settings.DEBUG:
        yield Finding(
            State.ILL if hosts else State.MIND,
            _("Debugging"),
            "LUOSHI_DEBUG=1",
            _("Errors show code and settings to everybody: unset it."),
        )
    if hosts and not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            State.ILL,
            _("Encryption"),
            ", ".join(hosts),
            _("Passwords would pass in the clear: serve through HTTPS and set LUOSHI_HTTPS=1."),
        )
    elif hosts:
        yield Finding(State.WELL, _("Encryption"), ", ".join(hosts))


def fonts() -> Finding:
    """Only print-outs made on the server need them; pages use the reader's own."""
    for place in FONT_FOLDERS:
        folder = Path(place).expanduser()
        for pattern in CHINESE_FONTS:
            found = next((path.name for path in folder.rglob("*.*") if fnmatch(path.name.lower(), pattern)), "")
            if found:
                return Finding(State.WELL, _("Chinese fonts"), found)
    return Finding(
        State.MIND,
        _("Chinese fonts"),
        _("none found"),
        _("For screenshots and PDF made here: apt-get install fonts-noto-cjk"),
    )
