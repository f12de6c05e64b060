"""What is read of single sentences, and what is passed over."""

import pytest

from luoshi.reports.textcheck import read


def only(text):
    (statement,) = read(text).statements
    return statement


def spans(text):
    return [s.text for s in read(text).statements]


@pytest.mark.parametrize(
    ("text", "span", "value", "kind"),
    [
        ("共排查问题487起。", "487起", 487, "count"),
        ("选派1300名优秀干部。", "1300名", 1300, "count"),
        ("投入资金３，５９０．８万元。", "３，５９０．８万元", 35908000, "money"),
        ("全县共有２３个乡镇参加。", "２３个", 23, "count"),
        ("登记在册党员٢٣名。", "٢٣名", 23, "count"),
        ("满意率达到百分之八十。", "百分之八十", 80, "percent"),
        ("办结率为99.5％。", "99.5％", 99.5, "percent"),
        ("约三成群众参加。", "三成", 30, "percent"),
        ("占全市近四分之一人口。", "四分之一", 25, "percent"),
        ("全国179万党员参加学习。", "179万", 1_790_000, "count"),
        ("发放材料1万五千多份。", "1万五千多份", 15_000, "count"),
        ("带动上千个家庭增收。", "上千个", 1_000, "count"),
        ("抽检2.7万多个批次。", "2.7万多个批次", 27_000, "count"),
        ("惠及1,234户居民。", "1,234户", 1234, "count"),
        ("三十二万五千元已经到账。", "三十二万五千元", 325_000, "money"),
        ("工期缩短2个多月。", "2个多月", 2, "duration"),
        ("每两周开展集中学习。", "每两周", 2, "frequency"),
        ("满意率提高3.2个百分点。", "3.2个百分点", 3.2, "percent"),
        ("发放救助金104万。", "104万", 1_040_000, "money"),
    ],
)
def test_a_number_is_read_with_its_multiplier_and_classifier(text, span, value, kind):
    statement = only(text)
    assert (statement.text, statement.start, statement.value, statement.kind) == (span, text.index(span), value, kind)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("救助标准每人2000-3000元。", 2000, 3000),
        ("每人牵头一到两件实事。", 1, 2),
        ("选派三至五名干部。", 3, 5),
        ("三五个村抱团发展。", 3, 5),
    ],
)
def test_a_range_has_both_ends(text, low, high):
    statement = only(text)
    assert (statement.value, statement.value_hi) == (low, high)


@pytest.mark.parametrize("word", ["近", "约", "超过", "逾", "不到", "至少", "突破"])
def test_a_word_before_the_number_makes_it_approximate(word):
    assert only(f"全县培训干部{word}300人。").approx == word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("培训干部300余人。", "余"),
        ("培训干部300多人。", "多"),
        ("培训干部300人以上。", "以上"),
        ("培训干部几十人。", "几十"),
    ],
)
def test_a_word_in_or_after_the_number_makes_it_approximate(text, word):
    assert only(text).approx == word


@pytest.mark.parametrize(
    "text", ["通过300人测试。", "在附近300个小区排查。", "最近300人报名。", "网上300件诉求已办结。"]
)
def test_words_that_end_like_near_or_over_do_not_make_it_approximate(text):
    assert only(text).approx is None


@pytest.mark.parametrize(
    "text",
    [
        "做到“三个到位”。",
        "推行“五个一批”。",
        "落实三会一课制度。",
        "打通最后一公里。",
        "教育部等六部门联合印发通知。",
        "实施三年行动计划。",
        "实施3年行动计划。",
        "落实中央20条要求。",
        "坚持四位一体推进。",
        "实行一户一策。",
        "印发《关于开展3项行动的20条意见》。",
        "文件（教财〔2018〕16号）已印发。",
        "拨打12345热线。",
        "2023年9月15日召开会议。",
        "第二批主题教育启动。",
        "一个问题一个问题地解决。",
        "建立一套机制。",
        "开展一系列活动。",
        "一是加强领导。",
        "1.健全制度。",
        "近三年来持续改善。",
        "营商环境3.0版改革。",
        "落实“1+N”方案。",
        "发展5G和A4纸业务。",
        "十四五期间稳步推进。",
        "学前三年毛入园率提高。",
    ],
)
def test_dates_titles_slogans_and_articles_are_no_statements(text):
    assert spans(text) == []


def test_what_was_passed_over_is_told_with_the_reason():
    reading = read("落实“七个贴近”，第4联络组指导，2019年启动。")
    assert {p.text: p.reason.rule for p in reading.set_phrases} == {
        "“七个贴近”": "passed.quoted",
        "第4": "passed.ordinal",
        "2019年": "passed.date",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每周至少安排一个部门慰问。", ["每周", "一个"]),
        ("每个村配备一名指导员。", ["一名"]),
        ("建成展厅一座、基地5处。", ["一座", "5处"]),
        ("他走进一个村子。", []),
        ("每一个村民都参加。", []),
    ],
)
def test_one_is_counted_only_where_something_shows_it(text, expected):
    assert spans(text) == expected


def test_the_noun_may_stand_before_or_after_the_number():
    before, after = read("青榆县查处作风问题487起，派出9个督导组。").statements
    assert (before.what, after.what) == ("查处作风问题", "派出督导组")


def test_items_of_a_list_share_the_verb():
    assert [s.what for s in read("青榆县出动警力300人、车辆40台。").statements] == ["出动警力", "出动车辆"]


