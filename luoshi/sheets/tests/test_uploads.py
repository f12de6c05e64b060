"""An upload belongs to one owner, lives a day, stays the same bytes, and goes away."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from luoshi.sheets import uploads
from luoshi.sheets.flaws import Rejected

NOON = datetime(2023, 11, 23, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.LUOSHI_FILES = tmp_path


def kept(token, **changes):
    expected: dict[str, Any] = {"owner": "7", "purpose": "people", "at": NOON}
    return uploads.kept(token, **(expected | changes))


def keep(content=b"bytes"):
    return uploads.keep(content, owner="7", purpose="people", name="../../花名册.xlsx", at=NOON)


def test_the_owner_finds_the_same_bytes_again():
    upload = kept(keep().token)
    assert upload.content() == b"bytes"
    assert upload.name == "花名册.xlsx"
    assert upload.path.stat().st_mode & 0o077 == 0
    assert upload.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "changes",
    [{"owner": "8"}, {"purpose": "units"}, {"at": NOON + timedelta(hours=24, seconds=1)}],
    ids=["owner", "purpose", "day"],
)
def test_nobody_else_and_nothing_later_finds_it(changes):
    token = keep().token
    kept(token, at=NOON + timedelta(hours=24))
    with pytest.raises(Rejected):
        kept(token, **changes)


@pytest.mark.parametrize("token", ["", "..", "x" * 32, "../" * 10 + "ab", "a/b" * 10 + "cd"])
def test_a_guessed_or_crafted_token_finds_nothing(token):
    keep()
    with pytest.raises(Rejected):
        kept(token)


def test_changed_bytes_are_not_imported():
    upload = keep()
    upload.path.write_bytes(b"other")
    with pytest.raises(Rejected):
        upload.content()


def test_what_is_discarded_leaves_nothing_behind(tmp_path):
    uploads.discard(keep())
    assert list((tmp_path / "imports").iterdir()) == []


def test_the_sweep_takes_what_is_old_and_leaves_the_rest():
    old = keep()
    later = NOON + timedelta(hours=25)
    fresh = uploads.keep(b"new", owner="7", purpose="people", name="b.xlsx", at=later)
    assert not old.path.exists()
    assert fresh.path.exists()
    assert uploads.sweep(at=later) == 0
    assert uploads.sweep(at=later + timedelta(days=2)) == 1
