"""经过 — what happened to an activity, in words, newest first; personal names never come from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.activities.models import Activity
from luoshi.gate.rules import RULES
from luoshi.journal.history import Step, history
from luoshi.orgs.models import User

# Fields whose old and new value are told; the others (person, mandate, what it makes up for) only change.
TOLD = ("held_on", "title", "venue", "others", "expected", "present", "state", "answer", "posted_on")
REMARKS = ("remark", "objection")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry, in the shape of page/parts/history.html."""

    at: datetime
    words: SafeString
    entry: int
    remark: str = ""
    url: str = ""


def events(refs: Iterable[str]) -> list[Event]:
    """All that was written about these records, newest first."""
    steps = sorted((step for ref in refs for step in history(ref)), key=lambda step: -step.entry.position)
    users = User.objects.filter(pseudonym__in={step.entry.actor for step in steps}).select_related("unit")
    who = {user.pseudonym: _("%(name)s (%(unit)s)") % {"name": user.name, "unit": user.unit.title} for user in users}
    return [event(step, who.get(step.entry.actor, _("somebody unknown"))) for step in steps]


def event(step: Step, who: str) -> Event:
    rule = RULES.get(step.entry.action)
    change = step.change or {}
    told = differences(change) if "from" in change else []
    words = format_html(
        pgettext("history", "<b>{}</b> {}"), who, str(rule.title) if rule is not None else step.entry.action
    )
    if told:
        comma = pgettext("between changes", ", ")
        words = format_html("{}{}{}", words, pgettext("before changes", ": "), format_html_join(comma, "{}", told))
    remark = next((change["to"][name] for name in REMARKS if change.get("to", {}).get(name)), "")
    return Event(at=step.entry.at, words=words, entry=step.entry.position, remark=remark)


def differences(change: dict[str, Any]) -> list[tuple[SafeString]]:
    return [
        (
            format_html(
                pgettext("history", "{} from <del>{}</del> to <b>{}</b>"),
                Activity._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                shown(name, change["from"].get(name)),
                shown(name, value),
            ),
        )
        for name, value in change["to"].items()
        if name in TOLD
    ]


def shown(name: str, value: Any) -> str:
    choices = {"state": Activity.State.choices, "answer": Activity.Answer.choices}.get(name)
    if choices:
        return str(dict(choices).get(value, value))
    return "—" if value in (None, "") else str(value)