def test_respectively_gives_each_number_its_own_noun():
    whats = [s.what for s in read("全省养老、工伤、失业保险参保人数分别达到30万人、20万人、10万人。").statements]
    assert [what[:2] for what in whats] == ["养老", "工伤", "失业"]
    assert all("保险参保人数" in what for what in whats)


def test_respectively_gives_each_place_its_own_number():
    assert [(s.org, s.value) for s in read("吉林、湖南二省分别对4名、15名干部立案。").statements] == [
        ("吉林省", 4),
        ("湖南省", 15),
    ]


def test_a_growth_rate_is_said_of_what_was_counted_before():
    _, rate = read("青榆县完成投资120亿元，同比增长8.8%。").statements
    assert "投资" in rate.what
    assert rate.what.endswith("同比增长")


def test_the_organisation_is_carried_over_sentences():
    text = "青榆县加强统筹。选派干部45名。石桥镇开展走访，化解纠纷12件。收集建议30条。"
    assert [(s.value, s.org) for s in read(text).statements] == [(45, "青榆县"), (12, "石桥镇"), (30, "石桥镇")]


def test_a_new_paragraph_returns_to_the_whole():
    text = "甘肃省抓好衔接。\n张掖市选派干部1300名。\n组织党员结对25.1万名。"
    assert [s.org for s in read(text).statements] == ["张掖市", "甘肃省"]


def test_whole_province_means_the_one_spoken_of():
    text = "贵州省查处58件。\n海南省下达任务463项。兰花村开展自查。全省共查处163人。"
    assert [s.org for s in read(text).statements] == ["贵州省", "海南省", "海南省"]


@pytest.mark.parametrize(
    ("text", "org"),
    [
        ("甘肃抓好衔接，派出9个组。", "甘肃省"),
        ("陕西汉中查摆问题1100个。", "陕西省汉中市"),
        ("龙岩市民政局党组召开3次会议。", "龙岩市民政局党组"),
        ("云溪市推进改革。市民政局发放救助金30万元。", "云溪市民政局"),
        ("今年以来，海棠区教育局招聘教师30名。", "海棠区教育局"),
        ("民政部救助3万人次。", "民政部"),
        ("临夏州东乡县慰问老人30名。", "临夏州东乡县"),
        ("和平县化解纠纷30件。", "和平县"),
    ],
)
def test_organisations_are_named_in_full(text, org):
    assert read(text).statements[-1].org == org


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("青榆县建成充电桩300个。", "done"),
        ("青榆县计划新建充电桩300个。", "plan"),
        ("力争到2025年，建成充电桩300个。", "plan"),
        ("下一步工作安排\n建设充电桩300个。", "plan"),
        ("按每人每月680元的标准发放。", "standard"),
        ("涨幅不得超过50%。", "standard"),
        ("自受理后3个工作日内办结。", "standard"),
        ("全镇下辖21个村。", "context"),
        ("直接经济损失2.1亿元。", "context"),
        ("72岁的居民老李住在山上。", "context"),
        ("把1.7万名流动党员登记在册。", "done"),
    ],
)
def test_the_role_tells_results_from_plans_norms_and_background(text, role):
    assert read(text).statements[-1].role == role


def test_a_number_per_head_says_for_whom():
    assert only("干部每人认领1个题目。").per == "每人"


def test_the_window_is_the_time_named_last():
    assert only("2023年1至9月，青榆县受理诉求120件。").window == "2023年1至9月"


def test_every_field_has_its_reason_in_words():
    statement = only("今年以来，青榆县共查处问题487起。")
    assert statement.why.org.rule == "org.subject"
    assert statement.why.org.evidence == "青榆县"
    assert all(reason.sentence for reason in statement.why)


def test_evidence_is_told_with_its_place_even_from_an_earlier_paragraph():
    text = "甘肃省抓好衔接。\n张掖市行动快。选派干部1300名。\n组织党员结对25.1万名，超过20批次。"
    for statement in read(text).statements:
        for reason in statement.why:
            if (
                reason.start is not None
                and reason.evidence
                and reason.rule.startswith(("org", "role", "approx", "value"))
            ):
                assert text[reason.start :].startswith(reason.evidence), reason


def test_a_table_pasted_as_text_is_read_row_by_row():
    reading = read("单位\t立案（件）\t处分（人）\n张掖市\t13\t45\n金昌市\t7\t12")
    assert [(s.text, s.org, s.what) for s in reading.statements] == [
        ("13", "张掖市", "立案"),
        ("45", "张掖市", "处分"),
        ("7", "金昌市", "立案"),
        ("12", "金昌市", "处分"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "1e400",
        "1e400个",
        "9" * 5000,
        "９" * 50 + "个",
        "一" * 3000 + "个",
        "1.2.3.4",
        "−5",
        "％",
        "每",
        "百分之",
    ],
)
def test_odd_text_gives_no_nonsense(text):
    for statement in read(text).statements:
        assert statement.value is None or statement.value < 1e16


@pytest.mark.parametrize(
    "unit",
    [
        "问题12起，",
        "1个",
        "1",
        "“三",
        "《2",
        "每",
        "一分之",
        "北京市",
        "市共",
        "（1",
        "1:",
        "1\t",
        "。",
        "一二三四五六七八九十百千万",
    ],
)
def test_one_line_of_hundred_thousand_characters_is_read(unit):
    text = unit * (100_000 // len(unit) // (8 if unit == "1个" else 2))
    assert all(text[s.start : s.end] == s.text for s in read(text).statements)
