"""存证 — what a report stakes on the ledger, and the code on its last page.

content   the figures quoted, with what they count and as of when, and a fingerprint of each printed line
entry     the journal entry that names the content, and its place under a signed checkpoint
code      LS-XXXX-XXXX-XX: the content in ten characters that survive a telephone
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError, model_validator

from luoshi.journal import merkle, note, proof
from luoshi.lib import canonical
from luoshi.reports.outline import Outline, Quote, Unknown, figures, lines, unknowns
from luoshi.reports.word.package import Parts, opened, parsed
from luoshi.reports.word.reading import normalized

NAMESPACE = "urn:luoshi:seal:1"
LARGEST_SEAL = 8 * 2**20


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(_Data):
    """存证内容 — what is sealed. Its canonical JSON is hashed, and the hash stands in the journal."""

    format: Literal["luoshi-seal/1"] = "luoshi-seal/1"
    language: Literal["zh-hans", "en"]
    title: str
    unit_code: str = ""
    unit: str
    as_of: AwareDatetime
    position: Annotated[int, Field(ge=0, le=canonical.LARGEST_INTEGER)]
    figures: tuple[Quote, ...]
    unknowns: tuple[Unknown, ...] = ()
    text: tuple[str, ...]  # the fingerprint of each printed line

    def to_json(self) -> bytes:
        return canonical.dumps(self.model_dump())

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.to_json()).digest()

    @property
    def code(self) -> str:
        return code_for(self.digest)


class Entry(_Data):
    """日志条目 — the journal entry that names a content, opened so that anyone can recompute it from the content up.

    change ‖ salt → its digest, one of `digests` → changes_root in `body` → leaf of the log → root of the checkpoint.
    """

    body: str  # the entry as it was hashed into the log
    change: str  # canonical JSON of the report's change, which names the content's SHA-256
    salt: str = Field(pattern=r"^([0-9a-f]{2})+$")
    digests: tuple[str, ...]  # of all changes of the entry in their order, hexadecimal
    index: NonNegativeInt  # its position less one
    path: tuple[str, ...]  # inclusion proof under the checkpoint, base64

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(self.body.encode())


class Sealed(_Data):
    """存证 — a content with the checkpoint that vouches for it. This travels inside the Word file."""

    content: Content
    checkpoint: str
    checkpoint_number: NonNegativeInt
    entry: Entry | None = None
    url: str = ""  # of the public page that looks the code up

    @model_validator(mode="after")
    def _bears_a_checkpoint(self) -> Self:
        note.parse(self.checkpoint)
        return self

    @property
    def code(self) -> str:
        return self.content.code

    @property
    def tlog_proof(self) -> str:
        """The place of the entry under the checkpoint as a `.tlog-proof` file; "" without an entry."""
        if self.entry is None:
            return ""
        path = tuple(note.decoded(each) or b"" for each in self.entry.path)
        return proof.write(proof.Proof(self.entry.index, path, self.checkpoint))

    def to_json(self) -> bytes:
        return canonical.dumps(self.model_dump())

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        return cls.model_validate_json(data)


class Proof(_Data):
    """存证证明 — luoshi-proof.json: what an outside party needs beside the file, without network."""

    format: Literal["luoshi-proof/1"] = "luoshi-proof/1"
    file_name: str
    file_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    vkey: str  # of the log, to be compared with the published one
    code: str
    sealed: Sealed

    def to_json(self) -> bytes:
        return canonical.dumps(self.model_dump())


class Unsealed(ValueError):
    """A Word file without a seal of ours, or with one that cannot be read."""


def content_of(outline: Outline, *, unit: str, unit_code: str = "", as_of: AwareDatetime, position: int) -> Content:
    """What there is to seal of a numbered outline."""
    return Content(
        language=outline.language,
        title=outline.title,
        unit=unit,
        unit_code=unit_code,
        as_of=as_of,
        position=position,
        figures=figures(outline),
        unknowns=unknowns(outline),
        text=tuple(fingerprint(line) for line in lines(outline)),
    )


def proof_of(sealed: Sealed, data: bytes, *, file_name: str, vkey: str) -> Proof:
    return Proof(
        file_name=file_name,
        file_sha256=hashlib.sha256(data).hexdigest(),
        vkey=vkey,
        code=sealed.code,
        sealed=sealed,
    )


def fingerprint(line: str) -> str:
    """128 bits of SHA-256 over a line without its white space."""
    return hashlib.sha256(normalized(line).encode()).hexdigest()[:32]


# ---- the verification code

PREFIX = "LS"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: without I, L, O and U
_PAYLOAD = 9  # 45 bits of the digest; one check character follows
_LOOK_ALIKES = str.maketrans("OIL", "011")
_PADDING = re.compile(r"[\s\-‐‑‒–—―−_·.]+")


def code_for(digest: bytes) -> str:
    """LS-7K3M-94QX-2D: the first 45 bits of a digest and a check character.

    The check is a weighted sum over GF(32) with a different power of one generator for each place: it catches every
    single wrong character and every two that changed places, next to each other or not.
    """
    bits = int.from_bytes(digest[:6]) >> 3
    values = [bits >> 5 * place & 31 for place in reversed(range(_PAYLOAD))]
    text = "".join(_ALPHABET[value] for value in (*values, _check(values)))
    return f"{PREFIX}-{text[:4]}-{text[4:8]}-{text[8:]}"


def parse_code(text: str) -> str:
    """The code as it is printed, from whatever was typed: case, spaces, full-width letters, O for 0, I or L for 1.

    ValueError tells what is wrong with it.
    """
    typed = _PADDING.sub("", unicodedata.normalize("NFKC", text)).upper()
    if len(typed) == len(PREFIX) + _PAYLOAD + 1:
        typed = typed.removeprefix(PREFIX)
    symbols = typed.translate(_LOOK_ALIKES)
    if len(symbols) != _PAYLOAD + 1 or not set(symbols) <= set(_ALPHABET):
        raise ValueError(_("A verification code looks like LS-7K3M-94QX-2D: LS and ten letters or digits."))
    values = [_ALPHABET.index(symbol) for symbol in symbols]
    if _check(values[:-1]) != values[-1]:
        raise ValueError(_("The code has a typing error. Compare it with the last page of the report once more."))
    return f"{PREFIX}-{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def _check(values: Sequence[int]) -> int:
    total = 0
    for value in values:  # Horner: the first character ends up with the highest power, the check itself has power 0
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    """Times the generator x in GF(32) = GF(2)[x] / (x⁵ + x² + 1)."""
    return value << 1 ^ (0b100101 if value & 16 else 0)


# ---- reading a seal back


def seal_xml(sealed: Sealed) -> str:
    """The custom XML part. The JSON is kept as base64, since programs reformat XML text."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<seal xmlns="{NAMESPACE}" code="{sealed.code}">{base64.b64encode(sealed.to_json()).decode()}</seal>'
    )


def read_seal(source: bytes | Path | str) -> Sealed:
    """The seal inside a Word file. NotReadable if it is no Word file, Unsealed if it bears no seal."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return seal_in(opened(data))


def seal_in(parts: Parts) -> Sealed:
    found = [part for name, part in parts.items() if name.startswith("customXml/") and NAMESPACE.encode() in part]
    seals = [root for root in map(parsed, found) if root.tag == f"{{{NAMESPACE}}}seal"]
    if not seals:
        raise Unsealed(_("This file bears no seal of a Luoshi report."))
    if len(seals) > 1:
        raise Unsealed(_("This file bears more than one seal; a report has exactly one."))
    text = "".join((seals[0].text or "").split())
    if len(text) > LARGEST_SEAL:
        raise Unsealed(_("The seal in this file is damaged."))
    try:
        return Sealed.from_json(base64.b64decode(text, validate=True))
    except (binascii.Error, ValidationError) as error:
        raise Unsealed(_("The seal in this file is damaged.")) from error
