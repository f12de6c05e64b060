"""A ledger of a few figures that answers templates, for tests without a database."""

from collections.abc import Sequence

from luoshi.reports import language
from luoshi.reports.drafting import Row
from luoshi.reports.language import Figures
from luoshi.reports.outline import Form, Quote, print_number
from luoshi.reports.tests.sample import quote

OWN = "云岭县"
VALUES: dict[tuple[str, str], tuple[int, int | None]] = {
    ("reading.units", OWN): (2659, None),
    ("reading.units", "平凉市"): (157, None),
    ("reading.units", "东河镇"): (12, None),
    ("reading.units", "西山乡"): (0, None),
    ("floating.managed", OWN): (23987, None),
    ("reading.coverage", OWN): (2455, 2659),
    ("reading.coverage", "东河镇"): (12, 13),
    ("pledges", OWN): (0, None),
}
TITLES = {
    "reading.units": ("举办读书班的班子", "个"),
    "floating.managed": ("流动党员", "名"),
    "reading.coverage": ("读书班覆盖率", "个"),
    "pledges": ("承诺事项", "项"),
    "planned": ("计划项目", "个"),
}
FIGURES = Figures(
    {code: code == "reading.coverage" for code in TITLES}, {title: code for code, (title, _) in TITLES.items()}
)
FORMS = {"figure": Form.FIGURE, "number": Form.FIGURE, "wan": Form.WAN, "share": Form.PERCENT}
NAMES = {
    "unit": OWN,
    "as_of": "2023年11月20日",
    "title": "关于<推进>情况的报告",
    "campaign": "专项活动",
    "batch": "第二批",
}


class Answers:
    """See `drafting.Teller`."""

    def __init__(self, rows: Sequence[str] = ("东河镇", "西山乡")) -> None:
        self.written_in = "zh-hans"
        self._rows = [Row(name, name) for name in rows]

    def figure(self, asked: language.Quote, row: Row | None) -> Quote | None:
        code = FIGURES.code(asked.what) or asked.what
        unit = asked.unit or (row.title if row else OWN)
        if (code, unit) not in VALUES:
            return None
        numerator, denominator = VALUES[code, unit]
        printed = print_number(numerator, denominator, form=FORMS[asked.form])
        return quote(printed, code, numerator=numerator, denominator=denominator, unit=unit)

    def indicator(self, what: str) -> tuple[str, str]:
        return TITLES.get(FIGURES.code(what) or what, (what, ""))

    def name(self, of: str) -> str:
        return NAMES[of]

    def rows(self, of: str) -> Sequence[Row]:
        return self._rows if of == "territory" else []
