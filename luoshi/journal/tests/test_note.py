import os
import shutil
import subprocess
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.journal import note
from luoshi.journal.note import BadNote, Checkpoint, SigningKey, Verifier

ORIGIN = "luoshi.example/journal"
KEY = SigningKey.generate(ORIGIN)
CHECKPOINT = Checkpoint(ORIGIN, 1_234, sha256(b"root").digest())
SIGNED = note.sign(CHECKPOINT, KEY)


def reason(text: str, *verifiers: Verifier) -> str:
    with pytest.raises(BadNote) as refusal:
        note.verify(text, verifiers or [KEY.verifier])
    assert str(refusal.value)
    return refusal.value.code


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_what_is_signed_can_be_verified_and_says_the_same(size, root):
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert note.verify(note.sign(checkpoint, KEY), [KEY.verifier]) == checkpoint


@given(st.integers(0, len(SIGNED) - 1), st.characters(exclude_categories=["Cs"]))
def test_no_character_can_be_changed(place, character):
    changed = SIGNED[:place] + character + SIGNED[place + 1 :]
    if changed != SIGNED:
        with pytest.raises(BadNote):
            note.verify(changed, [KEY.verifier])


@given(st.integers(0, len(SIGNED)))
def test_no_part_can_be_left_out(length):
    if length < len(SIGNED):
        with pytest.raises(BadNote):
            note.verify(SIGNED[:length], [KEY.verifier])


def test_the_lines_of_a_note():
    origin, size, root, blank, signature, end = SIGNED.split("\n")
    assert (origin, size, blank, end) == (ORIGIN, "1234", "", "")
    assert b64decode(root) == CHECKPOINT.root
    dash, name, blob = signature.split(" ")
    assert (dash, name) == ("\u2014", ORIGIN)
    public = KEY.verifier.public
    assert b64decode(blob)[:4] == sha256(ORIGIN.encode() + b"\x0a\x01" + public).digest()[:4]
    assert len(b64decode(blob)) == 68


def test_a_verifier_key_reads_back():
    name, key_id, key = KEY.vkey.split("+", 2)
    assert (name, bytes.fromhex(key_id), b64decode(key)[:1]) == (ORIGIN, KEY.verifier.key_id, b"\x01")
    assert Verifier.from_vkey(KEY.vkey) == KEY.verifier


def test_the_verifier_key_of_the_go_sum_database():
    known = Verifier.from_vkey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert known.name == "sum.golang.org"
    assert known.key_id.hex() == "033de0ae"


def test_a_key_file_carries_the_name_of_its_log():
    again = SigningKey.from_pem(KEY.to_pem())
    assert (again.name, again.vkey) == (ORIGIN, KEY.vkey)
    assert note.verify(note.sign(CHECKPOINT, again), [KEY.verifier]) == CHECKPOINT


def test_a_key_from_elsewhere_needs_a_name_and_cannot_change_it():
    bare = KEY.to_pem().split(b"\n", 1)[1]
    assert SigningKey.from_pem(bare, name="other.example/journal").name == "other.example/journal"
    with pytest.raises(ValueError, match="does not name"):
        SigningKey.from_pem(bare)
    with pytest.raises(ValueError, match="not of other"):
        SigningKey.from_pem(KEY.to_pem(), name="other.example/journal")


def test_the_key_stays_out_of_what_is_printed():
    assert "private" not in repr(KEY)


def test_signatures_of_strangers_are_passed_over():
    witness = SigningKey.generate("witness.example")
    line = f"— witness.example {b64encode(witness.verifier.key_id + witness.sign(CHECKPOINT.body())).decode()}\n"
    both = SIGNED + line
    assert note.verify(both, [KEY.verifier]) == CHECKPOINT
    assert [one.name for one in note.parse(both).signatures] == [ORIGIN, "witness.example"]
    assert reason(both, witness.verifier) == "unsigned"


def test_one_false_signature_of_a_known_key_spoils_a_good_one():
    false = b64encode(KEY.verifier.key_id + KEY.sign("something else")).decode()
    assert reason(f"{SIGNED}— {ORIGIN} {false}\n") == "signature"


def test_a_key_of_the_same_name_that_is_not_known_does_not_count():
    assert reason(note.sign(CHECKPOINT, SigningKey.generate(ORIGIN))) == "unsigned"


def test_during_a_change_of_keys_either_is_enough():
    other = SigningKey.generate(ORIGIN)
    assert note.verify(note.sign(CHECKPOINT, other), [KEY.verifier, other.verifier]) == CHECKPOINT


