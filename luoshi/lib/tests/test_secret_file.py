import stat
import threading

from luoshi.lib.secret_file import secret_in


def test_a_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "session"
    assert secret_in(path) == secret_in(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_files_hold_two_secrets(tmp_path):
    assert secret_in(tmp_path / "session") != secret_in(tmp_path / "identity")


def test_threads_that_ask_at_once_get_the_same_secret(tmp_path):
    found = []
    threads = [threading.Thread(target=lambda: found.append(secret_in(tmp_path / "session"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1
