"""Classes of wording met in public texts: of whom, what, which role, and what is no statement at all."""

import pytest

from luoshi.reports.textcheck import read


def statements(text):
    return read(text).statements


def orgs(text):
    return [statement.org for statement in statements(text)]


@pytest.mark.parametrize(
    ("text", "org"),
    [
        ("市第一人民医院党委牢牢把握总要求。\n院党委成立专班4个。", "市第一人民医院党委"),
        ("某集团所属企业违规融资，收回欠款9000万元。", "某集团"),
        ("江滨公安分局全力开展行动，抓获嫌疑人5名。", "江滨公安分局"),
        ("滨江职业技术学院举办双选会3场。", "滨江职业技术学院"),
        ("西安局集团公司增开旅客列车1236列。", "西安局集团公司"),
        ("长安大学新增自习座位2400个。", "长安大学"),
        ("白水法院受理案件1134件。", "白水县法院"),
        ("民政部门已清退1.18万名。", "民政部门"),
        ("曲阳街道走访群众16210户。", "曲阳街道"),
        ("义乌新增经营主体3万户。", "义乌市"),
        ("八角街道解决诉求160件。", "八角街道"),
        ("中央第二生态环境保护督察组受理举报35523个。", "中央第二生态环境保护督察组"),
    ],
)
def test_bodies_and_places_of_any_kind_are_organisations(text, org):
    assert orgs(text) == [org]


@pytest.mark.parametrize(
    "text",
    [
        "青榆县推进改革，紧紧围绕市委部署办实事30件。",
        "青榆县加快发展，计划建设农村公路30公里。",
        "青榆县持续发力，预计村集体增收20万元。",
        "青榆县优化服务，利用社区阵地宣讲30场。",
        "青榆县注重保障，中部省份排名第一，参保1490人。",
        "青榆县夯实基础，新建社区食堂12处。",
        "青榆县强化监管，保险机构提供服务1300次。",
        "青榆县集中攻坚，连片特困地区投资4143亿元。",
    ],
)
def test_words_that_end_like_a_place_or_a_body_are_none(text):
    assert orgs(text) == ["青榆县"]


def test_a_body_of_the_one_spoken_of_has_its_name_before_its_own():
    text = "北岭市公安局开展行动。\n交警支队查处酒驾1275起。"
    assert orgs(text) == ["北岭市公安局交警支队"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我代表云麓县人民政府报告工作。\n全县新增企业12家。", ["云麓县"]),
        ("受省政府委托，报告整改情况。\n各地已整改问题287个。", ["省政府"]),
        ("全省共受理信访9.6万件。国家信访局交办我省积案1276件，已化解1189件。", ["全省", "全省", "全省"]),
        ("根据合肥市公安局统一部署，巢湖市公安局抓获嫌疑人29名。", ["巢湖市公安局"]),
        ("省委召开会议。\n我市认真贯彻。云溪市压实责任。\n全市办结诉求300件。", ["云溪市"]),
        ("12345政务服务热线共受理诉求71184件。", ["12345政务服务热线"]),
    ],
)
def test_a_text_says_early_whose_it_is(text, expected):
    assert orgs(text) == expected


def test_several_places_may_be_one_subject_and_have_one_number_each():
    text = (
        "陕西省通报情况。西安、宝鸡、咸阳三市平均浓度分别为51、43和54微克/立方米，优良天数合计增加38天。水质断面19个。"
    )
    assert orgs(text) == ["西安市", "宝鸡市", "咸阳市", "西安、宝鸡、咸阳三市", "陕西省"]


def test_departments_listed_in_a_clause_before_have_one_number_each():
    text = "云溪市住建局、交通运输局、教育局承办量居前，分别为103件、78件、71件。"
    assert orgs(text) == ["云溪市住建局", "云溪市交通运输局", "云溪市教育局"]


