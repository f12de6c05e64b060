"""The uploaded file between dry run and confirmation.

It holds personal data, so it lies outside the web root, belongs to one owner, lives 24 hours, and is deleted as soon as
it has been imported or given up. The confirmation reads the very bytes of the dry run: their SHA-256 is kept with them.
"""

import hashlib
import json
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from luoshi.sheets import container
from luoshi.sheets.flaws import Rejected

LIFETIME = timedelta(hours=24)
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
CONTENT, ABOUT = "content", "about.json"


@dataclass(frozen=True)
class Upload:
    """上传件 — a file that waits for its owner's confirmation."""

    token: str
    owner: str
    purpose: str
    name: str
    sha256: str
    uploaded_at: datetime

    @property
    def path(self) -> Path:
        return folder() / self.token / CONTENT

    def content(self) -> bytes:
        """The bytes of the dry run. Raises Rejected if they are no longer the same."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError as error:
            raise gone() from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise gone()
        return content


def gone() -> Rejected:
    return Rejected(
        "upload_gone", _("The uploaded file is no longer kept (it is deleted after 24 hours). Upload it again.")
    )


def folder() -> Path:
    path = Path(settings.LUOSHI_FILES) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(file: IO[bytes] | bytes, *, owner: str, purpose: str, name: str, at: datetime) -> Upload:
    """Store an upload under a token that cannot be guessed. Raises Rejected for an empty or oversized file."""
    content = container.bounded(file)
    sweep(at=at)
    token = secrets.token_urlsafe(24)
    upload = Upload(token, owner, purpose, Path(name).name[:200], hashlib.sha256(content).hexdigest(), at)
    place = folder() / token
    place.mkdir(mode=0o700)
    upload.path.write_bytes(content)
    upload.path.chmod(0o600)
    about = {"owner": owner, "purpose": purpose, "name": upload.name, "sha256": upload.sha256, "at": at.isoformat()}
    (place / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return upload


def kept(token: str, *, owner: str, purpose: str, at: datetime) -> Upload:
    """The upload of a token. Raises Rejected if it is unknown, another's, for another import, or older than a day."""
    upload = read_about(token)
    if upload is None or (upload.owner, upload.purpose) != (owner, purpose) or at - upload.uploaded_at > LIFETIME:
        raise gone()
    return upload


def read_about(token: str) -> Upload | None:
    if not TOKEN.fullmatch(token):
        return None
    try:
        about = json.loads((folder() / token / ABOUT).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    uploaded_at = datetime.fromisoformat(about["at"])
    return Upload(token, about["owner"], about["purpose"], about["name"], about["sha256"], uploaded_at)


def discard(upload: Upload) -> None:
    shutil.rmtree(folder() / upload.token, ignore_errors=True)


def sweep(*, at: datetime) -> int:
    """Delete what is older than a day, and what a crash left half-written; returns how many. For the clock too."""
    swept = 0
    for place in folder().iterdir():
        upload = read_about(place.name)
        if upload is None and at.timestamp() - place.stat().st_mtime < 3600:
            continue
        if upload is None or at - upload.uploaded_at > LIFETIME:
            shutil.rmtree(place, ignore_errors=True)
            swept += 1
    return swept
