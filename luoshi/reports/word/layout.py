"""The measures of GB/T 9704-2012 (党政机关公文格式) and the parts of a Word file that never change.

Lengths are in twips (1/20 pt), sizes in half-points, as Word keeps them. Section numbers are those of the standard.
"""

from dataclasses import dataclass
from itertools import pairwise

from luoshi.reports.outline import Paper
from luoshi.reports.word.markup import NAMESPACES, paragraph, run


def mm(millimetres: float) -> int:
    return int(millimetres * 1440 / 25.4)


# 5.2.1: head margin 37, binding margin 28, and a type area of 156 × 225 on A4
TOP, BOTTOM, LEFT, RIGHT = mm(37), mm(35), mm(28), mm(26)
# 5.2.3: 22 lines of 28 characters. A document grid did not give that in LibreOffice; an exact line of 28.95 pt and
# characters drawn together by 5 twips do: 22 × 579 = 12,738 ≤ 12,756 and 28 × (320 − 5) = 8,820 ≤ 8,844.
LINE = 579
TIGHTER = -5
CHARACTER = 320 + TIGHTER
CHARACTERS = 28
# 7.5: page numbers 7 mm below the type area, in 4号 (14 pt) 宋体; the distance is measured to the foot of that line.
FOOTER_LINE = 320
FOOTER = BOTTOM - mm(7) - FOOTER_LINE
# 7.2.4: the issuer's name begins 35 mm below the type area's upper edge
ISSUER_SPACE = mm(35)
RED = "FF0000"

SMALL_LINE = 340  # of 五号 (10.5 pt) in tables and sources

ISSUER_SIZE = 124  # at most; a long name gets what fits on its line


@dataclass(frozen=True)
class Page:
    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def text_width(self) -> int:
        return self.width - self.left - self.right

    def section(self) -> str:
        turned = ' w:orient="landscape"' if self.width > self.height else ""
        return (
            '<w:sectPr><w:footerReference w:type="default" r:id="rIdOdd"/>'
            '<w:footerReference w:type="even" r:id="rIdEven"/><w:type w:val="nextPage"/>'
            f'<w:pgSz w:w="{self.width}" w:h="{self.height}"{turned}/>'
            f'<w:pgMar w:top="{self.top}" w:right="{self.right}" w:bottom="{self.bottom}" w:left="{self.left}" '
            f'w:header="{mm(15)}" w:footer="{FOOTER}" w:gutter="0"/></w:sectPr>'
        )


_PORTRAIT = (TOP, BOTTOM, LEFT, RIGHT)
_TURNED = (LEFT, BOTTOM, BOTTOM, TOP)  # the page turned; its foot keeps room for the page number
PAGES = {
    Paper.A4: Page(mm(210), mm(297), *_PORTRAIT),
    Paper.A4_LANDSCAPE: Page(mm(297), mm(210), *_TURNED),
    Paper.A3_LANDSCAPE: Page(mm(420), mm(297), *_TURNED),
}

# A face, and what stands in for it where it is not installed (Word reads altName).
FONTS = {
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "方正小标宋简体": "华文中宋",
    "黑体": "SimHei",
    "宋体": "SimSun",
    "Times New Roman": "Liberation Serif",
}
BODY_FACE, KAI_FACE, TITLE_FACE, HEI_FACE, SONG_FACE, LATIN_FACE = FONTS

STYLE = "Luoshi"


