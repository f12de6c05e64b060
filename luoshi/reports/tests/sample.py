"""The report of the tests: an invented county, every kind of block, a computed, a rounded and a declared figure."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from luoshi.journal import merkle, note
from luoshi.lib import canonical
from luoshi.reports.outline import (
    Align,
    Annex,
    Column,
    Declared,
    Heading,
    Outline,
    Paper,
    Paragraph,
    Quote,
    Run,
    Signature,
    Table,
    Text,
    Unknown,
    numbered,
)
from luoshi.reports.seal import Content, Entry, Sealed, content_of

AS_OF = datetime(2023, 11, 20, 10, 0, tzinfo=UTC)
POSITION = 5


def quote(
    printed: str,
    code: str = "reading.units",
    *,
    numerator: int,
    denominator: int | None = None,
    unit: str = "云岭县",
    title: str = "举办读书班的领导班子",
    declared: Declared | None = None,
) -> Quote:
    return Quote(
        printed=printed,
        code=code,
        title=title,
        definition="在册领导班子中至少举办过一期读书班的个数",
        unit_code="620999",
        unit=unit,
        numerator=numerator,
        denominator=denominator,
        indicator_sha256=sha256(code.encode()).hexdigest(),
        as_of=AS_OF,
        position=POSITION,
        declared=declared,
    )


READING = quote("2659", numerator=2659)
FLOATING = quote("2.4万", "floating.managed", numerator=23987, title="流动党员")
RATE = quote("92.3%", "reading.coverage", numerator=2455, denominator=2659, title="读书班覆盖率")
PROJECTS = quote(
    "173",
    "projects.started",
    numerator=173,
    title="集中开工项目",
    declared=Declared(document="云发改〔2023〕88号", on=date(2023, 11, 18)),
)


def sentence(*runs: str | Run) -> Paragraph:
    return Paragraph(runs=tuple(Text(text=run) if isinstance(run, str) else run for run in runs))


def cell(*runs: str | Run) -> tuple[Run, ...]:
    return sentence(*runs).runs


BY_TOWN = Table(
    caption="各乡镇进展情况",
    columns=(
        Column(heads=("单位",)),
        Column(heads=("问题", "存量"), align=Align.RIGHT),
        Column(heads=("问题", "增量"), align=Align.RIGHT),
        Column(heads=("备注",)),
    ),
    rows=(
        (
            cell("东河镇"),
            cell(quote("12", "problems.stock", numerator=12, unit="东河镇", title="存量问题")),
            cell("—"),
            cell(""),
        ),
        (
            cell("西山乡"),
            cell(quote("0", "problems.stock", numerator=0, unit="西山乡", title="存量问题")),
            cell("—"),
            cell("零报告"),
        ),
    ),
    totals=(cell("合计"), cell(quote("12", "problems.stock", numerator=12, title="存量问题")), cell("—"), cell("")),
)

REPORT = numbered(
    Outline(
        title="关于专项活动推进情况的报告",
        addressee="市领导小组",
        blocks=(
            sentence("现将截至11月20日的推进情况报告如下。"),
            Heading(level=1, text="理论学习"),
            sentence(
                "全县", READING, "个领导班子举办了读书班，覆盖率", RATE, "；", FLOATING, "名流动党员纳入有效管理。"
            ),
            Heading(level=2, text="重大项目"),
            sentence("集中开工项目", PROJECTS, "个，全年计划", Unknown(code="projects.planned", unit="云岭县"), "个。"),
            sentence("其中", READING, "个班子报送了总结。"),
            Heading(level=1, text="检视整改"),
            BY_TOWN,
        ),
        closing="特此报告。",
        signature=Signature(units=("中共云岭县委办公室",), on=date(2023, 11, 21)),
        annexes=(Annex(title="整改台账", blocks=(BY_TOWN,), paper=Paper.A4_LANDSCAPE),),
    )
)


@dataclass(frozen=True)
class Log:
    """A small log with one signed checkpoint, whose last entry names a content."""

    content: Content
    key: note.SigningKey

    def sealed(self, *, url: str = "") -> Sealed:
        change = canonical.dumps({"seal": [None, self.content.digest.hex()], "title": self.content.title}).decode()
        salt = bytes(range(16))
        digests = [merkle.leaf_hash(salt + change.encode()), merkle.leaf_hash(b"another change of the same entry")]
        body = canonical.dumps(
            {"action": "report.seal", "changes_root": merkle.root(digests).hex(), "position": POSITION + 1}
        ).decode()
        leaves = merkle.leaf_hashes([f"entry {at}".encode() for at in range(POSITION)] + [body.encode()])
        index = len(leaves) - 1
        checkpoint = note.Checkpoint(self.key.name, len(leaves), merkle.root(leaves))
        entry = Entry(
            body=body,
            change=change,
            salt=salt.hex(),
            digests=tuple(digest.hex() for digest in digests),
            index=index,
            path=tuple(b64encode(each).decode() for each in merkle.inclusion_proof(leaves, index)),
        )
        return Sealed(
            content=self.content,
            checkpoint=note.sign(checkpoint, self.key),
            checkpoint_number=1279,
            entry=entry,
            url=url,
        )


KEY = note.SigningKey.generate("luoshi.example/journal")


def content(report: Outline = REPORT) -> Content:
    return content_of(report, unit="中共云岭县委办公室", unit_code="620999", as_of=AS_OF, position=POSITION)


def sealed(report: Outline = REPORT, *, url: str = "") -> Sealed:
    return Log(content(report), KEY).sealed(url=url)