def test_a_key_signs_for_no_other_log():
    with pytest.raises(ValueError, match="does not sign"):
        note.sign(Checkpoint("other.example/journal", 1, bytes(32)), KEY)


def test_extension_lines_are_kept_and_signed():
    extended = Checkpoint(ORIGIN, 1, bytes(32), ("since 2023-09-01",))
    signed = note.sign(extended, KEY)
    assert note.verify(signed, [KEY.verifier]) == extended
    assert reason(signed.replace("since 2023-09-01\n", "")) == "signature"


@pytest.mark.parametrize("line", ["", "a\nb", "a\tb"])
def test_an_extension_line_is_one_line(line):
    with pytest.raises(BadNote) as refusal:
        Checkpoint(ORIGIN, 1, bytes(32), (line,))
    assert refusal.value.code == "extension"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "https://luoshi.example/journal",
        "luoshi.example/journal/",
        "luoshi.example//journal",
        "luoshi.example/a b",
        "luoshi.example/a+b",
        "luoshi.example/日志",
        "落实.example",
        "Luoshi.example",
        ".example",
        "example.",
        "a\nb",
        "example/" + "x" * 200,
    ],
)
def test_a_name_that_other_tools_would_stumble_over_is_refused(origin):
    for attempt in (lambda: Checkpoint(origin, 0, bytes(32)), lambda: SigningKey.generate(origin)):
        with pytest.raises(BadNote) as refusal:
            attempt()
        assert refusal.value.code == "origin"


@pytest.mark.parametrize("origin", ["luoshi.example", "localhost:8000/journal", "10.1.2.3/gansu/2023-1", "a/b_c~d.e"])
def test_names_that_are_accepted(origin):
    assert Checkpoint(origin, 0, bytes(32)).origin == origin


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("\n1234\n", "\n01234\n", "size"),
        ("\n1234\n", "\n-1\n", "size"),
        ("\n1234\n", "\n１２３４\n", "size"),
        ("\n1234\n", "\n9223372036854775808\n", "size"),
        ("\n1234\n", "\n", "shape"),
        ("\n\n", "\n", "shape"),
        ("\n\n", "\n\n\n", "signature-line"),
        ("\n— ", "\n- ", "signature-line"),
        ("\n", "\r\n", "line-ends"),
        (ORIGIN + "\n", "http://x\n", "origin"),
        ("\n1234\n", "\n1235\n", "signature"),
        ("\n\n", "\n\x07\n\n", "control"),
    ],
)
def test_each_flaw_has_its_reason(old, new, code):
    assert old in SIGNED
    assert reason(SIGNED.replace(old, new)) == code


def test_a_root_of_another_spelling_or_length_is_refused():
    root = b64encode(CHECKPOINT.root).decode()
    assert reason(SIGNED.replace(root, b64encode(bytes(31)).decode())) == "root"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    loose = root[:-2] + alphabet[alphabet.index(root[-2]) ^ 1] + "="  # the same 32 bytes: the last two bits are padding
    assert b64decode(loose) == CHECKPOINT.root
    assert reason(SIGNED.replace(root, loose)) == "root"


def test_a_note_without_end_is_not_read():
    assert reason(SIGNED + f"— {ORIGIN} AAAAAAAA\n" * 100) == "length"
    assert reason("x" * 1_000_001) == "length"


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "vkey"),
        ("luoshi.example", "vkey"),
        (KEY.vkey.replace("journal", "diary"), "vkey"),
        (KEY.vkey + "A", "vkey"),
        (f"{ORIGIN}+00000000+{b64encode(b'%c' % 4 + bytes(32)).decode()}", "algorithm"),
    ],
    ids=["nothing", "a name", "another name", "too long", "another kind"],
)
def test_what_is_no_verifier_key_is_refused(vkey, code):
    with pytest.raises(BadNote) as refusal:
        Verifier.from_vkey(vkey)
    assert refusal.value.code == code


def test_openssl_accepts_the_key_file_and_the_signature(tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is missing: no outside tool has verified a signed note")
        pytest.skip("OPENSSL IS MISSING: no outside tool has verified a signed note")
    body, _, signatures = SIGNED.partition("\n\n")
    (tmp_path / "key.pem").write_bytes(KEY.to_pem())
    (tmp_path / "body").write_text(body + "\n")
    (tmp_path / "signature").write_bytes(b64decode(signatures.split(" ")[2])[4:])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([openssl, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem").returncode == 0
    check = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "body", "-sigfile", "signature"]
    assert run(*check).returncode == 0
    (tmp_path / "body").write_text(body.replace("1234", "1235") + "\n")
    assert run(*check).returncode != 0
