import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from luoshi.site.backup import MANIFEST, Damaged, back_up, check, put_back

AT = datetime(2024, 3, 1, 2, 15, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    for name in ("keys", "files/reports"):
        (folder / name).mkdir(parents=True)
    (folder / "keys" / "session").write_text("secret")
    (folder / "files" / "reports" / "报告.docx").write_bytes(b"word")
    return folder


@pytest.fixture
def database(home):
    """An open connection with committed rows that lie in the write-ahead log only."""
    with closing(sqlite3.connect(home / "luoshi.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("CREATE TABLE entry (position INTEGER)")
        connection.executemany("INSERT INTO entry VALUES (?)", [(number,) for number in range(300)])
        yield connection


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM entry").fetchone()[0]


def test_a_backup_holds_what_is_in_the_write_ahead_log_while_the_writer_is_open(home, database, tmp_path):
    made = back_up(home, into=tmp_path / "out", at=AT, with_keys=False, quiet=True)
    assert made.folder.name == "luoshi-20240301-021500"
    assert rows(made.folder / "luoshi.db") == 300
    assert (made.folder / "files" / "reports" / "报告.docx").read_bytes() == b"word"


def test_keys_are_copied_only_when_asked_for(home, database, tmp_path):
    assert not (back_up(home, into=tmp_path / "a", at=AT, with_keys=False, quiet=True).folder / "keys").exists()
    assert (back_up(home, into=tmp_path / "b", at=AT, with_keys=True, quiet=True).folder / "keys" / "session").exists()


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(home, tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        back_up(home, into=tmp_path / "out", at=AT, with_keys=False, quiet=True)
    assert not list((tmp_path / "out").iterdir())


def test_a_backup_put_back_is_what_it_was_and_the_former_state_is_set_aside(home, database, tmp_path):
    made = back_up(home, into=tmp_path / "out", at=AT, with_keys=False, quiet=True)
    database.execute("DELETE FROM entry WHERE position > 9")
    (home / "files" / "later.txt").write_text("later")
    database.close()
    aside = put_back(made.folder, home=home, at=AT)
    assert rows(home / "luoshi.db") == 300
    assert rows(aside / "luoshi.db") == 10
    assert not (home / "files" / "later.txt").exists()
    assert (aside / "files" / "later.txt").exists()
    assert (home / "keys" / "session").read_text() == "secret"
    assert not list(home.glob(".restore*"))


@pytest.mark.parametrize("spoil", ["changed", "missing", "added", "no manifest", "empty manifest"])
def test_a_backup_that_is_not_as_it_was_made_changes_nothing(home, database, tmp_path, spoil):
    made = back_up(home, into=tmp_path / "out", at=AT, with_keys=False, quiet=True).folder
    word = made / "files" / "reports" / "报告.docx"
    if spoil == "changed":
        word.write_bytes(b"worm")
    elif spoil == "missing":
        word.unlink()
    elif spoil == "added":
        (made / "files" / "extra").write_bytes(b"")
    elif spoil == "no manifest":
        (made / MANIFEST).unlink()
    else:
        (made / MANIFEST).write_text(json.dumps([]))
    before = sorted(path.name for path in home.iterdir())
    with pytest.raises(Damaged):
        put_back(made, home=home, at=AT)
    assert sorted(path.name for path in home.iterdir()) == before
    assert rows(home / "luoshi.db") == 300


def test_the_manifest_names_every_file(home, database, tmp_path):
    made = back_up(home, into=tmp_path / "out", at=AT, with_keys=False, quiet=True)
    assert set(check(made.folder)) == {"luoshi.db", "files/reports/报告.docx"}
