"""The zip around a Word file: written with the same bytes every time, opened with limits and without trust."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

LARGEST_FILE = 20 * 2**20
LARGEST_UNPACKED = 64 * 2**20
MOST_PARTS = 5_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wraps around an encrypted file; also the .doc of before 2007
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
_MACROS = re.compile(r"(^|/)vba(project|data)[^/]*$", re.IGNORECASE)

Parts = dict[str, bytes]


class NotReadable(ValueError):
    """A file that is not opened; the message tells the reader what to do."""


def pack(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip whose bytes depend on nothing but the parts and their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return buffer.getvalue()


def opened(data: bytes) -> Parts:
    """The parts of a Word file. NotReadable for anything that is not a plain .docx within the limits."""
    if data.startswith(_OLE):
        raise NotReadable(
            _(
                "The file is encrypted or in the old .doc format. "
                "Open it in Word, remove the password and save it as .docx."
            )
        )
    if len(data) > LARGEST_FILE:
        raise NotReadable(_("The file is larger than %(limit)d MB.") % {"limit": LARGEST_FILE // 2**20})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _unpacked(archive)
    except _DAMAGED as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable(_("This is not a Word file (.docx), or it is damaged.")) from error
    if "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        raise NotReadable(_("This is not a Word file (.docx), or it is damaged."))
    if any(_MACROS.search(name) for name in parts) or b"macroEnabled" in parts["[Content_Types].xml"]:
        raise NotReadable(_("The file contains macros. Save it as .docx without macros."))
    return parts


def _unpacked(archive: zipfile.ZipFile) -> Parts:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MOST_PARTS or len(names) != len(entries):  # two parts of one name: each program reads another
        raise NotReadable(_("This is not a Word file (.docx), or it is damaged."))
    parts: Parts = {}
    left = LARGEST_UNPACKED
    for entry in entries:
        # The size in the directory is a claim; what counts is what comes out.
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise NotReadable(_("The file unpacks to more than %(limit)d MB.") % {"limit": LARGEST_UNPACKED // 2**20})
        parts[entry.filename] = content
    return parts


def parsed(content: bytes) -> Element:
    """A part as a tree. NotReadable for broken XML and for any DTD, entity or outside reference."""
    try:
        root = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotReadable(_("A part of the Word file is damaged or holds what Word does not write.")) from error
    assert isinstance(root, Element)
    return root
