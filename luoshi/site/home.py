"""LUOSHI_HOME — the one folder in which all data of an installation live.

luoshi.db   the embedded database (absent with LUOSHI_DATABASE_URL)
keys/       what must not lie in the database: session secret, identity key, log signing key
files/      uploads and generated reports
"""

import os
import secrets
from pathlib import Path


def folder() -> Path:
    """The data folder, from LUOSHI_HOME or ./var; made private to its owner when it does not exist."""
    path = Path(os.environ.get("LUOSHI_HOME", "var")).expanduser().resolve()
    for part in (path, path / "keys", path / "files"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret(name: str) -> str:
    """A random secret kept in keys/NAME, made on first use.

    Two processes that start at once must agree: the file is created exclusively, and the loser reads the winner's.
    """
    path = folder() / "keys" / name
    if not path.exists():
        draft = path.with_name(f"{name}.{os.getpid()}.new")
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        draft.chmod(0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
