"""What the frame around every page shows. The site room fills these in; page only draws them.

Context of page/base.html, all optional: nav (list of NavGroup), bar (up to four NavItem, the phone's bottom bar),
chooser (Chooser), crumbs (list of Crumb, the last one is the scope of the page), scope_url (where another unit is
chosen), search_url, account (Account), checkpoint (Footnote), demo_day (date, in a demonstration).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NavItem:
    label: str
    url: str
    count: int | None = None  # how many wait; shown in grey, hidden when nothing does
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class NavGroup:
    items: Sequence[NavItem]
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """The box above the navigation: what everything is about, its note (dates), and what else can be chosen."""

    label: str
    note: str = ""
    choices: Sequence[NavItem] = ()


@dataclass(frozen=True, kw_only=True)
class Account:
    name: str
    role: str
    logout_url: str
    items: Sequence[NavItem] = ()
    key: str = field(default="")  # a pseudonym: keeps drafts on a shared device apart


@dataclass(frozen=True, kw_only=True)
class Footnote:
    label: str
    note: str = ""
    url: str = ""
