"""个人 — the persons that a story is told of: 老郑, 村民马彦忠, 52岁的居民李大爷, 他."""

import re

from luoshi.reports.textcheck.mentions import Mention
from luoshi.reports.textcheck.places import PERSON

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦"
    "昌马苗凤方俞任袁柳史唐费廉岑薛雷贺倪汤罗毕郝邬安常于傅齐康伍余顾孟平黄穆萧尹姚邵汪祁毛狄米贝明戴宋"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应丁宣邓郁单"
    "杭洪包左石崔吉龚程邢裴陆荣翁曲储靳段巫焦谷车侯班仇武刘景詹束龙叶司黎乔苍双闻谭申冉牛尚温庄晏柴阎艾容向"
    "古易廖终居衡步都耿满匡寇欧肖闫覃佘涂代佟翟阚蔺晁辛曾詹盛褚游甘桑牟尉尧於"
)
_ELDERS = "大爷|大妈|大娘|大叔|大婶|大姐|大哥|奶奶|爷爷|阿姨|师傅|女士|先生|老人|老汉|老师|医生|某某|某"
# What a person in a story is called before the name.
_CALLED = (
    "村民|居民|群众|市民|老人|户主|职工|工人|大户|党员|贫困户|脱贫户|低保户|学生|同学|考生|毕业生|司机|商户|店主|老板|农民|牧民|渔民|"
    "果农|菜农|茶农|种植户|养殖户|经营户|业主|患者|顾客|消费者|员工|快递员|外卖员|骑手|志愿者|创业者|企业主|母亲|父亲|妻子|丈夫|大学生|"
    "书记|主任|队员|干部|民警|辅警|法官|教师|网格员|护士|站长|队长|所长|支书|经理|厂长|调解员|管理员|退休\\S{0,4}|岁的"
)
_NOT_A_NAME = "(?!康|米|麦|龙虾|区|县|村|镇|庄|店|学|组|微|企|时|城|年|家|河)"
_SHORT = (
    rf"(?:老|小|阿){_NOT_A_NAME}[{_SURNAMES}](?![\u4e00-\u9fff]?(?:区|县|村|镇|庄|店|河|组|街|路)|[^，。；的]{{0,4}}的)"
)
_AFTER_NAME = r"(?=[，,说家告表感激算在从今年的]|$)"

_AT = re.compile(
    rf"{_SHORT}|[{_SURNAMES}][\u4e00-\u9fff]?(?:{_ELDERS})(?![县市区地个些院])|(?<![其])[他她](?![们人])|"
    rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=(?:今年|一家|家里|说|告诉|感慨|高兴))|我(?=家|种|的|自己|一个人|就|们一家)"
)
_KIN = "大爷|大妈|大娘|大叔|大婶|大姐|大哥|奶奶|爷爷|阿姨|老汉"
_WITHIN = re.compile(
    rf"(?:{_CALLED})(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}{_AFTER_NAME}|{_SHORT}|[{_SURNAMES}][\u4e00-\u9fff]?(?:{_KIN}))|(?:^|的){_SHORT}|的[\u4e00-\u9fff]{{1,4}}(?:{_KIN})"
)


def person_at(text: str, place: int) -> Mention | None:
    """The person that a clause begins with."""
    m = _AT.match(text, place) or (_WITHIN.match(text, place) if place else None)
    return Mention(place, m.end(), m.group(), "person", PERSON) if m else None


def person_within(text: str) -> Mention | None:
    """A person named further inside a clause: 72岁的居民老李."""
    m = _WITHIN.search(text)
    return Mention(m.start(), m.end(), m.group().lstrip("的"), "person", PERSON) if m else None
