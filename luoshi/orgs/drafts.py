"""草稿 — what somebody has typed so far, kept on the server as static/page/drafts.js asks for it.

A room writes `data-draft-url="{{ draft_url }}"` on its form, from `draft_url("person-new", unit.code)`, and calls `drop_draft` once
the form was taken. A page that fills its form itself asks `draft_of` and hands `fields_of(draft)` to it.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from luoshi.gate.errors import Refused
from luoshi.journal import clock
from luoshi.orgs.models import Draft, User
from luoshi.page.middleware import page_address

KEPT = timedelta(days=30)
MOST_BYTES = 100_000
MOST_DRAFTS = 50
LEFT_OUT = frozenset({"csrfmiddlewaretoken"})
LONGEST_NAME = Draft._meta.get_field("form").max_length or 0
LONGEST_TITLE = Draft._meta.get_field("title").max_length or 0
LONGEST_URL = Draft._meta.get_field("url").max_length or 0


class TooLarge(Refused):
    """More was typed than a draft may hold; the copy on the reader's device stands."""


def draft_name(form: str, record: str = "") -> str:
    """The name of a form's draft: one for each record that the form changes."""
    return f"{form}:{record}" if record else form


def draft_url(form: str, record: str = "", *, title: str = "", page: str = "") -> str:
    """Where the draft of a form is kept.

    title: how the workbench names it. page: where it is continued, unless that is the page on which the form stands.
    """
    address = reverse("orgs:draft", kwargs={"form": form} | ({"record": record} if record else {}))
    asked = {name: value for name, value in (("title", title), ("page", page)) if value}
    return f"{address}?{urlencode(asked)}" if asked else address


def drafts_of(user: object, *, at: datetime) -> QuerySet[Draft]:
    """Somebody's own drafts that are still kept, the newest first; none for whoever has no account."""
    if not isinstance(user, User):
        return Draft.objects.none()
    return Draft.objects.filter(user=user, saved_at__gt=at - KEPT).order_by("-saved_at")


def draft_of(user: object, form: str, record: str = "", *, at: datetime) -> Draft | None:
    return drafts_of(user, at=at).filter(form=draft_name(form, record)).first()


def fields_of(draft: Draft) -> QueryDict:
    """A draft as a form takes it."""
    data = QueryDict(mutable=True)
    for name, values in draft.data.get("fields", {}).items():
        data.setlist(name, values)
    return data


def keep_draft(user: User, name: str, typed: QueryDict, *, title: str, url: str, at: datetime) -> Draft:
    """Keep what was typed in place of what was kept before; raises Refused where it cannot be kept here."""
    fields = {
        _readable(key): [_readable(value) for value in typed.getlist(key)] for key in typed if key not in LEFT_OUT
    }
    if len(json.dumps(fields, ensure_ascii=False).encode()) > MOST_BYTES:
        raise TooLarge(_("This is too long for a draft. It is kept on this device only; save the form."))
    others = drafts_of(user, at=at).exclude(form=name)
    if others.count() >= MOST_DRAFTS:
        message = _("You have %(most)s drafts. Finish or discard one; until then this one is kept on this device only.")
        raise Refused(message % {"most": MOST_DRAFTS})
    values = {"title": title[:LONGEST_TITLE], "url": url, "data": {"fields": fields}, "saved_at": at}
    kept, _new = Draft.objects.update_or_create(user=user, form=name, defaults=values)
    return kept


def drop_draft(user: object, form: str, record: str = "") -> None:
    """The form was taken, or its draft discarded."""
    if isinstance(user, User):
        Draft.objects.filter(user=user, form=draft_name(form, record)).delete()


def forget_drafts(at: datetime) -> str:
    """Work of the clock: drafts older than a month go."""
    count, _by_model = Draft.objects.filter(saved_at__lte=clock.told(at) - KEPT).delete()
    return f"{count} drafts"


def page_of(request: HttpRequest) -> str:
    """The page on which the form is continued, as an address within the product."""
    address = request.GET.get("page") or page_address(request)
    within_house = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and len(address) <= LONGEST_URL
    return address if within_house else "/"


def _readable(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL keeps no NUL