@pytest.mark.parametrize(
    "text",
    [
        "在临沂大学读书的小王来自山区，家里只有两亩果园。",
        "云溪市供电公司员工老张负责3个台区。",
        "石桥镇的古丽大姐带着28名姐妹一起干。",
        "52岁的村民马彦忠说，每月工资3600元。",
    ],
)
def test_a_story_of_a_person_is_background(text):
    assert {statement.role for statement in statements(text)} == {"context"}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("等候时间由5.2天缩短至1.8天。", ["context", "done"]),
        ("收案比去年90.78万件减少12.64万件。", ["context", "done"]),
        ("对6个部门代编预算的问题，已整改到位287个。", ["context", "done"]),
        ("督察组移交我省的58项整改任务，已完成49项。", ["context", "done"]),
        ("集体收入5万元以上的村占62%。", ["context", "done"]),
        ("举办为期7天的读书班，开展研讨5次。", ["done", "done"]),
        ("制定为期3年的提升计划。", ["plan"]),
        ("完成全年900万人目标的73%。", ["plan", "done"]),
        ("要求每名党员自学不少于4小时。", ["standard"]),
        ("高标准配套养老机构10处。", ["done"]),
        ("该市有3300多名党员到社区报到。", ["done"]),
        ("县城遭遇暴雨，降雨量达286毫米。", ["context"]),
        ("承诺故障报修90分钟内到达现场。", ["standard"]),
    ],
)
def test_what_was_before_found_or_aimed_at_is_no_result(text, roles):
    assert [statement.role for statement in statements(text)] == roles


@pytest.mark.parametrize(
    ("text", "whats"),
    [
        ("排查矛盾纠纷4310起，化解4198起。", ["排查矛盾纠纷", "化解矛盾纠纷"]),
        ("21所农村学校改造滞后，19所已竣工。", ["农村学校改造滞后", "农村学校竣工"]),
        ("反映问题312个，其余25个正在整改。", ["反映问题", "其余问题正在整改"]),
        ("查摆问题4个方面16项。", ["查摆问题", "查摆问题"]),
        ("移交5批2136件信访件。", ["移交信访件", "移交信访件"]),
        ("一般公共预算收入和支出分别增长4.5%、9.9%。", ["一般公共预算收入增长", "一般公共预算支出增长"]),
        ("群众来电在线办结数6273件。", ["群众来电在线办结数"]),
        ("精准识别贫困户13715户48693人。", ["精准识别贫困户", "精准识别贫困户人口"]),
        ("罚款2037万元，约谈317人，问责126人。", ["罚款", "约谈人员", "问责人员"]),
        ("建成服务中心231个，其中乡镇（街道）18个。", ["建成服务中心", "建成服务中心乡镇"]),
    ],
)
def test_what_is_counted_is_completed_from_the_numbers_before(text, whats):
    assert [statement.what for statement in statements(text)] == whats


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("受理诉求 61723 件。", "61723 件", 61723),
        ("涉及金额237054.47 万元。", "237054.47 万元", 2370544700),
        ("办结1300余件（次）。", "1300余件（次）", 1300),
        ("另有83个人民法院。", "83个", 83),
        ("预计半个月内完成。", "半个月", 0.5),
        ("用了一年半建成。", "一年半", 1.5),
        ("服务七八十人。", "七八十人", 70),
        ("辖5镇。", "5镇", 5),
        ("申请应在一个月内办结。", "一个月", 1),
        ("缴获子弹八十二发。", "八十二发", 82),
    ],
)
def test_numbers_are_read_as_public_texts_write_them(text, span, value):
    (statement,) = statements(text)
    assert (statement.text, statement.value) == (span, value)


@pytest.mark.parametrize(
    "text",
    [
        "贯彻市委十二届三次全会精神。",
        "在第十七届人大三次会议上报告工作。",
        "位居前3位的是城乡建设。",
        "仇保利5日在北京表示。",
        "抓捕行动于上午8点结束。",
        "打造15分钟便民生活圈。",
        "“12345回音壁”栏目开播。",
        "推进一期工程、二期项目。",
        "天津、山西等8省区市全部整改完毕。",
        "这些案件发生在1992·12·18。",
        "每月工资都按时发放。",
    ],
)
def test_sessions_ranks_times_and_zones_are_no_statements(text):
    assert [s.text for s in statements(text) if s.kind != "frequency"] == []


def test_a_limit_of_days_is_no_date():
    assert [s.text for s in statements("延长期限不得超过30日，7日内回复。")] == ["30日", "7日"]


def test_every_reason_stands_where_it_says():
    text = "2023年以来，青榆县查处问题487起，办结480起。\n县教育局计划新建学校3所，标准为每生每年500元。"
    for statement in statements(text):
        for reason in statement.why:
            if reason.start is not None and reason.rule.split(".")[0] in ("value", "approx", "what", "org", "window"):
                assert text[reason.start :].startswith(reason.evidence), reason
