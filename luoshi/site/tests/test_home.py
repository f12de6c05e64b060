import os
import stat
import subprocess
import sys

import pytest

from luoshi.site import home


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUOSHI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_home_is_private_to_its_owner(own_home):
    home.folder()
    assert {mode(own_home), mode(own_home / "keys"), mode(own_home / "files")} == {0o700}


def test_asking_for_the_place_makes_nothing(own_home):
    assert home.place() == own_home
    assert not own_home.exists()


def test_a_secret_is_made_once_and_private(own_home):
    assert home.secret("session") == home.secret("session")
    assert mode(own_home / "keys" / "session") == 0o600
    assert [path.name for path in (own_home / "keys").iterdir()] == ["session"]


def test_a_home_that_is_a_file_is_unusable_and_named(own_home):
    own_home.write_text("")
    with pytest.raises(home.Unusable, match=str(own_home)):
        home.folder()


def test_only_one_holds_a_home_and_the_other_is_told_who():
    with home.hold("http://127.0.0.1:8000"):
        with pytest.raises(home.InUse) as refused, home.hold("http://127.0.0.1:8001"):
            pass
        assert refused.value.holder == home.held_by() == home.Holder(os.getpid(), "http://127.0.0.1:8000")
    assert home.held_by() is None


def test_a_home_is_free_again_when_its_holder_was_killed():
    program = (
        "from luoshi.site import home; import time\nwith home.hold('x'): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    assert home.held_by() == home.Holder(holder.pid, "x")
    holder.kill()
    holder.wait()
    assert home.held_by() is None
