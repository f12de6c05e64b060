"""A user's own Word file as a template."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from luoshi.reports.seal import Sealed, read_seal
from luoshi.reports.tests import sample
from luoshi.reports.tests.test_drafting import ledger
from luoshi.reports.verification import check_seal, check_text
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import opened, pack
from luoshi.reports.word.reading import printed_lines
from luoshi.reports.word.template import BadTemplate, Filled, Flaw, check_template, fill_template, write_filled

WORDS = {"title": "关于<推进>情况的报告", "unit": "云岭县", "as_of": "2023年11月20日"}


def word(*paragraphs: str, change: Callable[[Any], None] | None = None) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if change:
        change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


TEMPLATE = word(
    "{{ title }}",
    '全县{{ figure("reading.units") }}个班子，{{ wan("floating.managed") }}名流动党员，覆盖率{{ percent("reading.coverage") }}。',
    '{%p if known("nothing") %}',
    '另有{{ figure("nothing") }}个。',
    "{%p endif %}",
    '平凉{{ figure("reading.units", unit="平凉市") }}个，计划{{ figure("planned") }}个，共{{ figure("reading.units") }}个。',
)


def filled(template: bytes = TEMPLATE) -> Filled:
    return fill_template(template, ledger, words=WORDS)


def sealed(of: Filled) -> Sealed:
    content = of.content(unit="云岭县", as_of=sample.AS_OF, position=sample.POSITION)
    return sample.Log(content, sample.KEY).sealed(url="https://luoshi.example/verify/")


def texts(flaws: Iterable[Flaw]) -> list[str]:
    return [str(flaw) for flaw in flaws]


def test_a_template_is_filled_with_numbered_figures():
    made = filled()
    assert printed_lines(opened(made.docx)) == (
        "关于<推进>情况的报告",
        "全县2659[1]个班子，2.4万[2]名流动党员，覆盖率92.3%[3]。",
        "平凉157[4]个，计划—个，共2659[1]个。",
    )
    assert [figure.code for figure in made.figures] == [
        "reading.units",
        "floating.managed",
        "reading.coverage",
        "reading.units",
    ]
    assert [unknown.code for unknown in made.unknowns] == ["planned"]


def test_references_are_raised_and_keep_the_looks_of_the_run():
    def bold(document):
        run = document.paragraphs[0].runs[0]
        run.bold = True
        run.add_tab()

    document = docx.Document(io.BytesIO(filled(word('全县{{ figure("reading.units") }}个', change=bold)).docx))
    runs = [run for run in document.paragraphs[0].runs if run.text]
    assert [(run.text, run.font.superscript, run.bold) for run in runs] == [
        ("全县2659", None, True),
        ("[1]", True, True),
        ("个\t", None, True),
    ]


def test_a_tag_that_word_has_split_and_whose_quotes_it_has_curled_is_understood():
    def split(document):
        paragraph = document.add_paragraph()
        for piece in ("全县{", "{ figure(“reading", ".units”) }", "}个"):
            paragraph.add_run(piece).italic = piece == "全县{"

    template = word(change=split)
    assert check_template(template) == ()
    assert printed_lines(opened(filled(template).docx)) == ("全县2659[1]个",)


def test_a_filled_template_is_sealed_and_verifies():
    made = filled()
    data = write_filled(made, sealed(made))
    found = read_seal(data)
    assert check_seal(found, [sample.KEY.verifier]) == ()
    assert check_text(found, data) == ()
    assert found.code in printed_lines(opened(data))


def test_a_digit_changed_in_a_filled_template_is_told():
    made = filled()
    parts = opened(write_filled(made, sealed(made)))
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"157", b"158", 1)
    findings = check_text(sealed(made), pack(parts))
    assert [finding.kind for finding in findings] == ["figure"]


def test_filling_twice_gives_the_same_bytes():
    one, other = filled(), filled()
    assert write_filled(one, sealed(one)) == write_filled(other, sealed(other))


def test_a_filled_template_without_a_seal_is_a_draft():
    assert printed_lines(opened(write_filled(filled())))[-1] == "草稿，未存证。"


def test_a_seal_of_another_text_is_refused():
    other = filled(word("{{ title }}"))
    with pytest.raises(ValueError, match=r"存证|seal"):
        write_filled(filled(), sealed(other))


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ figure.__globals__ }}",
        '{{ figure("a").__class__ }}',
        "{% for x in range(100000) %}a{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ figure('a'|attr('x')) }}",
        "{{ figure(title) }}",
        "{{ figure() }}",
        "{{ figure('a', 'b', 'c') }}",
        "{{ figure(*title) }}",
        "{{ figure('a', form='b') }}",
        "{{ cycler() }}",
        "{{ secret }}",
        "{{ 7 * 7 }}",
        "{{ title | upper }}",
        "{{ [1] }}",
    ],
)
def test_more_than_figures_and_words_is_refused_with_the_paragraph(tag):
    flaws = check_template(word("第一段", f"第二段{tag}"))
    assert flaws
    assert {flaw.paragraph for flaw in flaws} == {2}
    with pytest.raises(BadTemplate):
        filled(word("第一段", f"第二段{tag}"))


@pytest.mark.parametrize("tag", ["{{ figure('a' }}", "{% if known('a') %}", "{{ }}", "{% endif %}"])
def test_a_misspelt_tag_is_told_with_its_paragraph(tag):
    flaws = check_template(word("第一段", f"第二段{tag}"))
    assert [flaw.paragraph for flaw in flaws] in ([2], [3])


def test_a_tag_hidden_in_an_attribute_is_refused():
    parts = opened(word("甲"))
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:pgSz ", b'<w:pgSz w:code="{{ secret }}" ')
    assert check_template(pack(parts))


def test_unknown_words_and_indicators_are_named():
    flaws = texts(check_template(word("{{ titel }}", '{{ figure("reading.unit") }}'), codes={"reading.units"}))
    assert "titel" in flaws[0]
    assert "title" in flaws[0]
    assert "reading.unit" in flaws[1]


def test_a_tag_in_a_header_is_refused():
    def header(document):
        document.sections[0].header.paragraphs[0].text = '{{ figure("reading.units") }}'

    assert "header" in texts(check_template(word("甲", change=header)))[0]


def test_a_tag_in_the_properties_is_refused():
    def title(document):
        document.core_properties.title = "{{ title }}"

    assert "docProps" in texts(check_template(word("甲", change=title)))[0]


def test_an_outside_reference_is_refused_with_its_target():
    def link(document):
        document.part.relate_to("https://elsewhere.example/pixel.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)

    assert "elsewhere.example" in texts(check_template(word("甲", change=link)))[0]


def test_a_field_that_fetches_is_refused():
    parts = opened(word("甲"))
    field = b'<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;/etc/passwd&quot; "/></w:p><w:sectPr'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", field, 1)
    assert "INCLUDETEXT" in texts(check_template(pack(parts)))[0]


@pytest.mark.parametrize("kind", ["oleObject", "aFChunk", "attachedTemplate", "control"])
def test_an_embedded_object_is_refused(kind):
    parts = opened(word("甲"))
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId99" Type="{base}/{kind}" Target="x.bin"/></Relationships>'.encode()
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(b"</Relationships>", link)
    assert check_template(pack(parts))


def test_macros_are_refused():
    assert "宏" in texts(check_template(pack(opened(word("甲")) | {"word/vbaProject.bin": b"x"})))[0]


def test_what_is_no_word_file_is_refused():
    assert check_template(b"no zip at all")


def test_a_sealed_report_is_no_template():
    assert check_template(write_report(sample.REPORT, sample.sealed()))


def test_a_bracketed_number_in_a_template_is_refused():
    assert [flaw.paragraph for flaw in check_template(word("甲", "参见[1]。"))] == [2]
