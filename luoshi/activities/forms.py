"""Recording an activity in under a minute: unit, date and roster are filled in, the rest is one line and what was different."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Self

from django import forms
from django.forms.utils import ErrorDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from luoshi.activities.files import ACCEPT
from luoshi.activities.models import MOST_OTHERS, Activity, Attendance
from luoshi.activities.operations import Held
from luoshi.activities.queries import (
    Meets,
    agenda_choices,
    agenda_titles,
    earlier_open,
    kinds_for,
    possible_hosts,
    would_meet,
)
from luoshi.activities.roster import Expected, roster
from luoshi.campaigns.models import Campaign, Kind, Topic, in_language
from luoshi.gate.errors import Refused
from luoshi.lib.text import marking
from luoshi.orgs.models import Person, Unit
from luoshi.page.forms import DayInput, Form, RosterField, SwitchInput, differs
from luoshi.page.wording import short_day

REASONS = [(value, label) for value, label in Attendance.Absence.choices if value]
SHOWN_KINDS = 4
EARLIEST = date(2000, 1, 1)


class KindInput(SwitchInput):
    """The first kinds side by side, among them what the unit owes; the others in a fold below."""

    template_name = "activities/kinds.html"

    shown_first = SHOWN_KINDS

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _group, group, _index in context["widget"]["optgroups"] for option in group]
        first = options[: self.shown_first]
        chosen = next((option for option in options if option["selected"]), None)
        if chosen is not None and chosen not in first:
            first = [*first[:-1], chosen]
        context["widget"] |= {"first": first, "rest": [option for option in options if option not in first]}
        return context


def unmarked(text: str) -> None:
    """A validator: no classified content."""
    if (mark := marking(text)) is not None:
        raise forms.ValidationError(
            _("The text bears the mark “%(mark)s”. Classified content must not be entered here; take it out."),
            params={"mark": mark},
        )


class Asking(Form):
    """A form whose choices follow from what was asked for; that is read leniently, before anything is validated."""

    today: date

    def asked(self, name: str) -> str:
        value = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
        return str(value or "")

    def asked_day(self) -> date:
        try:
            asked = date.fromisoformat(self.asked("held_on")[:10])
        except ValueError:
            return self.today
        return asked if EARLIEST <= asked <= self.today else self.today

    def unjudged(self) -> Self:
        """The same with what was typed, and without a word about what is still missing."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self

    def clean_held_on(self) -> date:
        held_on: date = self.cleaned_data["held_on"]
        if held_on > self.today:
            raise forms.ValidationError(
                _("%(day)s lies in the future. Record the activity once it was held."), params={"day": held_on}
            )
        return held_on


