"""`make roles` — docs/roles.md from the table in luoshi/gate/rules.py: what each role sees, does, and never does.

python -m luoshi.testing.roles          write it
python -m luoshi.testing.roles --check  say whether it is up to date
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import django
from django.utils import translation

from luoshi.gate.rules import REACH_NAMES, ROLE_NAMES, RULES, Reach, Role

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"

# Documents are written by hand in each language; only names of roles, reaches and actions come from the catalogue.
WORDS = {
    "zh-hans": {
        "title": "中文",
        "intro": "本页由 `luoshi/gate/rules.py` 中的权限表生成（`make roles`），表中没有的事项，任何人都不能办理。"
        "范围以授权所在的单位为准：本单位、下级单位、本单位及下级、全部单位；授权限于某一条条的，范围也限于该条条。"
        "看不到的记录按不存在处理（404），看得到但无权办理的予以拒绝（403）。",
        "sees": "可以查看",
        "does": "可以办理",
        "never": "不能",
        "everybody": "每个账号对自己都可以办理",
        "joint": "；",
        "stop": "。",
        "colon": "：",
        "apart": "系统管理员、安全管理员、审计管理员互斥：一人只能担任其一，并且不得兼任业务角色；"
        "三者都看不到业务数据，也不能改动日志。接口令牌只能办理其持有人所能办理事项中的一部分。",
    },
    "en": {
        "title": "English",
        "intro": "This page is made from the table in `luoshi/gate/rules.py` (`make roles`). What is not in the table, nobody may do. "
        "How far a role reaches is measured from the unit of its grant: the unit itself, the units below, the unit and all below, "
        "everywhere; a grant for one sector reaches no further than that sector. A record out of sight answers as if it did not exist "
        "(404); one in sight on which the role may not act is refused (403).",
        "sees": "Sees",
        "does": "Does",
        "never": "Never",
        "everybody": "Every account, on itself",
        "joint": "; ",
        "stop": ".",
        "colon": ": ",
        "apart": "System, security and audit administrator exclude one another: one person is one of them only and holds no role of the "
        "work besides; none of the three sees business data or changes the journal. An integration token may do a part of what its "
        "owner may do, never more.",
    },
}
REACHES = (Reach.OWN, Reach.BELOW, Reach.BRANCH, Reach.EVERYWHERE)


def rendered() -> str:
    """The whole page, the language of the product first."""
    parts = [
        "# 角色 · Roles\n",
        "[中文](#中文) · [English](#english)\n",
    ]
    for language, words in WORDS.items():
        with translation.override(language):
            parts += _chapter(words)
    return "\n".join(parts)


def _chapter(words: dict[str, str]) -> Iterator[str]:
    yield f"## {words['title']}\n"
    yield f"{words['intro']}\n"
    for role in Role:
        yield f"### {ROLE_NAMES[role]} `{role.value}`\n"
        yield from _lines(role, words, reads=True)
        yield from _lines(role, words, reads=False)
        rest = [str(rule.title) for rule in RULES.values() if role not in rule.reach and not rule.anyone]
        yield f"**{words['never']}**{words['colon']}{words['joint'].join(rest)}{words['stop']}\n"
    own = [str(rule.title) for rule in RULES.values() if rule.anyone]
    yield f"**{words['everybody']}**{words['colon']}{words['joint'].join(own)}{words['stop']}\n"
    yield f"{words['apart']}\n"


def _lines(role: Role, words: dict[str, str], *, reads: bool) -> Iterator[str]:
    """What the role sees, or does, one line for each reach."""
    found: dict[Reach, list[str]] = defaultdict(list)
    for rule in RULES.values():
        if role in rule.reach and rule.reads == reads:
            found[rule.reach[role]].append(str(rule.title))
    if not found:
        return
    yield f"**{words['sees' if reads else 'does']}**\n"
    for reach in REACHES:
        if titles := found[reach]:
            yield f"- {REACH_NAMES[reach]}{words['colon']}{words['joint'].join(titles)}{words['stop']}"
    yield ""


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings_test")
    django.setup()
    page = rendered()
    if "--check" not in arguments:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write("docs/roles.md is not what luoshi/gate/rules.py says now: make roles\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
