"""日志 — the journal's entries as far as the reader may see them, its checkpoints, and its public key."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.policy import EVERYWHERE, may, spans
from luoshi.gate.rules import RULES
from luoshi.gate.scope import within
from luoshi.journal import log
from luoshi.journal.models import Checkpoint, Entry
from luoshi.orgs.models import Unit, User
from luoshi.page.frame import NavItem
from luoshi.sheets.columns import Choice, Code, Number, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange, TextFilter
from luoshi.sheets.table import Show, Table
from luoshi.sheets.views import list_page

CHECKPOINTS_SHOWN = 20


def actions() -> list[tuple[str, object]]:
    return [(code, rule.title) for code, rule in RULES.items() if not rule.reads]


ENTRIES = Table(
    "journal",
    title=gettext_lazy("Journal"),
    columns=[
        Show(Number("position", gettext_lazy("Entry")), sort="position", link=lambda row: f"/journal/{row.pk}/"),
        Show(Text("at", gettext_lazy("At")), sort="position", template="site/journal_at.html"),
        Show(Choice("action", gettext_lazy("Action"), choices=actions()), sort="action", css="ls-name"),
        Show(Code("subject", gettext_lazy("Record"))),
        Show(Code("actor", gettext_lazy("By, as pseudonym"))),
    ],
    filters=[
        ChoiceFilter("action", gettext_lazy("Action"), choices=actions),
        DayRange("at", gettext_lazy("Day"), lookup="at__date"),
        TextFilter("subject", gettext_lazy("Record")),
    ],
    order="-position",
    per=50,
    empty=gettext_lazy("Nothing was written here yet."),
)


def entries(request: ScopedRequest) -> QuerySet[Entry]:
    """The entries of units in sight; all of them for whoever sees the whole journal, entries without a unit too."""
    pieces = spans(request.actor, "journal.see")
    if not pieces:
        raise PermissionDenied(_("The journal is not open to you."))
    if EVERYWHERE in pieces:
        return Entry.objects.all()
    units = Unit.objects.filter(within(request.actor, "journal.see", ""), pk=OuterRef("unit"))
    found: QuerySet[Entry] = Entry.objects.filter(Q(Exists(units)) | Q(actor=request.actor.pseudonym))
    return found


def index(request: ScopedRequest) -> HttpResponseBase:
    """Entries with filters; beside them the newest checkpoints."""
    rows = entries(request)
    checkpoints = Checkpoint.objects.order_by("-number")[:CHECKPOINTS_SHOWN]
    context = {
        "checkpoints": checkpoints,
        "vkey": log.signer().key.vkey,
        "head": log.head(),
        "may_verify": may(request.actor, "journal.checkpoint"),
    }
    return list_page(request, ENTRIES, rows, template="site/journal.html", context=context)


def entry(request: ScopedRequest, position: int) -> HttpResponse:
    """One entry: what was hashed into the log, word for word. It holds no business values."""
    found = get_object_or_404(entries(request), pk=position)
    covering = Checkpoint.objects.filter(size__gte=position).order_by("size").first()
    user = User.objects.filter(pseudonym=found.actor).first()
    context = {
        "entry": found,
        "title": RULES[found.action].title if found.action in RULES else found.action,
        "by": user.name if user is not None and _sees_names(request) else found.actor,
        "unit": Unit.objects.filter(pk=found.unit).first(),
        "covering": covering,
        "leaf": bytes(found.leaf).hex(),
        "trail": [NavItem(label=_("Journal"), url="/journal/"), NavItem(label=f"{position:,}", url="")],
    }
    return render(request, "site/journal_entry.html", context)


def _sees_names(request: ScopedRequest) -> bool:
    return may(request.actor, "person.see") or may(request.actor, "user.see")


def proof(request: ScopedRequest, position: int) -> HttpResponse:
    """That the entry is under the newest checkpoint, as a .tlog-proof file."""
    found = get_object_or_404(entries(request), pk=position)
    last = log.last_checkpoint()
    if last is None or last.size < found.pk:
        raise Http404(_("No checkpoint covers this entry yet; one is signed every hour."))
    return _text(log.prove(found.pk, last), f"entry-{position}.tlog-proof")


def checkpoint(request: ScopedRequest, number: int) -> HttpResponse:
    """The signed note of a checkpoint, to be kept outside."""
    if not may(request.actor, "journal.see"):
        raise PermissionDenied(_("The journal is not open to you."))
    found = get_object_or_404(Checkpoint, pk=number)
    return _text(found.note, f"checkpoint-{number}.txt")


def _text(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type="text/plain; charset=utf-8", headers=headers)
