"""Sample data for the gallery: a network of libraries, so that no word of the product's own field strays into page.

Each page of the gallery is a pattern to copy: the parts, and the seven kinds of page that the rooms are made of.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language

from luoshi.page.forms import DayInput, Form, RosterField, SwitchInput
from luoshi.page.frame import Account, Chooser, Crumb, Footnote, NavGroup, NavItem
from luoshi.page.paginator import Page

PAGES = ("parts", "overview", "desk", "list", "record", "grid", "cover", "entry", "reading", "verify", "login")
NOW = datetime(2023, 11, 23, 1, 12, tzinfo=UTC)
TODAY = date(2023, 11, 23)
NOTHING_YET = "#"


def said(zh: str, en: str) -> str:
    """Sample text is data, not wording of the product: it stays out of the catalogue."""
    return zh if (get_language() or "zh").startswith("zh") else en


def context(name: str) -> dict[str, Any]:
    return frame(name) | {"now": NOW, "as_of": NOW, "today": TODAY} | PAGE_CONTEXT.get(name, dict)()


def frame(name: str) -> dict[str, Any]:
    def item(zh: str, en: str, page: str, count: int | None = None) -> NavItem:
        return NavItem(label=said(zh, en), url=f"/gallery/{page}/", count=count, current=page == name)

    nav = [
        NavGroup(
            items=[
                item("案头", "Desk", "desk", 9),
                item("概览", "Overview", "overview"),
                item("进度", "Schedule", "grid"),
            ]
        ),
        NavGroup(
            label=said("馆务", "Library work"),
            items=[
                item("事项", "Matters", "list", 4),
                item("事项一例", "One matter", "record"),
                item("登记", "Entry", "entry"),
            ],
        ),
        NavGroup(
            label=said("核对", "Checks"),
            items=[item("分工", "Coverage", "cover"), item("文稿", "Texts", "reading"), item("部件", "Parts", "parts")],
        ),
    ]
    return {
        "nav": nav,
        "bar": [item("案头", "Desk", "desk"), item("登记", "Entry", "entry"), item("事项", "Matters", "list")],
        "chooser": Chooser(
            label=said("秋季盘点", "Autumn stocktaking"),
            note=said("2023-09-04 至 2024-01-31", "2023-09-04 to 2024-01-31"),
            choices=[NavItem(label=said("春季盘点", "Spring stocktaking"), url=NOTHING_YET)],
        ),
        "crumbs": [
            Crumb(label=said("全网", "Network"), url=NOTHING_YET),
            Crumb(label=said("北岸总馆", "North Shore"), url=NOTHING_YET),
        ],
        "scope_url": NOTHING_YET,
        "search_url": "/gallery/list/",
        "account": Account(
            name=said("林舒", "Lin Shu"),
            role=said("馆员", "Librarian"),
            logout_url=NOTHING_YET,
            items=[NavItem(label=said("我的账号", "My account"), url=NOTHING_YET)],
            key="gallery",
        ),
        "checkpoint": Footnote(
            label=said("第 1,284 号存证点", "Checkpoint 1,284"),
            note=said("2023-11-23 09:00 已签名", "signed 2023-11-23 09:00"),
            url=NOTHING_YET,
        ),
    }


def overview() -> dict[str, Any]:
    names = "一二三四五六七八九十"
    rows = []
    for index in range(10):
        late = index % 4
        rows.append(
            {
                "name": said(f"第{names[index]}分馆", f"Branch {index + 1}"),
                "light": ("ok", "warn", "ok", "late")[index % 4],
                "words": (
                    said("正常", "on course"),
                    said("偏慢", "behind"),
                    said("正常", "on course"),
                    said("逾期", "overdue"),
                )[index % 4],
                "held": 312 - 17 * index,
                "due": 330 - 17 * index,
                "share": f"{98.2 - index / 2:.1f}%",
                "led": 1061 - 88 * index,
                "of": 1088 - 88 * index,
                "old": 44 - 3 * index,
                "old_of": 61 - 3 * index,
                "late": late,
                "kept": None if index == 9 else 1308 - 101 * index,
                "kept_of": 1640 - 101 * index,
                "owed": index % 3,
            }
        )
    return {
        "streams": [
            {
                "name": said(zh, en),
                "light": light,
                "words": words,
                "label": said("已办结的事项", "Matters done"),
                "value": value,
                "of": of,
                "unit": said("项", ""),
                "rows": [
                    (said("按期率", "On time"), "96.5%", None, False),
                    (said("在管读者", "Active readers"), 24017, 25310, False),
                    (said("逾期未办", "Overdue"), late, None, True),
                ],
            }
            for zh, en, light, words, value, of, late in (
                ("采编", "Acquisition", "ok", said("正常", "on course"), 2659, 2659, 0),
                ("流通", "Lending", "warn", said("偏慢", "behind"), 8910, 9203, 2),
                ("修缮", "Repair", "late", said("逾期 39", "39 overdue"), 1502, 2148, 39),
                ("服务", "Service", "ok", said("正常", "on course"), 11026, 14836, 0),
            )
        ],
        "tiles": [
            {
                "label": said(f"{zh}", en),
                "value": f"{value:.1f}%",
                "level": level(value),
                "column": column,
                "row": row,
                "below": value < 93,
                "url": NOTHING_YET,
            }
            for zh, en, value, column, row in (
                ("江口", "Mouth", 99.1, 1, 1),
                ("石桥", "Bridge", 100.0, 2, 1),
                ("松林", "Pines", 99.3, 3, 2),
                ("南坪", "Flats", 100.0, 4, 2),
                ("柳巷", "Willows", 98.4, 4, 3),
                ("新港", "Port", 97.5, 5, 3),
                ("东篱", "Hedge", 95.6, 7, 3),
                ("竹山", "Bamboo", 91.8, 4, 4),
                ("中心", "Centre", 97.5, 5, 4),
                ("西渡", "Ferry", 96.7, 6, 4),
                ("平湖", "Lake", 97.2, 7, 4),
                ("草甸", "Meadow", 94.1, 5, 5),
                ("梅溪", "Creek", 92.8, 6, 5),
                ("天池", "Pond", 98.8, 7, 5),
            )
        ],
        "legend": [
            {"level": 1, "words": said("低于 93%", "under 93%"), "below": True},
            {"level": 2, "words": "93–95%"},
            {"level": 3, "words": "95–98%"},
            {"level": 4, "words": said("98% 以上", "98% and more")},
        ],
        "trend": {
            "kind": "line",
            "categories": weeks(),
            "unit": "%",
            "min": 80,
            "max": 100,
            "series": [
                {
                    "name": said("全网", "Network"),
                    "values": [82.4, 86.1, 88.9, 91.7, 90.2, 92.8, 93.5, 94.6, 95.2, 95.6, 96.1, 96.5],
                }
            ],
            "bound": {"name": said("要求 95%", "Required 95%"), "value": 95},
        },
        "burn": {
            "kind": "bar",
            "categories": weeks(),
            "series": [
                {
                    "name": said("存量", "Stock"),
                    "values": [610, 608, 604, 590, 572, 540, 505, 470, 410, 355, 300, 212],
                    "shade": 2,
                    "stack": "all",
                },
                {
                    "name": said("增量", "New"),
                    "values": [210, 390, 540, 640, 675, 740, 795, 800, 790, 740, 690, 640],
                    "shade": 4,
                    "stack": "all",
                },
                {
                    "name": said("计划余量", "Plan"),
                    "values": [820, 960, 1090, 1190, 1260, 1255, 1220, 1150, 1060, 940, 800, 640],
                    "kind": "line",
                    "dashed": True,
                },
            ],
        },
        "rows": rows,
        "switch": faces(("按地区", "By place"), ("按类别", "By kind")),
    }


def weeks() -> list[str]:
    return [f"{date(2023, 9, 4) + timedelta(weeks=week):%m-%d}" for week in range(12)]


def level(value: float) -> int:
    return 1 if value < 93 else 2 if value < 95 else 3 if value < 98 else 4


def faces(*words: tuple[str, str]) -> list[NavItem]:
    return [NavItem(label=said(*word), url=NOTHING_YET, current=index == 0) for index, word in enumerate(words)]


def desk() -> dict[str, Any]:
    words = (
        ("late", said("逾期 2 个工作日", "2 workdays overdue")),
        ("warn", said("今日到期", "due today")),
        ("warn", said("剩 1 个工作日", "1 workday left")),
        ("warn", said("剩 2 个工作日", "2 workdays left")),
        ("ok", said("剩 5 个工作日", "5 workdays left")),
        ("ok", said("剩 6 个工作日", "6 workdays left")),
    )
    tasks = (
        ("馆员月会（11 月）", "Monthly meeting (November)"),
        ("借阅情况周报（第 12 周）", "Weekly lending report (week 12)"),
        ("古籍室温湿度检查（本季第 3 次）", "Climate check of the old books (3rd this quarter)"),
        ("修缮措施：借书证申请材料由 7 项减为 3 项", "Measure: three papers instead of seven for a reader's card"),
        ("盲文书架整理（11 月）", "Braille shelves (November)"),
        ("读者联络登记（11 月）", "Readers contacted (November)"),
    )
    return {
        "duties": [
            {
                "light": light,
                "words": text,
                "title": said(*task),
                "unit": said("北岸总馆", "North Shore"),
                "due_on": TODAY + timedelta(days=index * 2 - 2),
                "zero": index in (1, 4),
            }
            for index, ((light, text), task) in enumerate(zip(words, tasks, strict=True))
        ],
        "inbox": [
            {
                "kind": "returned",
                "title": said("修缮方案（第 2 稿）", "Repair plan (2nd draft)"),
                "words": said(
                    "总馆 昨天 16:05：第三条没有完成期限，请补充后再报。",
                    "Head office, yesterday 16:05: item three has no deadline; please add it.",
                ),
                "act": said("修改", "Edit"),
            },
            {
                "kind": "asks",
                "title": said("关于加强夜间开放的通知", "Notice on evening hours"),
                "words": said("总馆 昨天 10:30，11-24 周五前签收", "Head office, yesterday 10:30; sign by Fri 11-24"),
                "act": said("签收", "Sign"),
            },
        ],
        "notices": [
            {
                "title": said("元旦前后开放时间的说明", "Opening hours around New Year"),
                "note": said("总馆", "Head office"),
                "at": NOW - timedelta(minutes=42),
                "unread": True,
            },
            {
                "title": said("第三批书目已下发", "The third book list is out"),
                "note": said("总馆", "Head office"),
                "at": NOW - timedelta(days=1),
                "unread": False,
            },
        ],
        "drafts": [
            {
                "title": said("读书会：山与河", "Book club: hills and rivers"),
                "unit": said("儿童部", "Children"),
                "at": NOW - timedelta(minutes=31),
            }
        ],
        "switch": faces(("我承办的", "Mine"), ("全单位", "Whole unit")),
    }


def matters() -> dict[str, Any]:
    titles = (
        ("借书证办理环节多、时限长", "Getting a reader's card takes too many steps"),
        ("阅览室管网老化，冬季间断供暖", "Old pipes: the reading room is cold at times"),
        ("2021 年盘点指出的赔偿款未按规定收回", "Fines noted in 2021 not yet collected"),
        ("开办分馆仍须两次到场", "Opening a branch still takes two visits"),
        ("台账重复填报，每月报表 31 张", "The same figures asked for in 31 monthly forms"),
        ("编目人员配备不足，个别分馆数据由街道代填", "Too few cataloguers; some branches' data are typed in by others"),
        ("夜间照明未落实到位", "Evening lights not in place"),
    )
    lights = (("warn", 2), ("ok", 6), ("late", -9), ("done", 0), ("warn", 1), ("late", -3), ("ok", 8))
    pills = (
        ("doing", "办理中", "under way"),
        ("asked", "申请办结", "asked to close"),
        ("doing", "办理中", "under way"),
        ("done", "已办结", "closed"),
        ("todo", "已列入", "listed"),
        ("again", "重新列入", "reopened"),
        ("returned", "退回", "returned"),
    )
    rows = []
    for index in range(14):
        kind, days = lights[index % 7]
        state, zh, en = pills[index % 7]
        text = (
            said("已办结", "done")
            if kind == "done"
            else said(f"逾期 {-days} 日", f"{-days} d overdue")
            if days < 0
            else said(f"剩 {days} 日", f"{days} d left")
        )
        rows.append(
            {
                "number": f"BY-0{412 - 13 * index}",
                "title": said(*titles[index % 7]),
                "unit": said("北岸总馆采编部", "North Shore, Acquisition"),
                "source": (said("增量", "new"), said("调研发现", "survey")),
                "lead": said("林舒", "Lin Shu"),
                "done": index % 5,
                "of": 5 if index % 7 else 3 + index % 5,
                "due_on": TODAY + timedelta(days=days),
                "light": kind,
                "left": text,
                "state": state,
                "state_words": said(zh, en),
            }
        )
    return {
        "rows": rows,
        "page": Page(rows=rows, number=1, size=20, count=206, capped=False),
        "views": [
            NavItem(label=said(zh, en), url=NOTHING_YET, count=count, current=index == 0)
            for index, (zh, en, count) in enumerate(
                (
                    ("全部", "All", 206),
                    ("未办结", "Open", 77),
                    ("逾期", "Overdue", 4),
                    ("本周到期", "Due this week", 6),
                    ("已办结", "Closed", 129),
                )
            )
        ],
    }


def record() -> dict[str, Any]:
    return {
        "trail": [
            Crumb(label=said("事项", "Matters"), url="/gallery/list/"),
            Crumb(label=said("馆长领题", "Led by the head"), url=NOTHING_YET),
            Crumb(label="BY-0412"),
        ],
        "steps": [
            {"label": said("列入", "Listed"), "note": "10-09", "done": True},
            {"label": said("认领", "Taken on"), "note": "10-11", "done": True},
            {"label": said("办理中", "Under way"), "note": said("自 10-12", "since 10-12"), "current": True},
            {"label": said("申请办结", "Ask to close"), "note": said("本单位", "own unit")},
            {"label": said("核验", "Verify"), "note": said("审核部", "audit")},
            {"label": said("办结", "Closed"), "note": said("期限 11-27", "due 11-27")},
        ],
        "measures": [
            {
                "state": "done",
                "words": said("已完成", "done"),
                "title": said("梳理事项，形成一张流程图", "One chart of all the steps"),
                "note": said("10-20 完成：由 23 项并为 9 项", "10-20: from 23 to 9"),
                "who": said("林舒", "Lin Shu"),
                "due": date(2023, 10, 20),
                "light": "ok",
                "left": said("按期", "on time"),
                "proof": 2,
            },
            {
                "state": "doing",
                "words": said("进行中", "under way"),
                "title": said("对积压的 45 件逐件办结", "Clear the 45 open cases one by one"),
                "note": said("昨天写：已办结 38 件", "yesterday: 38 done"),
                "who": said("林舒", "Lin Shu"),
                "due": date(2023, 11, 24),
                "light": "warn",
                "left": said("剩 1 日", "1 d left"),
                "proof": 1,
            },
            {
                "state": "todo",
                "words": said("未开始", "not begun"),
                "title": said("随机回访 20 户", "Call on 20 at random"),
                "note": "",
                "who": said("石望", "Shi Wang"),
                "due": date(2023, 11, 27),
                "light": "warn",
                "left": said("剩 2 日", "2 d left"),
                "proof": None,
            },
        ],
        "history": [
            {
                "at": NOW - timedelta(hours=15, minutes=39),
                "words": format_html(said("<b>{}</b> 写了措施 4 的进展", "<b>{}</b> reported on measure 4"), "林舒"),
                "remark": said("已办结 38 件，其余 7 件待补签。", "38 done, 7 to be signed."),
                "entry": 48207,
                "url": NOTHING_YET,
            },
            {
                "at": NOW - timedelta(days=8),
                "words": format_html(
                    said(
                        "<b>{}</b> 把措施 3 从 <b>进行中</b> 改为 <b>已完成</b>，附 1 份证据，比期限晚 3 个工作日",
                        "<b>{}</b> moved measure 3 from <b>under way</b> to <b>done</b>, 3 workdays late",
                    ),
                    "庄新",
                ),
                "entry": 47802,
                "url": NOTHING_YET,
            },
            {
                "at": NOW - timedelta(days=17),
                "words": format_html(
                    said("<b>{}</b> 更正：件数从 <del>36</del> 改为 63", "<b>{}</b> corrected <del>36</del> to 63"),
                    "林舒",
                ),
                "remark": said("原数漏计 6 月以前的。", "Those before June had been left out."),
                "entry": 47190,
                "url": NOTHING_YET,
            },
        ],
        "switch": faces(("全部", "All"), ("状态", "State"), ("更正", "Corrections")),
    }


def grid() -> dict[str, Any]:
    kinds = ("met", "met", "made-up", "met", "waived", "zero", "met", "owed", "met", "met", "open", "open")
    words = {
        "met": said("按期", "on time"),
        "made-up": said("补报", "made up late"),
        "zero": said("零报告", "nothing to report, signed"),
        "waived": said("免报", "waived"),
        "open": said("未到期", "not due yet"),
        "owed": said("逾期", "overdue"),
    }
    return {
        "days": [f"{(date(2023, 9, 7) + timedelta(weeks=week)):%m-%d}" for week in range(12)],
        "rows": [
            {
                "name": said(f"第 {row + 1} 分馆", f"Branch {row + 1}"),
                "cells": [
                    {
                        "kind": kinds[(week + row * 5) % 9]
                        if week < 9
                        else ("met" if week == 9 and row % 3 else "open"),
                        "day": f"{(date(2023, 9, 7) + timedelta(weeks=week)):%m-%d}",
                        "today": week == 9,
                    }
                    for week in range(12)
                ],
                "done": 9 + row % 2,
                "of": 10,
                "late": row % 3,
            }
            for row in range(8)
        ],
        "words": words,
        "switch": faces(("全部", "All"), ("只看欠报", "Only what is owed")),
    }


def cover() -> dict[str, Any]:
    kinds = [
        said(*pair)
        for pair in (
            ("采编", "Acq."),
            ("流通", "Lend."),
            ("古籍", "Old"),
            ("儿童", "Child."),
            ("盲文", "Braille"),
            ("外借", "Out"),
        )
    ]
    return {
        "kinds": kinds,
        "rows": [
            {
                "name": said(f"第 {row + 1} 片区", f"District {row + 1}"),
                "cells": [
                    {
                        "kind": kinds[column],
                        "value": None if (row, column) == (2, 3) else 202 - 17 * row - 9 * column,
                        "gap": {
                            (1, 4): ("late", said("缺 12", "12 without")),
                            (3, 2): ("warn", said("两组 3", "3 with two")),
                            (5, 5): ("late", said("缺 4", "4 without")),
                        }.get((row, column)),
                    }
                    for column in range(6)
                ],
                "total": 1355 - 40 * row,
                "without": {1: 12, 5: 4}.get(row, 0),
            }
            for row in range(7)
        ],
        "switch": faces(("全部单元格", "All cells"), ("只看有缺口的行", "Only rows with gaps")),
    }


class EntryForm(Form):
    folded = ("place", "remarks")

    kind = forms.ChoiceField(label="kind", widget=SwitchInput)
    on = forms.DateField(label="on", widget=DayInput)
    topic = forms.CharField(label="topic", max_length=40)
    absent = RosterField()
    place = forms.CharField(label="place", required=False)
    remarks = forms.CharField(label="remarks", required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "kind": ("类别", "Kind"),
            "on": ("日期", "Date"),
            "topic": ("主题", "Topic"),
            "absent": ("到会", "Attendance"),
            "place": ("地点", "Place"),
            "remarks": ("纪要", "Minutes"),
        }
        for name, label in labels.items():
            self.fields[name].label = said(*label)
        self.fields["topic"].help_text = said("一句话，不超过 40 字。", "One sentence, at most 40 characters.")
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            ("a", said("全体会", "General")),
            ("b", said("部会", "Section")),
            ("c", said("小组会", "Group")),
            ("d", said("讲座", "Lecture")),
        ]
        roster = self.fields["absent"]
        assert isinstance(roster, RosterField)
        roster.widget.reasons = [("leave", said("请假", "on leave")), ("duty", said("出差", "travelling"))]
        names = "杜衡之 祝晓岚 李文茵 方敏之 段知行 高予宁 丁一舟 沈致远 石望舒 庄可新 罗予安 秦牧之"
        roster.call(list(enumerate(names.split())), note=said("名册取自 11-01，12 人", "roster of 11-01, 12 people"))


def entry() -> dict[str, Any]:
    return {
        "form": EntryForm(
            initial={
                "kind": "a",
                "on": TODAY,
                "topic": said("山与河的写法", "Writing of hills and rivers"),
                "absent": {"0": "leave", "1": "duty"},
            }
        ),
        "wrong": EntryForm({"kind": "a", "on": "2023-02-30", "topic": ""}),
    }


def parts() -> dict[str, Any]:
    return (
        desk()
        | record()
        | {"job": {"words": said("正在生成，第 3 页，共 8 页", "Making page 3 of 8"), "done": 3, "total": 8}}
        | entry()
    )


PAGE_CONTEXT = {
    "parts": parts,
    "overview": overview,
    "desk": desk,
    "list": matters,
    "record": record,
    "grid": grid,
    "cover": cover,
    "entry": entry,
}
