"""Imports go down the list of rooms only; and every room is on that list."""

import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, rooms


def test_the_import_stack_holds():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_is_in_the_stack():
    listed = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert not [room.name for room in rooms() if room.name not in listed]


def test_no_room_is_called_after_nothing():
    vague = {"utils", "util", "helpers", "common", "core", "services", "misc", "managers"}
    assert not [path for room in rooms() for path in room.rglob("*.py") if path.stem in vague]
