"""LUOSHI_HOME — the one folder in which all data of an installation live.

luoshi.db   the embedded database (absent with LUOSHI_DATABASE_URL)
keys/       what must not lie in the database: session secret, identity key, log signing key
files/      uploads and generated reports
backups/    what `luoshi backup` makes unless it is told another place
serving     the lock of the server that uses this home, with its process number and address
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from luoshi.lib.secret_file import secret_in


class Unusable(Exception):
    """The home cannot be made or written; the message names the folder and the cause."""


class InUse(Exception):
    """Another process serves this home already."""

    def __init__(self, holder: "Holder") -> None:
        super().__init__(f"{holder.pid} {holder.address}")
        self.holder = holder


@dataclass(frozen=True)
class Holder:
    pid: int
    address: str


def place() -> Path:
    """Where the home is or would be, from LUOSHI_HOME or ./var; makes nothing."""
    return Path(os.environ.get("LUOSHI_HOME") or "var").expanduser().resolve()


def folder() -> Path:
    """The data folder; made private to its owner when it does not exist."""
    path = place()
    try:
        for part in (path, path / "keys", path / "files"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"{error.filename}: {error.strerror}") from error
    return path


def secret(name: str) -> str:
    """A random secret kept in keys/NAME, made on first use; two processes that start at once agree on it."""
    try:
        return secret_in(folder() / "keys" / name)
    except OSError as error:
        raise Unusable(f"{error.filename}: {error.strerror}") from error


def held_by() -> Holder | None:
    """Who serves this home now; None when nobody does."""
    try:
        with (place() / "serving").open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _holder()
    return None


@contextmanager
def hold(address: str) -> Iterator[None]:
    """Keep this home for one server; raises InUse when another process has it.

    The kernel lets go of the lock when the holder dies, however it dies, so that no stale lock can bar a restart.
    """
    with (folder() / "serving").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(_holder()) from None
        file.truncate(0)
        file.write(json.dumps(asdict(Holder(os.getpid(), address))))
        file.flush()
        yield


def _holder() -> Holder:
    try:
        return Holder(**json.loads((place() / "serving").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # between its locking and its writing
        return Holder(0, "")
