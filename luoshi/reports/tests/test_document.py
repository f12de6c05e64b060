"""The Word file in the layout of GB/T 9704-2012."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.reports.last_pages import as_of_text
from luoshi.reports.outline import (
    Annex,
    Column,
    Heading,
    Masthead,
    Outline,
    Paper,
    Paragraph,
    Signature,
    Table,
    Text,
    lines,
    numbered,
)
from luoshi.reports.seal import fingerprint, read_seal
from luoshi.reports.tests import sample
from luoshi.reports.verification import check_seal, check_text
from luoshi.reports.word import layout
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import opened
from luoshi.reports.word.reading import W, printed_lines

SEALED = sample.sealed(url="https://luoshi.example/verify/")
FILE = write_report(sample.REPORT, SEALED)

# The order of the schema (ECMA-376 part 1, annex A); Word calls a file with another order damaged.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid "
    "spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl "
    "divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish "
    "webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
    "tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType "
    "cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal "
    "personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
}


def everything() -> Outline:
    """Every part of the layout at once."""
    wide = Table(
        columns=tuple(Column(heads=("全年", f"第{at}季度", "数")) for at in range(1, 5)),
        rows=tuple(tuple(sample.cell(f"第{row}行") for _ in range(4)) for row in range(60)),
    )
    return numbered(
        sample.REPORT.model_copy(
            update={
                "masthead": Masthead(
                    issuer="云岭县专项活动领导小组文件", number="云组〔2023〕19号", signer="周知远", urgency="加急"
                ),
                "annexes": (
                    Annex(title="整改台账", blocks=(sample.BY_TOWN,), paper=Paper.A4_LANDSCAPE),
                    Annex(title="分季度台账", blocks=(wide,), paper=Paper.A3_LANDSCAPE),
                    Annex(title="说明", blocks=(Heading(level=3, text="口径"), sample.sentence("按在册单位统计。"))),
                ),
            }
        )
    )


def test_the_same_outline_gives_the_same_bytes():
    again = Outline.from_json(sample.REPORT.to_json())
    assert write_report(again, SEALED) == FILE
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_file_prints_the_lines_of_the_outline_in_their_order():
    report = everything()
    printed = printed_lines(opened(write_report(report)))
    assert [fingerprint(line) for line in printed][: len(lines(report))] == [
        fingerprint(line) for line in lines(report)
    ]


def test_elements_stand_in_the_order_of_the_schema():
    parts = opened(write_report(everything(), sample.sealed(everything(), url="https://luoshi.example/")))
    checked = 0
    for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
        for element in ElementTree.fromstring(parts[name]).iter():
            order = ORDER.get(element.tag.removeprefix(W), "").split()
            children = [child.tag.removeprefix(W) for child in element]
            if order:
                checked += 1
                assert children == sorted(children, key=order.index), (name, element.tag)
                repeated = [child for child in children if child != "footerReference"]
                assert len(set(repeated)) == len(repeated)
    assert checked > 100


def test_every_part_has_a_type_and_every_relationship_a_target():
    parts = opened(FILE)
    types = parts["[Content_Types].xml"].decode()
    for name in parts:
        assert f'PartName="/{name}"' in types or f'Extension="{name.rsplit(".", 1)[1]}"' in types or "Types" in name
    targets = re.findall(r'Target="([^"]+)"', parts["word/_rels/document.xml.rels"].decode())
    assert len(targets) == 8
    for target in targets:
        assert (target.removeprefix("../") if target.startswith("../") else f"word/{target}") in parts


def test_the_page_is_that_of_the_standard():
    section = docx.Document(io.BytesIO(FILE)).sections[0]
    shown = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    for length, millimetres in zip(
        (*shown, section.left_margin, section.right_margin), (210, 297, 37, 35, 28, 26), strict=True
    ):
        assert length is not None
        assert abs(length - Mm(millimetres)) < Mm(0.1)


def test_type_and_line_are_those_of_the_standard():
    document = docx.Document(io.BytesIO(FILE))
    body = document.styles["LuoshiBody"]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28.95)
    assert body.paragraph_format.widow_control is False
    faces = {
        name: document.styles[f"Luoshi{name}"].element.rPr.rFonts.get(f"{W}eastAsia")
        for name in ("Body", "Title", "Heading1", "Heading2", "Heading3")
    }
    assert list(faces.values()) == ["仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"]
    assert document.styles["LuoshiTitle"].font.size.pt == 22


def test_page_numbers_stand_at_the_outer_edge():
    document = docx.Document(io.BytesIO(FILE))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (2, 0)
    assert odd.text.startswith("— ")
    assert "PAGE" in odd._p.xml


def test_a_ledger_lies_landscape_and_what_follows_stands_again():
    sections = docx.Document(io.BytesIO(write_report(everything()))).sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.PORTRAIT,
    ]
    assert [round((section.page_width or Mm(0)).mm) for section in sections] == [210, 297, 420, 210, 210]


def test_every_row_of_a_head_repeats_and_no_row_breaks():
    table = docx.Document(io.BytesIO(FILE)).tables[0]
    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] == [True, True, False, False, False]
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)


def test_merged_heads_are_one_cell():
    table = docx.Document(io.BytesIO(FILE)).tables[0]
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert [cell.text for cell in table.rows[1].cells] == ["单位", "存量", "增量", "备注"]


def test_columns_fill_the_type_area_to_the_twip():
    upright, turned = layout.PAGES[Paper.A4].text_width, layout.PAGES[Paper.A4_LANDSCAPE].text_width
    tables = docx.Document(io.BytesIO(FILE)).tables
    widths = [sum(int(column.get(f"{W}w")) for column in table._tbl.tblGrid) for table in tables]
    assert widths == [upright, turned, upright, upright, upright]
    assert 22 * layout.LINE <= layout.PAGES[Paper.A4].height - layout.TOP - layout.BOTTOM < 23 * layout.LINE
    assert 28 * layout.CHARACTER <= upright < 29 * layout.CHARACTER


def test_each_quoted_figure_has_its_reference_raised_behind_it():
    paragraph = next(p for p in docx.Document(io.BytesIO(FILE)).paragraphs if p.text.startswith("全县"))
    raised = [run.text for run in paragraph.runs if run.font.superscript]
    assert raised == ["[1]", "[2]", "[3]"]
    assert paragraph.text.startswith("全县2659[1]个")


def test_the_list_of_figures_has_a_row_for_each_indicator_and_tells_computed_from_declared():
    table = docx.Document(io.BytesIO(FILE)).tables[2]
    rows = {
        cells[0].text.partition("：")[0]: [cell.text for cell in cells[1:]]
        for cells in (row.cells for row in table.rows)
    }
    assert rows["举办读书班的领导班子"] == ["2659[1]", "由记录算出"]
    assert rows["流动党员"] == ["2.4万[3]（23,987）", "由记录算出"]
    assert rows["集中开工项目"] == ["173[4]*", "填报：云发改〔2023〕88号，2023-11-18"]
    assert rows["存量问题"] == ["东河镇：12[5]；西山乡：0[6]；12[7]", "由记录算出"]


def test_what_holds_for_all_figures_is_said_above_their_list():
    printed = printed_lines(opened(FILE))
    assert printed[printed.index("数字出处") + 1].startswith("数字截至 2023-11-20 18:00。未注明单位的，是云岭县的数字")
    assert any(line.startswith("标 * 的为填报数") for line in printed)


def test_the_last_page_shows_the_unknown_as_no_record():
    assert any("projects.planned" in line and "0" not in line for line in printed_lines(opened(FILE)))


def test_only_a_draft_marks_what_is_not_known():
    assert b"highlight" not in opened(FILE)["word/document.xml"]
    assert b"highlight" in opened(write_report(sample.REPORT))["word/document.xml"]


def test_the_seal_block_has_two_codes_to_scan():
    parts = opened(FILE)
    assert [name for name in parts if name.endswith(".png")] == ["word/media/qr1.png", "word/media/qr2.png"]
    assert all(parts[f"word/media/qr{at}.png"].startswith(b"\x89PNG") for at in (1, 2))


def test_without_a_seal_the_file_says_that_it_is_a_draft():
    printed = printed_lines(opened(write_report(sample.REPORT)))
    assert printed[-1] == "草稿，未存证。"


def test_a_seal_of_another_text_is_never_put_under_a_report():
    other = sample.REPORT.model_copy(update={"closing": "另一句结语。"})
    with pytest.raises(ValueError, match=r"存证|seal"):
        write_report(other, SEALED)


def test_an_english_document_is_english_throughout():
    report = sample.REPORT.model_copy(update={"language": "en"})
    printed = printed_lines(opened(write_report(report, sample.sealed(report))))
    assert "Where the figures come from" in printed
    assert "数字出处" not in printed


def test_markup_in_a_text_is_printed_as_it_is():
    nasty = 'A & B < C > "D" \x0b\x00{{ x }} 𠮷宕昌'
    report = Outline(title=nasty, blocks=(sample.sentence(nasty),))
    printed = printed_lines(opened(write_report(report)))
    assert printed[0] == printed[1] == 'A & B < C > "D" {{ x }} 𠮷宕昌'


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="[]"), max_size=30), max_size=6),
    title=st.text(alphabet="关于情况报告 &<>", min_size=1, max_size=40),
)
def test_whatever_is_written_is_read_back_and_verifies(texts, title):
    report = numbered(
        Outline(title=title, blocks=(*(Paragraph(runs=(Text(text=each),)) for each in texts), sample.REPORT.blocks[2]))
    )
    sealed = sample.sealed(report)
    data = write_report(report, sealed)
    assert check_text(read_seal(data), data) == ()


def test_the_signature_stands_centred_above_the_date():
    report = sample.REPORT.model_copy(update={"signature": Signature(units=("云岭县",), on=date(2023, 11, 21))})
    paragraphs = docx.Document(io.BytesIO(write_report(report))).paragraphs
    signed = {
        p.text: p.paragraph_format.right_indent.pt / 15.75 for p in paragraphs if p.text in ("云岭县", "2023年11月21日")
    }
    assert round(signed["2023年11月21日"], 1) == 4.0
    assert round(signed["云岭县"] + 3 / 2, 1) == round(4 + (3 + 8 / 2) / 2, 1)


# ---- LibreOffice, where there is one: what it lays out, and what it leaves of a seal

SOFFICE = shutil.which("soffice")
office = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice is not installed: layout and re-saving are NOT checked"
)


def converted(data: bytes, to: str, folder: Path) -> bytes:
    assert SOFFICE
    source = folder / "report.docx"
    source.write_bytes(data)
    out = folder / "out"
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            out,
            source,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(out.iterdir()).read_bytes()


@office
@pytest.mark.slow
def test_a_file_saved_again_by_libreoffice_still_verifies(tmp_path):
    saved = converted(FILE, "docx", tmp_path)
    assert saved != FILE
    sealed = read_seal(saved)
    assert sealed == SEALED
    assert check_text(sealed, saved) == ()
    assert check_seal(sealed, [sample.KEY.verifier]) == ()


@office
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed: the layout is NOT checked")
def test_a_full_page_has_22_lines_of_28_characters(tmp_path):
    text = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳" * 60
    report = Outline(title="满页", blocks=(sample.sentence(text),))
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(converted(write_report(report), "pdf", tmp_path))
    shown = subprocess.run(["pdftotext", "-f", "2", "-l", "2", "-layout", pdf, "-"], check=True, capture_output=True)
    rows = [row.strip() for row in shown.stdout.decode().replace("\f", "").split("\n") if row.strip()]
    assert [len(row) for row in rows[:-1]] == [28] * 22
    assert re.fullmatch(r"—\s*2\s*—", rows[-1])


def test_the_end_of_a_day_is_its_own():
    assert as_of_text(datetime(2023, 11, 20, 16, 0, tzinfo=UTC)) == "2023-11-20 24:00"
    assert as_of_text(datetime(2023, 11, 20, 10, 0, tzinfo=UTC)) == "2023-11-20 18:00"
