"""A user's own Word file as a template."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import docx
import pytest
from django.utils import translation
from docx.opc.constants import RELATIONSHIP_TYPE

from luoshi.reports.seal import Sealed, read_seal
from luoshi.reports.tests import sample
from luoshi.reports.tests.telling import FIGURES, NAMES, Answers
from luoshi.reports.verification import check_seal, check_text
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import opened, pack
from luoshi.reports.word.reading import printed_blocks, printed_lines
from luoshi.reports.word.template import Filled, Flaw, fill_template, write_filled
from luoshi.reports.word.template import check_template as check


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
    "全县{{ figure: reading.units }}班子，{{ wan: floating.managed }}流动党员，覆盖率{{ 占比：reading.coverage }}。",
    "[[另有{{ figure: planned }}。]]",
    "平凉{{ figure: reading.units of 平凉市 }}，计划{{ figure: planned }}，共{{ figure: reading.units }}。",
)


def check_template(data: bytes) -> tuple[Flaw, ...]:
    return check(data, FIGURES)


def filled(
    template: bytes = TEMPLATE, *, rows: tuple[str, ...] = ("东河镇", "西山乡"), drop_unknown: bool = False
) -> Filled:
    assert check_template(template) == ()
    return fill_template(template, Answers(rows), title=NAMES["title"], drop_unknown=drop_unknown)


def lines_of(template: bytes, **more: Any) -> tuple[str, ...]:
    return printed_lines(opened(filled(template, **more).docx))


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
        "平凉157[4]个，计划—，共2659[1]个。",
    )
    assert [figure.code for figure in made.figures] == [
        "reading.units",
        "floating.managed",
        "reading.coverage",
        "reading.units",
    ]
    assert [(unknown.code, unknown.title) for unknown in made.unknowns] == [("planned", "计划项目")]
    assert made.left_out == ("另有〈planned〉。",)


def test_references_are_raised_and_keep_the_looks_of_the_run():
    def bold(document):
        run = document.paragraphs[0].runs[0]
        run.bold = True
        run.add_tab()

    document = docx.Document(io.BytesIO(filled(word("全县{{ number: reading.units }}个", change=bold)).docx))
    runs = [run for run in document.paragraphs[0].runs if run.text]
    assert [(run.text, run.font.superscript, run.bold) for run in runs] == [
        ("全县", None, True),
        ("2659", None, True),
        ("[1]", True, True),
        ("个\t", None, True),
    ]


def test_a_quotation_that_word_has_split_takes_the_looks_of_its_beginning():
    def split(document):
        paragraph = document.add_paragraph()
        for piece in ("全县{", "{ 数字：reading", ".units }", "}班子"):
            paragraph.add_run(piece).italic = piece == "全县{"

    made = filled(word(change=split))
    assert printed_lines(opened(made.docx)) == ("全县2659[1]个班子",)
    runs = docx.Document(io.BytesIO(made.docx)).paragraphs[-1].runs
    assert [(run.text, run.italic) for run in runs if run.text] == [
        ("全县", True), ("2659", True), ("[1]", True), ("个", True), ("班子", False),
    ]  # fmt: skip


def test_a_line_that_is_broken_by_hand_keeps_its_break():
    assert lines_of(word("甲{{ unit }}\n乙\t{{ figure: pledges }}")) == ("甲云岭县 乙 0[1]项",)


def test_headings_below_which_nothing_is_left_go_with_their_text():
    def headings(document):
        document.add_heading("读书班", level=1)
        document.add_paragraph("[[计划{{ figure: planned }}。]]")
        document.add_heading("承诺", level=1)
        document.add_paragraph("[[承诺{{ figure: pledges }}。]]")
        for text in ("一、金点子", "", "[[计划{{ figure: planned }}。]]", "二、其他", "在。"):
            document.add_paragraph(text)

    assert lines_of(word(change=headings)) == ("承诺", "承诺0[1]项。", "二、其他", "在。")


def test_a_sentence_with_an_unknown_figure_is_left_out_on_request():
    template = word("已有{{ figure: reading.units }}；计划{{ figure: planned }}。", "计划{{ figure: planned }}。")
    assert lines_of(template, drop_unknown=True) == ("已有2659[1]个。",)
    assert filled(template, drop_unknown=True).left_out == ("计划—。",)


def with_table(document: Any) -> None:
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows,
        (
            ("序号", "单位", "读书班"),
            ("{{ no }}", "{{ territory }}", "{{ number: reading.units }}"),
            ("", "合计", "{{ number: reading.units }}"),
        ),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def test_a_row_of_a_table_is_repeated_for_each_territory():
    made = filled(word("前", change=with_table))
    rows = docx.Document(io.BytesIO(made.docx)).tables[0].rows
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["序号", "单位", "读书班"],
        ["1", "东河镇", "12[1]"],
        ["2", "西山乡", "0[2]"],
        ["", "合计", "2659[3]"],
    ]


def test_a_table_in_which_nothing_is_known_goes():
    def unknown(document):
        with_table(document)
        for row in document.tables[0].rows[1:]:
            row.cells[2].text = "{{ number: planned }}"

    made = filled(word("前", change=unknown))
    assert docx.Document(io.BytesIO(made.docx)).tables == []
    assert made.unknowns == ()


def test_a_table_for_which_there_are_no_rows_goes():
    made = filled(word("前", change=with_table), rows=())
    assert docx.Document(io.BytesIO(made.docx)).tables == []
    assert made.left_out == ("序号",)


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
    ("text", "words"),
    [
        ("{{ ''.__class__.__mro__ }}", "is not understood"),
        ("{{ 7 * 7 }}", "is not understood"),
        ('{{ figure("reading.units") }}', "is not understood"),
        ("{{ titel }}", "Did you mean “title”?"),
        ("{{ figure: reading.unit }}", "Did you mean “reading.units”?"),
        ("{{ figure: pledges", "not closed"),
        ("[1]。", "mark the reference of a figure"),
        ("{{ territory }}", "in a row of a table only"),
    ],
)
def test_a_flaw_is_told_with_its_paragraph_and_its_words(text, words):
    with translation.override("en"):
        (flaw,) = check_template(word("第一段", f"第二段{text}"))
        assert flaw.paragraph == 2
        assert words in flaw.message
        assert str(flaw).startswith(f"Paragraph 2 (“{text[:4]}")


def test_a_row_is_repeated_for_one_thing_only():
    def two(document):
        with_table(document)
        document.tables[0].rows[1].cells[2].text = "{{ sector }}"
        document.tables[0].rows[2].cells[0].text = "{{ no }}"

    with translation.override("en"):
        messages = [flaw.message for flaw in check_template(word("前", change=two))]
    assert ["names territory and sector" in messages[0], "numbers repeated rows" in messages[1]] == [True, True]


def test_what_looks_like_a_program_is_words_to_us():
    """Other programs run what stands in {% %}; here it is text that prints as it stands."""
    text = "{% for x in range(9) %}甲{% endfor %}"
    assert lines_of(word(text)) == (text,)


def test_a_tag_in_a_header_is_refused():
    def header(document):
        document.sections[0].header.paragraphs[0].text = "{{ figure: reading.units }}"

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
    with translation.override("en"):
        assert "macros" in texts(check_template(pack(opened(word("甲")) | {"word/vbaProject.bin": b"x"})))[0]


def test_what_is_no_word_file_is_refused():
    assert check_template(b"no zip at all")


def test_a_sealed_report_is_no_template():
    assert check_template(write_report(sample.REPORT, sample.sealed()))


def test_a_preview_has_the_paragraphs_and_tables_in_their_order():
    def after(document):
        with_table(document)
        document.add_paragraph("后")

    blocks = list(printed_blocks(opened(filled(word("前", change=after)).docx)))
    assert [type(block) for block in blocks] == [str, tuple, str]
    grid = blocks[1]
    assert grid[1] == (("1",), ("东河镇",), ("12[1]",))
