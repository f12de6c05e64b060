"""草稿 — what somebody has typed so far in the form of an activity. One for a new activity, one for each correction."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from luoshi.orgs.models import Draft

MOST_CHARACTERS = 50_000
LEFT_OUT = frozenset({"csrfmiddlewaretoken", "act"})


def form_name(activity: str) -> str:
    """activity: the key of the activity that is corrected, "" for a new one."""
    return f"activities.correct:{activity}" if activity else "activities.record"


def draft_of(user: Any, activity: str) -> Draft | None:
    return Draft.objects.filter(user=user, form=form_name(activity)).first()


def drop_draft(user: Any, activity: str) -> None:
    Draft.objects.filter(user=user, form=form_name(activity)).delete()


def keep_draft(user: Any, activity: str, typed: QueryDict, *, at: datetime) -> Draft | None:
    """Keep what was typed; None when it is more than any form holds."""
    fields = {name: typed.getlist(name) for name in typed if name not in LEFT_OUT}
    if sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        return None
    if activity:
        url = reverse("activities:correct", args=[activity])
    else:
        url = reverse("activities:record") + "?draft=1"
    title = typed.get("title", "").strip()[:120] or _("an activity")
    kept, _new = Draft.objects.update_or_create(
        user=user,
        form=form_name(activity),
        defaults={"title": title, "url": url, "data": {"fields": fields}, "saved_at": at},
    )
    return kept


def fields_of(draft: Draft) -> QueryDict:
    """A draft as a form takes it."""
    data = QueryDict(mutable=True)
    for name, values in draft.data.get("fields", {}).items():
        data.setlist(name, values)
    return data
