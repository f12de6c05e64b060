"""Signed checkpoints of the journal: c2sp.org/tlog-checkpoint in a c2sp.org/signed-note, signed with Ed25519.

    luoshi.example/journal
    1234
    <root hash in base64>

    — luoshi.example/journal <key ID and signature in base64>

The key bears the name of the log, its origin. Both specifications leave the form of that name open; here it is always a
URL without schema, so that nobody can make two names that look alike.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

ED25519 = b"\x01"
MOST_SIGNATURES = 100  # what Go's reader of signed notes accepts
LARGEST_NOTE = 1_000_000

_ORIGIN = re.compile(r"(?!.*//)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*", re.ASCII)
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_NAME = "Key-Name: "


class BadNote(ValueError):
    """A checkpoint that cannot be trusted. `code` is for programs, the text says in English what is wrong."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Checkpoint:
    """存证点 — the size and the root of a log at one moment, under the name of that log."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_origin(self.origin)
        if not 0 <= self.size < 2**63:
            raise BadNote("size", f"{self.size} is no tree size")
        if len(self.root) != 32:
            raise BadNote("root", f"a root has 32 bytes, this one {len(self.root)}")
        if any(not line or "\n" in line or _CONTROL.search(line) for line in self.extensions):
            raise BadNote("extension", "an extension line is empty or holds control characters")

    def body(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, encoded(self.root), *self.extensions))


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint as it was read, before anybody has looked at its signatures."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]
    text: str


@dataclass(frozen=True)
class Verifier:
    """The public half of a log's key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_origin(self.name)
        if len(self.public) != 32:
            raise BadNote("vkey", f"an Ed25519 key has 32 bytes, this one {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encoded(ED25519 + self.public)}"

    @classmethod
    def from_vkey(cls, vkey: str) -> Self:
        """BadNote if the text is no verifier key of type Ed25519 or its key ID is not that of its key."""
        name, key_id, key = (*vkey.strip().split("+", 2), "", "")[:3]
        raw = decoded(key)
        if raw is None or len(raw) != 33:
            raise BadNote("vkey", "a verifier key reads name+keyid+key")
        if raw[:1] != ED25519:
            raise BadNote("algorithm", "the verifier key is of a kind other than Ed25519")
        verifier = cls(name, raw[1:])
        if verifier.key_id.hex() != key_id:
            raise BadNote("vkey", "the key ID does not belong to this name and key")
        return verifier

    def verifies(self, signature: bytes, body: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The private half; kept in a file outside the database."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        check_origin(self.name)

    @classmethod
    def generate(cls, name: str) -> Self:
        return cls(name, Ed25519PrivateKey.generate())

    def to_pem(self) -> bytes:
        """PKCS #8 below a line with the name, for which RFC 7468 leaves room; OpenSSL reads the file as it is."""
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return f"{_KEY_NAME}{self.name}\n".encode() + pem

    @classmethod
    def from_pem(cls, pem: bytes | str, *, name: str | None = None) -> Self:
        """`name` is for a key that `to_pem` did not write. ValueError if the two differ or it is no Ed25519."""
        text = pem if isinstance(pem, str) else pem.decode()
        first = text.split("\n", 1)[0].strip()
        named = first.removeprefix(_KEY_NAME) if first.startswith(_KEY_NAME) else None
        if named and name and named != name:
            raise ValueError(f"this is the key of {named}, not of {name}")
        if not (known := named or name):
            raise ValueError("the file does not name the log that this key belongs to")
        private = load_pem_private_key(text.encode(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("the key is of a kind other than Ed25519")
        return cls(known, private)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def vkey(self) -> str:
        return self.verifier.vkey

    def sign(self, body: str) -> bytes:
        return self.private.sign(body.encode())


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note. ValueError if the key belongs to another log."""
    if key.name != checkpoint.origin:
        raise ValueError(f"the key of {key.name} does not sign for {checkpoint.origin}")
    body = checkpoint.body()
    return f"{body}\n— {key.name} {encoded(key.verifier.key_id + key.sign(body))}\n"


def parse(text: str) -> SignedCheckpoint:
    """BadNote if the text is no signed checkpoint. Whether its signatures are good is for `verify` to say."""
    body, signature_lines = _split(text)
    origin, size, root, *extensions = _body_lines(body)
    return SignedCheckpoint(
        Checkpoint(origin, _size(size), _root(root), tuple(extensions)),
        tuple(map(_signature, signature_lines)),
        text,
    )


def verify(text: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint, if its own log signed it with one of these keys; BadNote says why not.

    Signatures of keys that are not given are passed over (witnesses, the next key of a rotation). One false signature
    under the name and ID of a given key spoils the note, even beside a good one.
    """
    signed = parse(text)
    body = signed.checkpoint.body()
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    good = set()
    for signature in signed.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.verifies(signature.signature, body):
            raise BadNote("signature", f"the signature of {signature.name} does not fit the checkpoint")
        good.add(signature.name)
    if signed.checkpoint.origin not in good:
        raise BadNote("unsigned", f"no known key of {signed.checkpoint.origin} signed this checkpoint")
    return signed.checkpoint


def check_origin(origin: str) -> None:
    """BadNote unless this is a URL without schema, in ASCII, space, plus and closing slash: "example.cn/path"."""
    if not _ORIGIN.fullmatch(origin) or len(origin) > 200:
        raise BadNote(
            "origin", f"{origin!r} is no name for a log: give a URL without https://, as in example.cn/journal"
        )


def _split(text: str) -> tuple[str, list[str]]:
    if len(text) > LARGEST_NOTE:
        raise BadNote("length", "the note is too long")
    if "\r" in text:
        raise BadNote("line-ends", "the lines end as on Windows (CR LF); keep the checkpoint as it was given")
    if _CONTROL.search(text):
        raise BadNote("control", "the note holds control characters")
    body, blank, signatures = text.partition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise BadNote("shape", "a signed checkpoint is a text, one empty line and signatures, each line ended")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("length", f"more than {MOST_SIGNATURES} signatures")
    return body, lines


def _body_lines(body: str) -> list[str]:
    lines = body.split("\n")
    if len(lines) < 3:
        raise BadNote("shape", "a checkpoint has at least three lines: origin, size and root")
    return lines


def _size(line: str) -> int:
    if not _SIZE.fullmatch(line):
        raise BadNote("size", f"{line!r} is no tree size")
    return int(line)


def _root(line: str) -> bytes:
    root = decoded(line)
    if root is None or len(root) != 32:
        raise BadNote("root", f"{line!r} is no root hash")
    return root


def _signature(line: str) -> Signature:
    match = _SIGNATURE.fullmatch(line)
    raw = decoded(match[2]) if match else None
    if match is None or raw is None or len(raw) <= 4:
        raise BadNote("signature-line", f"{line!r} is no signature")
    return Signature(match[1], raw[:4], raw[4:])


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


def decoded(text: str) -> bytes | None:
    """The bytes of a base64 text; None for any but its one canonical spelling, so that no second text says the same."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encoded(data) == text else None
