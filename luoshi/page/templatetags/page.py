"""Tags and filters of the house. `{% load page %}` in any room's template; the gallery page shows each one at work."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from django import template
from django.template import Context
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.journal import clock
from luoshi.page import icons, scripts, themes, wording

register = template.Library()

LIGHTS = {"ok": "dot", "warn": "triangle", "late": "square", "done": "ring", "none": "ring"}
PILLS = {"todo": "circle", "doing": "half", "asked": "target", "done": "tick", "again": "cycle", "returned": "back"}
CELLS = ("met", "made-up", "zero", "waived", "open", "owed", "none")
VERDICTS = {"agrees": "✓", "about": "≈", "differs": "≠", "unknown": "?", "not": "–"}

Value: TypeAlias = int | Decimal | str | None


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "search" %}`: a drawing, hidden from screen readers."""
    return icons.icon(name)


@register.simple_tag
def light(kind: str, words: str) -> SafeString:
    """`{% light "late" "逾期 2 个工作日" %}`: ok ● · warn ▲ · late ■ · done ○ · none ○, always with its word."""
    return format_html('<span class="light light-{}">{}{}</span>', kind, icons.icon(LIGHTS[kind]), words)


@register.simple_tag
def pill(kind: str, words: str) -> SafeString:
    """`{% pill "doing" "办理中" %}`, a record's state: todo ○ · doing ◐ · asked ◉ · done ✓ · again ↻ · returned ↩."""
    return format_html('<span class="pill pill-{}">{}{}</span>', kind, icons.icon(PILLS[kind]), words)


@register.simple_tag
def verdict(kind: str, words: str) -> SafeString:
    """`{% verdict "differs" "不一致" %}`: agrees ✓ · about ≈ · differs ≠ · unknown ? · not –."""
    return format_html(
        '<span class="verdict verdict-{}"><i aria-hidden="true">{}</i>{}</span>', kind, VERDICTS[kind], words
    )


@register.simple_tag
def cell(kind: str, words: str, url: str = "") -> SafeString:
    """`{% cell "owed" "逾期 2 个工作日" url %}`: one sign of a periods × units table; `words` say it in full."""
    sign = {
        "met": "✓",
        "made-up": pgettext("sign for: made up late", "L"),
        "zero": pgettext("sign for: nothing to report, signed", "0"),
        "waived": pgettext("sign for: waived", "W"),
        "open": "",
        "owed": pgettext("sign for: overdue", "!"),
        "none": "·",
    }[kind]
    inner = format_html('<span aria-hidden="true">{}</span><span class="unseen">{}</span>', sign, words)
    if url:
        return format_html('<a class="cell cell-{}" href="{}" title="{}">{}</a>', kind, url, words, inner)
    return format_html('<span class="cell cell-{}" title="{}">{}</span>', kind, words, inner)


@register.simple_tag
def figure(
    value: Value,
    url: str = "",
    *,
    of: Value = None,
    unit: str = "",
    kind: str = "",
    late: bool = False,
    short: bool = False,
    declared: str | bool = False,
) -> SafeString:
    """`{% figure 2659 url of=2659 unit="个" kind="hero" short=True declared="…" %}`: a figure, a link to its records.

    `value`: a number, a finished text such as "96.5%", or None (nothing recorded: — and no link). `of`: the grey
    denominator. `kind`: hero or compare for the two large sizes. `short`: 2.4 万 with the exact value on hover.
    `late`: red, unless zero. `declared`: who declared it, with which document (or True for the bare mark).
    """
    if value is None:
        return nothing_recorded()
    zero = value in (0, "0")
    style = " ".join(
        ["fig"] + [f"fig-{kind}"] * bool(kind) + ["fig-zero"] * zero + ["fig-late"] * bool(late and not zero)
    )
    tag = (
        format_html('<a class="{}" href="{}">{}</a>', style, url, number(value, short=short))
        if url
        else format_html('<span class="{}">{}</span>', style, number(value, short=short))
    )
    rest = format_html('<span class="fig-of"> / {}</span>', number(of, short=short)) if of is not None else ""
    unit_words = format_html('<span class="fig-of"> {}</span>', unit) if unit else ""
    return format_html('<span class="figure-line">{}{}{}{}</span>', tag, rest, unit_words, declared_mark(declared))


def number(value: Value, *, short: bool) -> SafeString | str:
    if isinstance(value, str) or value is None:
        return value or ""
    if short and isinstance(value, int):
        return wan(value)
    return wording.thousands(value)


def declared_mark(declared: str | bool) -> SafeString | str:
    if not declared:
        return ""
    title = declared if isinstance(declared, str) else _("Counted in another system and declared here.")
    return format_html('<span class="declared" title="{}">{}</span>', title, pgettext("figure", "declared"))


@register.filter
def wan(value: int | None) -> SafeString | str:
    """`{{ 24017|wan }}`: 2.4 万 with 24,017 on hover; other languages write all digits."""
    if value is None:
        return nothing_recorded()
    words, exact = wording.in_wan(value), wording.thousands(value)
    return words if words == exact else format_html('<abbr class="exact" title="{}">{}</abbr>', exact, words)


@register.filter
def thousands(value: int | Decimal | None) -> SafeString | str:
    """`{{ 24017|thousands }}`: 24,017."""
    return nothing_recorded() if value is None else wording.thousands(value)


@register.filter
def dash(value: Any) -> Any:
    """`{{ value|dash }}`: the value, or a grey — where nothing is recorded. Zero is a value."""
    return nothing_recorded() if value is None or value == "" else value


def nothing_recorded() -> SafeString:
    """Never 0, never a link."""
    return format_html(
        '<span class="none-recorded"><span aria-hidden="true">—</span><span class="unseen">{}</span></span>',
        _("nothing recorded"),
    )


@register.filter
def day(on: date | None) -> SafeString | str:
    """`{{ due_on|day }}`: 11-23 周四 (English: Thu 11-23), with its year where that is not this one; the full date on hover."""
    if on is None:
        return nothing_recorded()
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', f"{on:%Y-%m-%d}", wording.day_words(on))


@register.filter
def stamp(at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """`{{ at|stamp }}`: 2023-11-23 09:12. `{{ at|stamp:now }}`: 昨天 17:33 within two days of `now`."""
    if at is None:
        return nothing_recorded()
    words = wording.stamp_words(at, now=now)
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), wording.stamp_words(at), words)


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """`{{ at|when }}`: the same, seen from this moment. A page may ask what time it is; a rule never does."""
    return stamp(at, clock.now())


@register.filter
def light_kind(workdays_left: int | None) -> str:
    """`{% light left|light_kind words %}`: yellow within three workdays of the limit, red beyond it."""
    if workdays_left is None:
        return "none"
    if workdays_left < 0:
        return "late"
    return "warn" if workdays_left <= 3 else "ok"


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """light, dark, or empty for the system's own, as the reader chose."""
    return themes.chosen(context.get("request"))


@register.simple_tag(takes_context=True)
def script_settings(context: Context) -> SafeString:
    """What the scripts need to know, as data: a strict policy leaves no room for inline code."""
    account = context.get("account")
    return json_script(scripts.script_settings(account.key if account else ""), "page-settings")


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """The address of this page, for forms that come back to it; / where there is no request (the 500 page)."""
    request = context.get("request")
    return request.get_full_path() if request else "/"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """`{% query page=3 %}`: this page's query with some values changed; None takes one out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`{{ mapping|item:key }}`, None where absent."""
    return mapping.get(key)
