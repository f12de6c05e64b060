"""Files: what is read of them, what is named as not read, and what is refused with which words."""

import io
import zipfile

import pytest

from luoshi.reports.textcheck import documents, read
from luoshi.reports.textcheck.documents import Unreadable, open_document, opened

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(*inner):
    return f"<w:p>{''.join(inner)}</w:p>"


def body(*blocks, namespace=W):
    return f"<?xml version='1.0'?><w:document {namespace} {OTHERS}><w:body>{''.join(blocks)}</w:body></w:document>"


def docx(document, **others):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)
        for name, content in others.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return data.getvalue()


def text_of(data, name="总结.docx"):
    return open_document(data, name=name).text


def refusal(data, name="总结.docx"):
    with pytest.raises(Unreadable) as caught:
        open_document(data, name=name)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_any_usual_encoding(encoding):
    assert text_of("青榆县选派干部45名。".encode(encoding), "总结.txt") == "青榆县选派干部45名。"


def test_characters_that_the_codec_leaves_in_private_use_are_put_right():
    assert text_of("龴：青榆县".encode(), "a.txt") == "龴：青榆县"
    assert text_of(b"\xfe\x59" + "：青榆县".encode("gb18030"), "a.txt") == "龴：青榆县"


def test_figures_split_over_runs_are_one_number():
    data = docx(body(paragraph(run("查处问题4"), run("8"), run("7起。"))))
    (statement,) = read(text_of(data)).statements
    assert (statement.text, statement.value) == ("487起", 487)


def test_insertions_are_read_and_deletions_are_not():
    changed = paragraph(
        run("选派干部"),
        "<w:del><w:r><w:delText>54</w:delText></w:r></w:del>",
        f"<w:ins>{run('45')}</w:ins>",
        run("名。"),
    )
    document = open_document(docx(body(changed)), name="总结.docx")
    assert document.text == "选派干部45名。"
    assert document.not_read == (("deletions", 1),)
    assert document.notes == ["Not read: tracked deletions (1)."]


def test_tables_are_read_row_by_row():
    cell = "<w:tc>{}</w:tc>".format
    rows = "".join(
        f"<w:tr>{''.join(cell(paragraph(run(text))) for text in row)}</w:tr>"
        for row in (("单位", "立案（件）"), ("张掖市", "13"))
    )
    text = text_of(docx(body(paragraph(run("附表")), f"<w:tbl>{rows}</w:tbl>")))
    assert text == "附表\n单位\t立案（件）\n张掖市\t13"
    (statement,) = read(text).statements
    assert (statement.org, statement.what, statement.unit, statement.value) == ("张掖市", "立案", "件", 13)


def test_a_table_within_a_table_is_read_once():
    inner = f"<w:tbl><w:tr><w:tc>{paragraph(run('内'))}</w:tc></w:tr></w:tbl>"
    text = text_of(docx(body(f"<w:tbl><w:tr><w:tc>{paragraph(run('外'))}{inner}</w:tc></w:tr></w:tbl>")))
    assert text == "外 内"


def test_footnotes_headers_and_text_boxes_are_read():
    box = (
        f"<mc:AlternateContent><mc:Choice><w:txbxContent>{paragraph(run('框内3项。'))}</w:txbxContent></mc:Choice><mc"
        f":Fallback><v:textbox>{paragraph(run('重复'))}</v:textbox></mc:Fallback></mc:AlternateContent>"
    )
    notes = f"<w:footnotes {W}><w:footnote>{paragraph(run('注：含5个县。'))}</w:footnote></w:footnotes>"
    header = f"<w:hdr {W}>{paragraph(run('内部资料'))}</w:hdr>"
    data = docx(
        body(paragraph(run("正文9个。"), f"<w:r>{box}</w:r>")), word__footnotes_xml=notes, word__header1_xml=header
    )
    document = open_document(data, name="总结.docx")
    assert document.text == "正文9个。\n框内3项。\n注：含5个县。\n内部资料"
    assert [(part.name, document.text[part.start : part.end]) for part in document.parts] == [
        ("body", "正文9个。\n框内3项。"),
        ("footnotes", "注：含5个县。"),
        ("header", "内部资料"),
    ]


def test_strict_files_read_like_usual_ones():
    assert text_of(docx(body(paragraph(run("选派45名。")), namespace=STRICT))) == "选派45名。"


def test_what_is_not_read_is_named():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
    picture = (
        "<w:r><w:drawing><a:graphic><a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/picture"
        "'/></a:graphic></w:drawing></w:r>"
    )
    data = docx(
        body(paragraph(run("正文。"), hidden, picture, "<m:oMath/>", "<w:r><w:object/></w:r>")),
        word__vbaProject_bin="x",
    )
    document = open_document(data, name="总结.docm")
    assert document.text == "正文。"
    assert dict(document.not_read) == {"hidden": 1, "images": 1, "equations": 1, "embedded": 1, "macros": 1}


def test_an_entity_bomb_is_refused():
    bomb = (
        "<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
        + body(paragraph(run("&b;"))).split("?>")[1]
    )
    assert refusal(docx(bomb)).code == "unsafe"


def test_a_zip_bomb_is_refused_before_it_unpacks(monkeypatch):
    monkeypatch.setattr(documents, "MOST_UNPACKED", 100_000)
    assert refusal(docx(body(paragraph(run("好" * 200_000))))).code == "unpacks too large"


def test_deep_nesting_is_refused():
    deep = "<w:sdt><w:sdtContent>" * 5000 + paragraph(run("好")) + "</w:sdtContent></w:sdt>" * 5000
    assert refusal(docx(body(deep))).code == "damaged"


def ole(marker=""):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + marker.encode("utf-16-le")


def excel():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("xl/workbook.xml", "<x/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (docx(body(paragraph())), "empty"),
        (ole("EncryptedPackage"), "encrypted"),
        (ole("WordDocument"), "old word"),
        (excel(), "not word"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (docx("<w:document>")[:-40], "damaged"),
        (docx("no xml at all"), "damaged"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"{\\rtf1 ...}", "rtf"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300), "binary"),
        ("青榆县".encode() + b"\xff\xff", "encoding"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_its_reason(data, code):
    flaw = refusal(data)
    assert flaw.code == code
    assert "总结.docx" in flaw.message()


def test_a_file_that_is_too_large_is_refused():
    flaw = refusal(b"1" * (documents.MOST_BYTES + 1), "大.txt")
    assert (flaw.code, flaw.params["megabytes"]) == ("too large", 20)


def test_ten_megabytes_are_accepted():
    assert len(text_of("查处问题487起。\n".encode() * (10_000_000 // 22), "大.txt")) > 3_000_000


def test_an_upload_is_read_by_its_name():
    upload = io.BytesIO("选派45名。".encode())
    upload.name = "/tmp/上传/总结.txt"
    document = opened(upload)
    assert (document.text, document.name) == ("选派45名。", "总结.txt")
