"""What is sealed, the code, and what a check finds in a file that comes back."""

import contextlib
import hashlib
import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.journal import note
from luoshi.journal import proof as journal_proof
from luoshi.reports.outline import Outline, numbered
from luoshi.reports.seal import Proof, Sealed, Unsealed, code_for, parse_code, proof_of, read_seal, seal_xml
from luoshi.reports.tests import sample
from luoshi.reports.verification import Finding, check_file, check_lines, check_seal, check_text
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import NotReadable, opened, pack
from luoshi.reports.word.reading import W, printed_lines

SEALED = sample.sealed()
FILE = write_report(sample.REPORT, SEALED)
VERIFIERS = [sample.KEY.verifier]
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
digests = st.binary(min_size=32, max_size=32)


def changed(data: bytes, *replacements: tuple[str, str], part: str = "word/document.xml") -> bytes:
    parts = opened(data)
    text = parts[part].decode()
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after, 1)
    return pack(parts | {part: text.encode()})


def with_seal(data: bytes, sealed: Sealed) -> bytes:
    return pack(opened(data) | {"customXml/item1.xml": seal_xml(sealed).encode()})


def kinds(findings: Iterable[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


# ---- code


@given(digests)
def test_a_code_reads_back_as_itself(digest):
    code = code_for(digest)
    assert parse_code(code) == code


@given(digests, st.integers(0, 9), st.sampled_from(SYMBOLS))
def test_any_single_wrong_character_is_caught(digest, place, symbol):
    symbols = list(code_for(digest)[3:].replace("-", ""))
    if symbols[place] == symbol:
        return
    symbols[place] = symbol
    with pytest.raises(ValueError, match=r"typing error|输错"):
        parse_code("".join(symbols))


@given(digests)
def test_any_two_characters_that_changed_places_are_caught(digest):
    symbols = code_for(digest)[3:].replace("-", "")
    for first, second in itertools.combinations(range(10), 2):
        if symbols[first] != symbols[second]:
            swapped = list(symbols)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            with pytest.raises(ValueError, match=r"typing error|输错"):
                parse_code("".join(swapped))


def test_what_people_type_for_a_code_is_understood():
    code = code_for(hashlib.sha256(b"a report").digest())
    bare = code[3:].replace("-", "")
    for typed in (
        code.lower(),
        f" {code} ",
        code.replace("-", "－"),
        code.replace("-", "—"),
        bare,
        code.replace("-", " "),
        code.replace("0", "O").replace("1", "l"),
        "".join(chr(ord(char) + 0xFEE0) for char in bare),
    ):
        assert parse_code(typed) == code


@pytest.mark.parametrize("typed", ["", "LS", "LS-0000-0000-0", "LS-UUUU-UUUU-UU", "核验码", "LS-0000-0000-000"])
def test_what_is_no_code_is_refused_with_the_shape_of_one(typed):
    with pytest.raises(ValueError, match="LS-7K3M-94QX-2D"):
        parse_code(typed)


def test_the_example_in_the_message_is_a_code():
    with pytest.raises(ValueError, match="LS-") as caught:
        parse_code("")
    example = next(word for word in str(caught.value).replace("：", " ").split() if word.startswith("LS-"))
    assert len(example.rstrip(":：")) == len("LS-7K3M-94QX-2D")


# ---- seal


def test_a_seal_comes_back_from_the_file():
    assert read_seal(FILE) == SEALED
    assert check_seal(read_seal(FILE), VERIFIERS) == ()
    assert check_text(SEALED, FILE) == ()


def test_a_seal_reads_from_a_path(tmp_path):
    path = tmp_path / "报告.docx"
    path.write_bytes(FILE)
    assert read_seal(path).code == SEALED.code


def test_the_code_on_the_last_page_is_that_of_the_content():
    assert SEALED.code in printed_lines(opened(FILE))


def test_another_figure_another_code():
    other = sample.content().model_copy(update={"position": sample.POSITION + 1})
    assert other.code != SEALED.code


def test_a_file_without_a_seal_says_so():
    with pytest.raises(Unsealed):
        read_seal(write_report(sample.REPORT))


def test_a_file_with_two_seals_is_refused():
    twice = pack(opened(FILE) | {"customXml/item2.xml": seal_xml(SEALED).encode()})
    with pytest.raises(Unsealed):
        read_seal(twice)


@pytest.mark.parametrize("broken", ["", "????", "e30="])
def test_a_damaged_seal_is_told(broken):
    xml = f'<seal xmlns="urn:luoshi:seal:1" code="x">{broken}</seal>'
    with pytest.raises(Unsealed):
        read_seal(pack(opened(FILE) | {"customXml/item1.xml": xml.encode()}))


# ---- tampering


def test_one_digit_changed_in_the_text_is_told_as_that_figure():
    findings = check_text(SEALED, changed(FILE, (">2659<", ">2658<")))
    assert kinds(findings) == ["figure"]
    assert "2658" in findings[0].text
    assert "2659" in findings[0].text
    assert "举办读书班的领导班子" in findings[0].text


def test_a_digit_put_in_front_is_told():
    findings = check_text(SEALED, changed(FILE, ("全县</w:t>", "全县1</w:t>")))
    assert kinds(findings) == ["figure"]
    assert "12659" in findings[0].text


def test_one_digit_changed_in_the_custom_part_breaks_the_seal():
    figure = SEALED.content.figures[0].model_copy(update={"numerator": 2658, "printed": "2658"})
    content = SEALED.content.model_copy(update={"figures": (figure, *SEALED.content.figures[1:])})
    forged = with_seal(FILE, SEALED.model_copy(update={"content": content}))
    sealed = read_seal(forged)
    assert kinds(check_seal(sealed, VERIFIERS)) == ["entry"]
    assert "figure" in kinds(check_text(sealed, forged))


def test_one_digit_changed_in_both_agrees_with_itself_but_not_with_the_journal():
    figure = SEALED.content.figures[0].model_copy(update={"numerator": 2658, "printed": "2658"})
    report = Outline.from_json(
        sample.REPORT.to_json()
        .replace(b'"printed":"2659"', b'"printed":"2658"')
        .replace(b'"numerator":2659,"position"', b'"numerator":2658,"position"')
    )
    content = sample.content(report)
    assert figure in content.figures
    forged = write_report(report, SEALED.model_copy(update={"content": content}))
    sealed = read_seal(forged)
    assert check_text(sealed, forged) == ()
    assert kinds(check_seal(sealed, VERIFIERS)) == ["entry"]
    assert sealed.code != SEALED.code


def test_a_forger_with_a_log_of_his_own_is_told_by_the_published_key():
    content = sample.content(numbered(sample.REPORT.model_copy(update={"closing": "改过的结语。"})))
    forged = sample.Log(content, note.SigningKey.generate(sample.KEY.name)).sealed()
    assert kinds(check_seal(forged, VERIFIERS)) == ["checkpoint"]


def test_an_entry_of_another_report_does_not_vouch_for_this_one():
    other = sample.Log(sample.content().model_copy(update={"title": "另一份报告"}), sample.KEY).sealed()
    mixed = SEALED.model_copy(update={"entry": other.entry, "checkpoint": other.checkpoint})
    assert kinds(check_seal(mixed, VERIFIERS)) == ["entry"]


def test_figures_younger_than_the_checkpoint_are_told():
    content = SEALED.content.model_copy(update={"position": 7})
    assert "checkpoint" in kinds(check_seal(SEALED.model_copy(update={"content": content}), VERIFIERS))


def test_a_seal_without_its_entry_sends_the_reader_to_the_verification_page():
    assert kinds(check_seal(SEALED.model_copy(update={"entry": None}), VERIFIERS)) == ["entry"]


def test_changed_words_are_told_as_a_line():
    findings = check_text(SEALED, changed(FILE, ("特此报告", "特此说明")))
    assert kinds(findings) == ["line"]
    assert "特此说明" in findings[0].text


def test_a_line_put_in_and_a_line_taken_out_are_told():
    found = list(printed_lines(opened(FILE)))
    added = check_lines(SEALED, [*found[:2], "另有300个。", *found[2:]])
    assert kinds(added) == ["line"]
    assert "另有300个。" in added[0].text
    assert kinds(check_lines(SEALED, found[:2] + found[3:])) == ["line"]


def test_a_figure_taken_out_is_told():
    findings = check_text(SEALED, changed(FILE, ('<w:t xml:space="preserve">92.3%</w:t>', ""), (">[2]<", "><")))
    assert "figure" in kinds(findings)
    assert "读书班覆盖率" in findings[0].text


def test_a_figure_hidden_behind_another_is_told():
    plain = '<w:r><w:t xml:space="preserve">2659</w:t></w:r>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>2659</w:t></w:r><w:r><w:t>2700</w:t></w:r>"
    findings = check_text(SEALED, changed(FILE, (plain, hidden)))
    assert "2700" in findings[0].text


def test_a_changed_row_of_the_list_of_figures_is_told():
    assert kinds(check_text(SEALED, changed(FILE, ("云发改〔2023〕88号", "云发改〔2023〕99号")))) == ["line"]


def test_a_changed_code_on_the_last_page_is_told():
    other = code_for(b"another digest of another file..")
    assert kinds(check_text(SEALED, changed(FILE, (f">{SEALED.code}<", f">{other}<")))) == ["line"]


def test_white_space_is_no_change():
    assert check_text(SEALED, changed(FILE, ("特此报告", "特 此  报告"))) == ()


def test_tracked_changes_are_read_as_accepted():
    inserted = '</w:t></w:r><w:ins w:id="1" w:author="x"><w:r><w:t>再次</w:t></w:r></w:ins><w:r><w:t>'
    findings = check_text(SEALED, changed(FILE, ("特此报告", f"特此{inserted}报告")))
    assert "特此再次报告" in findings[0].text
    deleted = '</w:t></w:r><w:del w:id="1" w:author="x"><w:r><w:delText>旧</w:delText></w:r></w:del><w:r><w:t>'
    assert check_text(SEALED, changed(FILE, ("特此报告", f"特此{deleted}报告"))) == ()


# ---- bundle


def test_the_bundle_knows_its_file_and_reads_back():
    proof = proof_of(SEALED, FILE, file_name="报告.docx", vkey=sample.KEY.vkey)
    again = Proof.model_validate_json(proof.to_json())
    assert again == proof
    assert check_file(again, FILE) == ()
    assert kinds(check_file(again, FILE + b" ")) == ["file"]


def test_the_bundle_alone_convinces_an_outside_party():
    proof = Proof.model_validate_json(proof_of(SEALED, FILE, file_name="报告.docx", vkey=sample.KEY.vkey).to_json())
    verifier = note.Verifier.from_vkey(proof.vkey)
    assert check_seal(proof.sealed, [verifier]) == ()
    assert proof.sealed.entry
    checkpoint = journal_proof.verify(proof.sealed.tlog_proof, proof.sealed.entry.leaf, [verifier])
    assert checkpoint.size == sample.POSITION + 1


# ---- bad files


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_what_is_no_word_file_is_refused_in_words(data):
    with pytest.raises(NotReadable):
        read_seal(data)


def test_a_file_with_macros_is_refused():
    with pytest.raises(NotReadable, match=r"宏|macro"):
        read_seal(pack(opened(FILE) | {"word/vbaProject.bin": b"x"}))


def test_a_file_with_an_entity_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="x">&a;</w:document>'
    with pytest.raises(NotReadable):
        check_text(SEALED, pack(opened(FILE) | {"word/document.xml": bomb}))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_byte_changed_anywhere_never_ends_in_anything_but_a_finding_or_a_refusal(place, difference):
    damaged = bytearray(FILE)
    damaged[place] ^= difference
    with contextlib.suppress(NotReadable, Unsealed):
        sealed = read_seal(bytes(damaged))
        check_seal(sealed, VERIFIERS)
        check_text(sealed, bytes(damaged))


def test_xml_nested_beyond_all_measure_is_refused():
    deep = f'<w:document xmlns:w="{W[1:-1]}">' + "<w:x>" * 5_000 + "</w:x>" * 5_000 + "</w:document>"
    with pytest.raises(NotReadable):
        check_text(SEALED, pack(opened(FILE) | {"word/document.xml": deep.encode()}))


def test_a_seal_with_a_broken_checkpoint_is_damaged():
    broken = SEALED.model_copy(update={"checkpoint": "luoshi.example/journal\n1\n"})
    with pytest.raises(Unsealed):
        read_seal(with_seal(FILE, broken))


def test_a_wholly_different_long_text_is_one_finding():
    found = [f"第{at}行" for at in range(200_000)]
    assert kinds(check_lines(SEALED, found))[-1] == "line"
    assert len([kind for kind in kinds(check_lines(SEALED, found)) if kind == "line"]) == 1


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("luoshi.reports.word.package.LARGEST_UNPACKED", 10_000)
    with pytest.raises(NotReadable, match="MB"):
        read_seal(FILE)