def _faces(east_asian: str) -> str:
    latin = f'w:ascii="{LATIN_FACE}" w:hAnsi="{LATIN_FACE}" w:cs="{LATIN_FACE}"'
    return f'<w:rFonts {latin} w:eastAsia="{east_asian}"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style that stands on its own, so that it means the same inside a user's template."""

    name: str
    face: str = BODY_FACE
    size: int = 32  # 3号
    line: int = LINE
    indent: int = 0  # of the first line, in characters
    align: str = "both"
    level: int | None = None
    before: int = 0
    bold: bool = False
    colour: str = ""
    keep_next: bool = False
    tighter: int = TIGHTER
    rule: str = "exact"

    def xml(self) -> str:
        keep = "<w:keepNext/>" if self.keep_next else ""
        indent = (
            f'<w:ind w:firstLineChars="{100 * self.indent}" '
            f'w:firstLine="{self.indent * (10 * self.size + self.tighter)}"/>'
        )
        level = "" if self.level is None else f'<w:outlineLvl w:val="{self.level}"/>'
        bold = "<w:b/><w:bCs/>" if self.bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.name}">'
            f'<w:name w:val="{self.name}"/><w:qFormat/>'
            f'<w:pPr>{keep}<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
            f'<w:snapToGrid w:val="0"/><w:spacing w:before="{self.before}" w:after="0" w:line="{self.line}" '
            f'w:lineRule="{self.rule}"/>'
            f'{indent}<w:jc w:val="{self.align}"/>{level}</w:pPr>'
            f"<w:rPr>{_faces(self.face)}"
            f'{bold}<w:color w:val="{self.colour or "auto"}"/><w:spacing w:val="{self.tighter}"/><w:kern w:val="0"/>'
            f'<w:sz w:val="{self.size}"/><w:szCs w:val="{self.size}"/>'
            '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:style>'
        )


BODY = Style("LuoshiBody", indent=2)  # 7.3.3: each paragraph begins two characters in
PLAIN = Style("LuoshiPlain")  # 7.3.2: the addressee stands at the left edge
TITLE = Style("LuoshiTitle", TITLE_FACE, 44, align="center", keep_next=True, tighter=0)  # 7.3.1: 2号小标宋
HEADINGS = (  # 7.3.3: 黑体, 楷体, 仿宋, 仿宋
    Style("LuoshiHeading1", HEI_FACE, indent=2, level=0, keep_next=True),
    Style("LuoshiHeading2", KAI_FACE, indent=2, level=1, keep_next=True),
    Style("LuoshiHeading3", indent=2, level=2, keep_next=True),
    Style("LuoshiHeading4", indent=2, level=3, keep_next=True),
)
SIGNED = Style("LuoshiSigned", align="right", keep_next=True)
ANNEX = Style("LuoshiAnnex", HEI_FACE, keep_next=True)  # 7.3.8: 附件 in 3号黑体 at the left edge
CAPTION = Style("LuoshiCaption", HEI_FACE, 24, align="center", keep_next=True)
HEAD_CELL = Style("LuoshiHeadCell", HEI_FACE, 21, SMALL_LINE, align="center", tighter=0)
CELL = Style("LuoshiCell", size=21, line=SMALL_LINE, align="left", tighter=0)
TOTAL_CELL = Style("LuoshiTotalCell", HEI_FACE, 21, SMALL_LINE, align="left", tighter=0)
SOURCE = Style("LuoshiSource", size=18, line=270, align="left", tighter=0)  # 小五: many figures, seldom read
SEAL = Style("LuoshiSeal", HEI_FACE, before=240, keep_next=True)
NOTE = Style("LuoshiNote", size=21, line=SMALL_LINE, before=120, tighter=0)
QR = Style("LuoshiQR", size=21, line=240, align="center", before=120, tighter=0)
QR_PICTURE = Style("LuoshiQRPicture", size=21, line=240, rule="auto", align="center", tighter=0)
ISSUER = Style("LuoshiIssuer", TITLE_FACE, ISSUER_SIZE, align="center", before=ISSUER_SPACE, colour=RED, tighter=0)
NUMBER = Style("LuoshiNumber", align="center")  # 7.2.5: two empty lines below the issuer
FOOT = Style("LuoshiFoot", SONG_FACE, 28, FOOTER_LINE, tighter=0)
END = Style("LuoshiEnd", size=2, line=14, tighter=0)  # carries the section's page where a table ends it

STYLES = (
    *(BODY, PLAIN, TITLE, *HEADINGS, SIGNED, ANNEX),
    *(CAPTION, HEAD_CELL, CELL, TOTAL_CELL, SOURCE, NOTE, SEAL, QR, QR_PICTURE),
    *(ISSUER, NUMBER, FOOT, END),
)

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def styles_part() -> str:
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_faces(BODY_FACE)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    )
    return f"{XML}<w:styles {NAMESPACES}>{defaults}{''.join(style.xml() for style in STYLES)}</w:styles>"


def fonts_part() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/></w:font>' for name, instead in FONTS.items()
    )
    return f"{XML}<w:fonts {NAMESPACES}>{fonts}</w:fonts>"


def settings_part() -> str:
    return (
        f'{XML}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def footer_part(*, odd: bool) -> str:
    """7.5: — 1 — with one character left free towards the outside edge: right on odd pages, left on even ones."""
    side = "right" if odd else "left"
    number = f'{run("— ")}<w:fldSimple w:instr=" PAGE ">{run("1")}</w:fldSimple>{run(" —")}'
    place = f'<w:ind w:{side}="{10 * FOOT.size}" w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{side}"/>'
    return f"{XML}<w:ftr {NAMESPACES}>{paragraph(FOOT.name, number, place)}</w:ftr>"


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CORE_PROPERTIES = f"{_PACKAGE}/metadata/core-properties"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

QR_LINK, SEAL_LINK = "rIdLuoshiQR", "rIdLuoshiSeal"  # names of our own: they also go into users' files
CUSTOM_XML = f"{_OFFICE}/relationships/customXml"


def relationships(*links: tuple[str, str, str]) -> str:
    """(id, type, target) …"""
    inner = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in links)
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def content_types(*, pictures: bool) -> str:
    parts = (
        ("/word/document.xml", f"{_WORD_TYPE}.document.main+xml"),
        ("/word/styles.xml", f"{_WORD_TYPE}.styles+xml"),
        ("/word/settings.xml", f"{_WORD_TYPE}.settings+xml"),
        ("/word/fontTable.xml", f"{_WORD_TYPE}.fontTable+xml"),
        ("/word/footer1.xml", f"{_WORD_TYPE}.footer+xml"),
        ("/word/footer2.xml", f"{_WORD_TYPE}.footer+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        *((("/customXml/itemProps1.xml", CUSTOM_PROPERTIES_TYPE),) if pictures else ()),
    )
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    png = '<Default Extension="png" ContentType="image/png"/>' if pictures else ""
    return (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{png}{overrides}</Types>'
    )


CUSTOM_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


def custom_properties(namespace: str, identity: str) -> str:
    schema = f"{_OFFICE}/customXml"
    return (
        f'{XML}<ds:datastoreItem xmlns:ds="{schema}" ds:itemID="{{{identity}}}">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs></ds:datastoreItem>'
    )


def root_relationships() -> str:
    return relationships(
        ("rId1", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
        ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    )


def document_relationships(*, pictures: int, sealed: bool) -> str:
    kind = f"{_OFFICE}/relationships"
    return relationships(
        ("rIdStyles", f"{kind}/styles", "styles.xml"),
        ("rIdSettings", f"{kind}/settings", "settings.xml"),
        ("rIdFonts", f"{kind}/fontTable", "fontTable.xml"),
        ("rIdOdd", f"{kind}/footer", "footer1.xml"),
        ("rIdEven", f"{kind}/footer", "footer2.xml"),
        *((f"{QR_LINK}{at}", f"{kind}/image", f"media/qr{at}.png") for at in range(1, pictures + 1)),
        *(((SEAL_LINK, CUSTOM_XML, "../customXml/item1.xml"),) if sealed else ()),
    )


SEAL_RELATIONSHIPS = relationships(("rId1", f"{_OFFICE}/relationships/customXmlProps", "itemProps1.xml"))
CONTENT_TYPES, DOCUMENT_RELATIONSHIPS = "[Content_Types].xml", "word/_rels/document.xml.rels"
IMAGE = f"{_OFFICE}/relationships/image"

FIXED_PARTS = {
    "_rels/.rels": root_relationships(),
    "word/styles.xml": styles_part(),
    "word/settings.xml": settings_part(),
    "word/fontTable.xml": fonts_part(),
    "word/footer1.xml": footer_part(odd=True),
    "word/footer2.xml": footer_part(odd=False),
}


def widths_for(needs: list[int], total: int) -> list[int]:
    """Column widths that share `total` in proportion to what each needs, to the twip."""
    edges = [0]
    for need in needs:
        edges.append(edges[-1] + need)
    return [total * after // edges[-1] - total * before // edges[-1] for before, after in pairwise(edges)]