class HeldForm(Asking):
    """What was held, as the unit says it. Its roster, topics and duty line follow unit, kind and date.

    Unit, kind and day are read leniently before validation, so that the page can show the roster they ask for:
    `held_by`, `chosen_kind`, `day`.
    """

    kind = forms.ModelChoiceField(
        Kind.objects.none(), label=gettext_lazy("kind"), to_field_name="code", empty_label=None, widget=KindInput
    )
    held_on = forms.DateField(label=pgettext_lazy("of an activity", "date"), widget=DayInput)
    title = forms.CharField(label=gettext_lazy("subject"), max_length=200, validators=[unmarked])
    makes_up = forms.ChoiceField(
        label=gettext_lazy("an earlier occasion is still open"), required=False, widget=forms.RadioSelect
    )
    absent = RosterField(label=gettext_lazy("attendance"), reasons=REASONS)
    no_roster = forms.BooleanField(label=gettext_lazy("No attendance was taken"), required=False)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(),
        label=gettext_lazy("topics covered"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    agenda = forms.MultipleChoiceField(
        label=gettext_lazy("agenda"), required=False, widget=forms.CheckboxSelectMultiple
    )
    host = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("chaired by"), required=False)
    venue = forms.CharField(label=gettext_lazy("venue"), max_length=100, required=False, validators=[unmarked])
    others = forms.IntegerField(
        label=gettext_lazy("others present"),
        help_text=gettext_lazy("Persons who are on no roster of yours."),
        min_value=0,
        max_value=MOST_OTHERS,
        required=False,
    )
    summary = forms.CharField(
        label=gettext_lazy("minutes"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[unmarked],
    )

    # Which field a campaign's word for what it needs (Kind.needs) stands for.
    NEEDED = {name: name for name in ("venue", "host", "summary", "agenda", "topics", "others")}
    OPTIONAL = ("agenda", "host", "venue", "others", "summary")

    def __init__(
        self,
        data: Any = None,
        *,
        campaign: Campaign,
        units: Sequence[Unit],
        today: date,
        known_host: Person | None = None,
        ref: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.campaign, self.units, self.today, self.ref = campaign, units, today, ref
        self.held_by = self._asked_unit()
        self.day = self.asked_day()
        self.kinds = kinds_for(campaign, self.held_by, on=self.day)
        if not self.kinds:
            raise Refused(_("This campaign has no kinds of activity yet."))
        self.chosen_kind = next((kind for kind in self.kinds if kind.code == self.asked("kind")), self.kinds[0])
        self.initial.setdefault("kind", self.chosen_kind.code)
        offer_kinds(self, self.kinds)
        self._call_roster()
        offer_topics(self, campaign)
        offer_agenda(self, self.chosen_kind)
        self._offer_making_up()
        hosts = possible_hosts(self.held_by, on=self.day)
        if known_host is not None:
            hosts = (hosts | Person.objects.filter(pk=known_host.pk)).distinct()
        self._field("host").queryset = hosts
        for name in self.needed:
            self.fields[name].required = True
        self._ask_again()

    def _asked_unit(self) -> Unit:
        code = self.asked("unit")
        return next((unit for unit in self.units if unit.code == code), self.units[0])

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @cached_property
    def expected(self) -> list[Expected]:
        return roster(self.held_by, self.chosen_kind.roster, on=self.day)

    @property
    def has_roster(self) -> bool:
        return self.chosen_kind.roster != Kind.Roster.NONE

    def _call_roster(self) -> None:
        if not self.has_roster:
            del self.fields["absent"], self.fields["no_roster"]
            return
        note = _("roster of %(day)s, %(count)d persons") % {"day": short_day(self.day), "count": len(self.expected)}
        self._field("absent").call([(each.person, each.name or _("(erased)")) for each in self.expected], note=note)

    def _offer_making_up(self) -> None:
        chosen = str(self.initial.get("makes_up") or "") if self.ref else ""
        earlier = earlier_open(self.campaign, self.held_by, self.chosen_kind, on=self.day, chosen=chosen)
        self.earlier = {code for _title, _due_on, code in earlier}
        if not earlier:
            del self.fields["makes_up"]
            return
        offered = [
            (code, _("makes up for “%(title)s”, due %(day)s") % {"title": title, "day": due_on})
            for title, due_on, code in earlier
        ]
        self._field("makes_up").choices = [("", _("no, it counts for its own day")), *offered]

    def _ask_again(self) -> None:
        """What the roster, the topics and the duty line follow: when it changes, the server is asked for them anew."""
        for name in ("unit", "kind", "held_on", "makes_up", "topics"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"hx-post": self.roster_url}

    @property
    def roster_url(self) -> str:
        query = f"?activity={self.ref.rpartition(':')[2]}" if self.ref else ""
        return reverse("activities:roster") + query

    # How the page shows it.

    @property
    def needed(self) -> list[str]:
        names = [self.NEEDED[need] for need in self.chosen_kind.needs if need in self.NEEDED]
        return [name for name in names if name in self.fields]

    @cached_property
    def folded(self) -> Sequence[str]:  # type: ignore[override]
        return [name for name in (*self.OPTIONAL, "no_roster") if name in self.fields and name not in self.needed]

    @cached_property
    def needed_fields(self) -> list[Any]:
        return [self[name] for name in self.needed if name != "topics"]

    @property
    def kind_hint(self) -> str:
        return in_language(self.chosen_kind.hint, self.chosen_kind.hint_en)

    @property
    def topics_chosen(self) -> int:
        return len(self["topics"].value() or ()) if "topics" in self.fields else 0

    @property
    def signature(self) -> str:
        """Which roster the page shows; sent back, so that nobody is taken as present unseen."""
        return f"{self.held_by.code}|{self.chosen_kind.code}|{self.day.isoformat()}"

    @property
    def opened(self) -> bool:
        """Unit and date are unfolded: there is something to correct in them."""
        return any(name in self.errors for name in ("unit", "held_on")) if self.is_bound else False

    @cached_property
    def meets(self) -> list[Meets]:
        makes_up = self.asked("makes_up")
        return would_meet(
            self.campaign,
            self.held_by,
            self.chosen_kind,
            on=self.day,
            makes_up=makes_up if makes_up in self.earlier else "",
            ref=self.ref,
        )

    # What comes out of it.

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        called = self.data.get(self.add_prefix("called"), self.signature)
        if "absent" in self.fields and called != self.signature and not self.errors:
            self.add_error(
                "absent", _("Unit, kind or date were changed. This is the roster now: look at it and save again.")
            )
        return cleaned

    @property
    def held(self) -> Held:
        """What the operations take."""
        said = self.cleaned_data
        kept = self.has_roster and not said.get("no_roster")
        return Held(
            kind=said["kind"],
            held_on=said["held_on"],
            title=said["title"],
            venue=said["venue"],
            host=said["host"],
            summary=said["summary"],
            agenda=said.get("agenda") or (),
            topics=list(said.get("topics", ())),
            absent={int(person): reason for person, reason in said.get("absent", {}).items()} if kept else {},
            others=said["others"] or 0,
            roster_kept=kept,
            makes_up=said.get("makes_up", ""),
        )


class RecordForm(HeldForm):
    """记录 — a new activity of one of the units for which the actor records."""

    unit = forms.ChoiceField(label=gettext_lazy("unit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._field("unit").choices = [(unit.code, unit.name) for unit in self.units]
        self.initial.setdefault("unit", self.held_by.code)
        self.initial.setdefault("held_on", self.today)


class CorrectForm(HeldForm):
    """更正 — the same fields, filled with what the record says."""

    reason = forms.CharField(
        label=gettext_lazy("why it is corrected"), max_length=500, required=False, validators=[unmarked]
    )

    def __init__(self, data: Any = None, *, activity: Activity, today: date, **kwargs: Any) -> None:
        self.activity = activity
        super().__init__(
            data,
            campaign=activity.campaign,
            units=[activity.unit],
            today=today,
            known_host=activity.host,
            ref=activity.ref,
            initial=initial_of(activity),
            version=activity.version,
            **kwargs,
        )

    def _compare(self, current: Any) -> None:
        super()._compare(current)
        names = {each.person: each.name for each in self.expected}
        now = initial_of(current)
        told = {
            "absent": "、".join(names.get(int(person), "—") for person in now["absent"]) or _("nobody was absent"),
            "topics": "、".join(str(topic) for topic in Topic.objects.filter(coverage__activity=current)),
            "agenda": "、".join(agenda_titles(current.kind, current.agenda, get_language() or "")),
        }
        typed = {
            "absent": self.cleaned_data.get("absent"),
            "topics": [topic.code for topic in self.cleaned_data.get("topics", ())],
            "agenda": self.cleaned_data.get("agenda"),
        }
        for name, words in told.items():
            if name in self.fields:
                bound: Any = self[name]
                bound.meanwhile = (words or "—") if differs(now[name], typed[name]) else None


def initial_of(activity: Activity) -> dict[str, Any]:
    """What the record says, as the form's fields take it."""
    absences = activity.attendance.exclude(absence="").values_list("person", "absence")
    return {
        "kind": activity.kind.code,
        "held_on": activity.held_on,
        "title": activity.title,
        "makes_up": activity.makes_up,
        "absent": {str(person): reason for person, reason in absences},
        "no_roster": not activity.attendance.exists(),
        "topics": list(activity.coverage.order_by("topic__order", "topic").values_list("topic__code", flat=True)),
        "agenda": list(activity.agenda),
        "host": activity.host_id,
        "venue": activity.venue,
        "others": activity.others or None,
        "summary": activity.summary,
    }


class ReasonForm(Form):
    """One sentence why: for withdrawing, returning, objecting, removing a file."""

    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), validators=[unmarked]
    )


class FileForm(Form):
    """加附件 — one file."""

    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "PDF, JPEG, PNG, Word or Excel, up to 10 MB. No classified content. Photos are stored without place and device."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        max_length=255,
    )


class ManyForm(Asking):
    """多支部记录 — what was the same in all branches: kind, day, subject, topics."""

    folded = ("agenda", "venue", "summary")

    kind = forms.ModelChoiceField(
        Kind.objects.none(), label=gettext_lazy("kind"), to_field_name="code", empty_label=None, widget=KindInput
    )
    held_on = forms.DateField(label=pgettext_lazy("of an activity", "date"), widget=DayInput)
    title = forms.CharField(label=gettext_lazy("subject"), max_length=200, validators=[unmarked])
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(),
        label=gettext_lazy("topics covered"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    agenda = forms.MultipleChoiceField(
        label=gettext_lazy("agenda"), required=False, widget=forms.CheckboxSelectMultiple
    )
    venue = forms.CharField(label=gettext_lazy("venue"), max_length=100, required=False, validators=[unmarked])
    summary = forms.CharField(
        label=gettext_lazy("minutes"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[unmarked],
    )

    def __init__(self, data: Any = None, *, campaign: Campaign, unit: Unit, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.campaign, self.today, self.day = campaign, today, today
        self.day = self.asked_day()
        self.kinds = kinds_for(campaign, unit, on=self.day)
        if not self.kinds:
            raise Refused(_("This campaign has no kinds of activity yet."))
        self.chosen_kind = next((kind for kind in self.kinds if kind.code == self.asked("kind")), self.kinds[0])
        self.initial.update(kind=self.chosen_kind.code, held_on=today)
        offer_kinds(self, self.kinds)
        offer_topics(self, campaign)
        offer_agenda(self, self.chosen_kind)
        for name in ("kind", "held_on"):
            self.fields[name].widget.attrs |= {"hx-post": reverse("activities:many") + "?refresh=1"}

    @property
    def signature(self) -> str:
        return f"{self.chosen_kind.code}|{self.day.isoformat()}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get("called", self.signature) != self.signature and not self.errors:
            self.add_error(
                None, _("Kind or date were changed. These are the rosters now: look at them and save again.")
            )
        return cleaned


class RowForm(Form):
    """One branch of the page for several: was it held there, under which subject, who was absent."""

    wanted = forms.BooleanField(label=gettext_lazy("held here"), required=False, initial=True)
    title = forms.CharField(
        label=gettext_lazy("another subject"), max_length=200, required=False, validators=[unmarked]
    )
    host = forms.ChoiceField(label=gettext_lazy("chaired by"), required=False)
    others = forms.IntegerField(
        label=gettext_lazy("others present"), min_value=0, max_value=MOST_OTHERS, required=False
    )
    absent = RosterField(label=gettext_lazy("attendance"), reasons=REASONS)

    def __init__(
        self,
        data: Any = None,
        *,
        unit: Unit,
        expected: Sequence[Expected],
        hosts: Sequence[Expected],
        common: ManyForm,
    ) -> None:
        super().__init__(data, prefix=f"unit-{unit.pk}")
        self.common, self.expected = common, expected
        people = [(each.person, each.name or _("(erased)")) for each in expected]
        roster_field: Any = self.fields["absent"]
        roster_field.call(people)
        host_field: Any = self.fields["host"]
        host_field.choices = [("", "—"), *((each.person, each.name) for each in hosts if each.name)]
        self.has_roster = common.chosen_kind.roster != Kind.Roster.NONE
        if not self.has_roster:
            del self.fields["absent"]

    @property
    def is_open(self) -> bool:
        """Something in the row was typed, and is to be seen again."""
        return any(self[name].value() for name in ("absent", "title", "host", "others") if name in self.fields)

    @property
    def is_wanted(self) -> bool:
        return bool(self["wanted"].value())

    @property
    def done_name(self) -> str:
        return self.add_prefix("done")

    @property
    def done_before(self) -> int | None:
        """The key of the activity that this row became when the page was sent before."""
        sent = self.data.get(self.done_name, "") if self.is_bound else ""
        return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 18 else None

    @property
    def held(self) -> Held:
        same, own = self.common.cleaned_data, self.cleaned_data
        host = own.get("host")
        return Held(
            kind=same["kind"],
            held_on=same["held_on"],
            title=own["title"] or same["title"],
            venue=same["venue"],
            host=Person.objects.get(pk=host) if host else None,
            summary=same["summary"],
            agenda=same.get("agenda") or (),
            topics=list(same.get("topics", ())),
            absent={int(person): reason for person, reason in own.get("absent", {}).items()},
            others=own["others"] or 0,
            roster_kept=self.has_roster,
        )

    def unjudged(self) -> Self:
        self._errors, self.cleaned_data = ErrorDict(), {}
        return self


def offer_kinds(form: Form, kinds: Sequence[Kind]) -> None:
    field: Any = form.fields["kind"]
    field.queryset = Kind.objects.filter(pk__in=[kind.pk for kind in kinds])
    field.widget.choices = [(kind.code, str(kind)) for kind in kinds]


def offer_topics(form: Form, campaign: Campaign) -> None:
    topics = Topic.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk")
    if topics.exists():
        field: Any = form.fields["topics"]
        field.queryset = topics.select_related("campaign")
    else:
        del form.fields["topics"]


def offer_agenda(form: Form, kind: Kind) -> None:
    items = agenda_choices(kind, get_language() or "")
    if items:
        field: Any = form.fields["agenda"]
        field.choices = items
    else:
        del form.fields["agenda"]


def prefilled(asked: Mapping[str, str], *, unit: Unit, campaign: Campaign) -> dict[str, Any]:
    """What a link from the workbench fills in: ?kind=, ?occasion=code#number (its kind follows from the requirement)."""
    initial: dict[str, Any] = {"unit": unit.code}
    if kind := asked.get("kind"):
        initial["kind"] = kind
    occasion = asked.get("occasion", "")
    if occasion:
        initial["makes_up"] = occasion
        code = occasion.partition("#")[0]
        kinds = campaign.requirements.filter(code=code).values_list("kinds", flat=True).first()
        if kinds and "kind" not in initial:
            initial["kind"] = kinds[0]
    return initial
