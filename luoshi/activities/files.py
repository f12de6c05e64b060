"""附件 — which files may come in, and in what state: known by their content, photos without where and with what they were taken.

accepted = accept(name, content)      # raises Refused with what to do instead
attach_file(actor, activity, file=accepted, key=key)
"""

import hashlib
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath, PureWindowsPath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from luoshi.gate.errors import Refused
from luoshi.lib.text import clean

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 2_000
LONGEST_NAME = 100

OFFICE = "application/vnd.openxmlformats-officedocument."
# What a file is called → what it must be. The media type is what the download says.
KINDS = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
}
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)


@dataclass(frozen=True, slots=False)
class Accepted:
    """收下的文件 — the bytes as they are kept. Its text stands for it where contents are compared (idempotency key)."""

    name: str
    media_type: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def __str__(self) -> str:
        return f"{self.name} {self.sha256}"


def accept_upload(upload: UploadedFile[bytes]) -> Accepted:
    """An uploaded file, looked through. Its size is asked before its bytes are read."""
    if (upload.size or 0) > MOST_BYTES:
        raise too_large()
    return accept(upload.name or "", upload.read())


def accept(name: str, content: bytes) -> Accepted:
    """The file as it is kept. Raises Refused for what is too large, of another kind, damaged or dangerous."""
    name = tidy_name(name)
    ending = name.rpartition(".")[2].lower()
    if ending not in KINDS:
        raise Refused(_("Only PDF, JPEG, PNG, Word (docx) and Excel (xlsx) files can be attached."))
    if len(content) > MOST_BYTES:
        raise too_large()
    if ending == "pdf":
        check_pdf(content)
    elif ending in MAIN_PART:
        check_office(content, MAIN_PART[ending])
    else:
        content = bare_image(content, KINDS[ending])
    return Accepted(name, KINDS[ending], content)


def tidy_name(name: str) -> str:
    """The last part of a path of any system, without characters that a shell, a header or a reader would stumble over."""
    base = PureWindowsPath(PurePosixPath(name).name).name
    plain = re.sub(r'[\\/:*?"<>|;]', "_", clean(base)).strip(". ") or "file"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if dot else plain[:LONGEST_NAME]


def too_large() -> Refused:
    return Refused(
        _("The file is larger than %(limit)d MB. Make it smaller and attach it again.")
        % {"limit": MOST_BYTES // 1024 // 1024}
    )


def damaged() -> Refused:
    return Refused(_("The file is damaged, or is not what its name says. Save it anew and attach it again."))


def check_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise damaged()


def check_office(content: bytes, main_part: str) -> None:
    """A zip with the part that makes it a document; no macros; not a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged() from error
    names = {entry.filename for entry in entries}
    if main_part not in names or "[Content_Types].xml" not in names:
        raise damaged()
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise Refused(_("The file contains macros. Save it without them and attach it again."))
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused(_("The file unpacks to far more than its size. Save it anew and attach it again."))


def bare_image(content: bytes, media_type: str) -> bytes:
    """The picture itself, turned as it was held; place, camera, time and thumbnails are left out.

    The size that the header claims is judged before a single pixel is decoded.
    """
    expected = {"image/jpeg": "JPEG", "image/png": "PNG"}[media_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[expected]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Refused(_("The picture has too many pixels. Make it smaller and attach it again."))
                opened.load()
                upright = ImageOps.exif_transpose(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise damaged() from error
    return encoded(upright, expected)


def encoded(picture: Image.Image, file_format: str) -> bytes:
    mode = picture.mode
    if file_format == "JPEG" and mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    elif file_format == "PNG" and mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        picture = picture.convert("RGBA")
    picture.info = {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
    written = io.BytesIO()
    if file_format == "JPEG":
        picture.save(written, "JPEG", quality=88, optimize=True)
    else:
        picture.save(written, "PNG", optimize=True)
    return written.getvalue()
