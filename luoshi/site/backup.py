"""备份 — a copy of the embedded database and the files, made while the product runs, and put back when it does not.

The database is copied by SQLite's own backup with all pages in one step: a plain copy of the file passes every check
and yet lacks what is still in the write-ahead log. Keys are left out unless asked for: whoever holds the database *and*
the keys can name the people behind the journal, so both should not lie in one place.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from luoshi import __version__
from luoshi.lib.progress import Progress

MANIFEST = "manifest.json"
DATABASE = "luoshi.db"
FOLDERS = ("files", "keys")


class Damaged(Exception):
    """The copy is not what its manifest says; the message names the file."""


@dataclass(frozen=True)
class Backup:
    folder: Path
    bytes: int
    files: int


def back_up(home: Path, *, into: Path, at: datetime, with_keys: bool, quiet: bool) -> Backup:
    """Copy the home into a new folder `luoshi-DATE-TIME` under `into`. It has that name only when it is whole."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = into / f"luoshi-{at:%Y%m%d-%H%M%S}"
    draft = into / f".{final.name}.{os.getpid()}.partial"
    draft.mkdir(mode=0o700)
    try:
        copy_database(home / DATABASE, draft / DATABASE)
        for name in FOLDERS if with_keys else FOLDERS[:1]:
            shutil.copytree(home / name, draft / name)
        files = {}
        with Progress(final.name, out=None, quiet=quiet) as progress:
            for path in _files(draft):
                files[path.relative_to(draft).as_posix()] = _sha256(path)
                progress.step()
        manifest = {"version": __version__, "made_at": at.isoformat(), "keys": with_keys, "sha256": files}
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
        draft.rename(final)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Backup(final, sum(path.stat().st_size for path in _files(final)), len(files))


def copy_database(source: Path, target: Path) -> None:
    """One consistent copy, writers notwithstanding, checked before anybody relies on it."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy, pages=-1)
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise Damaged(f"{target.name}: {verdict}")
    target.chmod(0o600)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def check(folder: Path) -> dict[str, str]:
    """The manifest's files with their hashes, after each has been found as it was when the backup was made."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        recorded: dict[str, str] = manifest["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(MANIFEST) from error
    present = {path.relative_to(folder).as_posix() for path in _files(folder)} - {MANIFEST}
    for name in sorted(present ^ recorded.keys()):
        raise Damaged(name)
    for name, digest in recorded.items():
        if _sha256(folder / name) != digest:
            raise Damaged(name)
    return recorded


def put_back(folder: Path, *, home: Path, at: datetime) -> Path:
    """Replace the home's database and files by the backup's; returns where the former ones were set aside."""
    names = check(folder)
    draft = home / f".restore.{os.getpid()}.partial"
    try:
        for name in names:
            target = draft / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(folder / name, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    (draft / "files").mkdir(mode=0o700, exist_ok=True)
    aside = home / f"before-restore-{at:%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for name in (
        f"{DATABASE}-wal",
        f"{DATABASE}-shm",
    ):  # they belong to the former database and would spoil the new one
        if (home / name).exists():
            (home / name).rename(aside / name)
    for part in sorted(draft.iterdir()):
        if (home / part.name).exists():
            (home / part.name).rename(aside / part.name)
        part.rename(home / part.name)
    draft.rmdir()
    return aside


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
