"""The server as it is started by a person: a process of its own, asked over the network, stopped by a signal."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest

from luoshi.site.commandline import CANNOT_WORK_HERE


def start(home, *arguments):
    environment = {**os.environ, "LUOSHI_HOME": str(home), "LANG": "en_US.UTF-8", "LC_ALL": ""}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "luoshi.site.settings",
        "PYTHONIOENCODING": "utf-8",
        "LUOSHI_DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "luoshi", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("server") / "home"


@pytest.fixture
def server(home):
    process = start(home, "up", "--port", "0", "--no-demo")
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            break
    else:
        pytest.fail(process.stderr.read())
    yield process, found[0]
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_it_answers_and_stops_cleanly_on_a_signal(server):
    process, address = server
    with urlopen(f"{address}/healthz") as answer:
        assert json.load(answer)["status"] == "ok"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    assert (process.returncode, out.strip().splitlines()[-1]) == (0, "Stopped."), err


def test_a_second_start_on_the_same_home_is_told_who_holds_it(server, home):
    process, address = server
    second = start(home, "serve", "--port", "0")
    _out, err = second.communicate()
    assert second.returncode == CANNOT_WORK_HERE
    assert str(process.pid) in err
    assert address in err


def test_a_taken_port_is_told_with_what_to_do(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = start(home, "up", "--no-demo", "--port", str(taken.getsockname()[1]))
        _out, err = refused.communicate()
    assert refused.returncode == CANNOT_WORK_HERE
    assert re.search(r"PORT=\d+ make run", err)


def test_two_workers_run_side_by_side_and_stop_on_a_signal(server, home):
    workers = [start(home, "work"), start(home, "work")]
    for worker in workers:
        assert worker.stdout.readline().startswith("Working as ")
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        _out, err = worker.communicate()
        assert worker.returncode == 0, err


def test_a_backup_of_a_running_server_can_be_put_back_when_it_stopped(server, home):
    process, _address = server
    made = start(home, "backup", "-v", "0")
    out, err = made.communicate()
    assert made.returncode == 0, err
    folder = out.split(": ")[0]
    refused = start(home, "restore", folder)
    refused.communicate()
    assert refused.returncode == CANNOT_WORK_HERE
    process.send_signal(signal.SIGTERM)
    process.communicate()
    restored = start(home, "restore", folder)
    out, err = restored.communicate()
    assert restored.returncode == 0, err
    assert "before-restore-" in out


def test_the_doctor_finds_a_home_that_others_may_read(home):
    home.chmod(0o755)
    examined = start(home, "doctor")
    out, _err = examined.communicate()
    home.chmod(0o700)
    assert examined.returncode == 1
    assert f"chmod -R go-rwx {home}" in out
