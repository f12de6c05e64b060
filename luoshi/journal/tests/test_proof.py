import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.journal import merkle, note, proof
from luoshi.journal.note import BadNote, Checkpoint, SigningKey
from luoshi.journal.proof import BadProof, Proof

FORMATS = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
KEY = SigningKey.generate("luoshi.example/journal")
ENTRIES = [b"entry %d" % number for number in range(11)]
HASHES = merkle.leaf_hashes(ENTRIES)
SIGNED = note.sign(Checkpoint(KEY.name, len(HASHES), merkle.root(HASHES)), KEY)


def proof_of(index: int, *, extra: bytes = b"") -> str:
    return proof.write(Proof(index, tuple(merkle.inclusion_proof(HASHES, index)), SIGNED, extra))


@pytest.mark.parametrize("index", range(11))
def test_each_entry_is_proved(index):
    checkpoint = proof.verify(proof_of(index), HASHES[index], [KEY.verifier])
    assert (checkpoint.size, checkpoint.root) == (11, merkle.root(HASHES))


@given(st.integers(0, 10), st.binary(max_size=40))
def test_what_is_written_reads_back(index, extra):
    text = proof_of(index, extra=extra)
    assert proof.write(proof.parse(text)) == text
    assert (proof.parse(text).index, proof.parse(text).extra) == (index, extra)


@given(st.data())
def test_no_character_of_a_proof_can_be_changed(data):
    text = proof_of(6)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(exclude_categories=["Cs"])) + text[place + 1 :]
    if changed != text:
        with pytest.raises(BadNote):
            proof.verify(changed, HASHES[6], [KEY.verifier])


def test_the_lines_of_a_proof():
    first, index, *path = proof_of(10).split("\n\n")[0].split("\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", "index 10")
    assert [note.decoded(line) for line in path] == merkle.inclusion_proof(HASHES, 10)
    assert proof_of(10).endswith("\n\n" + SIGNED)


def test_a_proof_of_the_only_entry_has_no_path():
    alone = note.sign(Checkpoint(KEY.name, 1, HASHES[0]), KEY)
    text = proof.write(Proof(0, (), alone))
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\n")
    assert proof.verify(text, HASHES[0], [KEY.verifier]).size == 1


def test_a_proof_does_not_prove_another_entry():
    with pytest.raises(BadProof) as refusal:
        proof.verify(proof_of(3), HASHES[4], [KEY.verifier])
    assert refusal.value.code == "path"


def test_a_proof_under_a_checkpoint_that_nobody_known_signed_does_not_count():
    with pytest.raises(BadNote) as refusal:
        proof.verify(proof_of(3), HASHES[3], [SigningKey.generate(KEY.name).verifier])
    assert refusal.value.code == "unsigned"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("@v1", "@v2", "shape"),
        ("\n\n", "\n", "shape"),
        ("index 3", "index 03", "index"),
        ("index 3", "index -3", "index"),
        ("index 3", "index 11", "path"),
        ("index 3\n", "", "index"),
        ("index 3", "extra ?\nindex 3", "extra"),
        ("index 3", "extra \nindex 3", "extra"),
        ("index 3\n", "index 3\nAAAA\n", "path"),
        ("index 3\n", "index 3\n" + "A" * 43 + "=\n", "path"),
        ("index 3\n", "index 3\n" + ("A" * 43 + "=\n") * 64, "path"),
        ("\n", "\r\n", "line-ends"),
    ],
)
def test_each_flaw_has_its_reason(old, new, code):
    text = proof_of(3)
    assert old in text
    with pytest.raises(BadProof) as refusal:
        proof.verify(text.replace(old, new), HASHES[3], [KEY.verifier])
    assert refusal.value.code == code


def code_block(language: str) -> str:
    block = re.search(rf"```{language}\n(.*?)```", FORMATS, re.DOTALL)
    assert block
    return block[1]


@pytest.fixture
def documented():
    """What a reader of docs/formats.md would run: the standard library, none of our code."""
    names: dict[str, object] = {}
    exec(code_block("python"), names)
    return names["is_in_log"]


@pytest.mark.parametrize("index", range(11))
def test_the_python_of_the_documentation_verifies_a_proof(documented, index):
    assert documented(ENTRIES[index], proof_of(index))
    assert documented(ENTRIES[index], proof_of(index, extra=b"more"))
    assert not documented(ENTRIES[index - 1], proof_of(index))
    assert not documented(ENTRIES[index], proof_of((index + 1) % 11))


def test_the_commands_of_the_documentation_verify_the_signature(tmp_path):
    missing = [tool for tool in ("bash", "openssl") if shutil.which(tool) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{missing} is missing: the documented commands were not run")
    if missing:
        pytest.skip(f"{missing} IS MISSING: the documented commands were not run")
    body, _, signature = SIGNED.partition("\n\n")
    environment = {**os.environ, "key": KEY.vkey.split("+", 2)[2], "line": signature.strip()}

    def run(text: str) -> subprocess.CompletedProcess[bytes]:
        (tmp_path / "body").write_text(text + "\n", encoding="utf-8")
        return subprocess.run(
            ["bash", "-ec", code_block("sh")], cwd=tmp_path, env=environment, capture_output=True, check=False
        )

    accepted = run(body)
    assert accepted.returncode == 0, accepted.stderr
    assert run(body.replace("\n11\n", "\n12\n")).returncode != 0
