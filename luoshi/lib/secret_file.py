"""A random secret in a file of its own, readable by nobody but its owner."""

import os
import secrets
from pathlib import Path


def secret_in(path: Path) -> str:
    """The secret that the file holds, made on first use. OSError where the folder cannot be written.

    Two processes that start at once must agree: the file is linked into place whole, and the loser reads the winner's.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
