"""Files of reports, kept under the SHA-256 of their content: the same bytes are stored once, and never overwritten."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from luoshi.reports.models import Report

FOLDER = "reports"
UNREFERENCED = timedelta(days=1)  # a file of a write that was rolled back


def stored(data: bytes) -> str:
    """The name under which the bytes are kept."""
    name = f"{FOLDER}/{sha256(data).hexdigest()}.docx"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))
    return name


def sweep(*, at: datetime) -> int:
    """Delete files that no report names, left by a write that did not come through; returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    _folders, names = default_storage.listdir(FOLDER)
    known = {name for pair in Report.objects.values_list("file", "body") for name in pair if name}
    swept = 0
    for name in (f"{FOLDER}/{each}" for each in names):
        if name not in known and at - default_storage.get_modified_time(name) > UNREFERENCED:
            default_storage.delete(name)
            swept += 1
    return swept
