"""Forms of the campaigns room."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from luoshi.campaigns.models import Audience, Batch, Campaign, Kind, Notice, Occasion, Requirement, Workstream
from luoshi.page.forms import DayInput, Form
from luoshi.page.wording import day_words


class PublishForm(Form):
    """发布规定动作."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("Letters, digits and hyphens; never changes.")
    )
    required = forms.BooleanField(label=gettext_lazy("required action"), required=False, initial=True)
    batch = forms.ModelChoiceField(Batch.objects.none(), label=gettext_lazy("Batch"))
    workstream = forms.ModelChoiceField(Workstream.objects.none(), label=gettext_lazy("Workstream"))
    audience = forms.ModelChoiceField(Audience.objects.none(), label=gettext_lazy("Addressed to"))
    by = forms.DateField(
        label=gettext_lazy("Once, by"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Either a day, or how often it is due."),
    )
    rule = forms.ChoiceField(label=gettext_lazy("Or again and again"), required=False)
    shift = forms.ChoiceField(label=gettext_lazy("When that is a day off"), required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Fulfilled by a record of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    zero_report = forms.BooleanField(label=gettext_lazy("a zero report is allowed"), required=False)
    document = forms.CharField(label=gettext_lazy("Document"), max_length=200, required=False)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)

    notice = forms.ModelChoiceField(
        Notice.objects.none(),
        label=gettext_lazy("Asked for by the notice"),
        required=False,
        help_text=gettext_lazy("Where a notice asks for it: its page lists what it asks for."),
    )

    folded = ("notice", "document", "title_en")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].queryset = Notice.objects.filter(  # type: ignore[attr-defined]
            campaign=campaign, unit=campaign.unit
        ).order_by("-issued_at", "-pk")
        for name, model in (("batch", Batch), ("workstream", Workstream), ("audience", Audience)):
            rows = model._default_manager.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk")
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        kinds = Kind.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk")
        self.fields["kinds"].choices = [(kind.code, str(kind)) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["rule"].choices = [("", "—"), *rhythms()]  # type: ignore[attr-defined]
        self.fields["shift"].choices = [  # type: ignore[attr-defined]
            ("none", _("the day stays")),
            ("after", _("the next workday")),
            ("before", _("the workday before")),
        ]

    def clean_shift(self) -> str:
        return self.cleaned_data["shift"] or "none"


def rhythms() -> list[tuple[str, str]]:
    """The usual rhythms; a pack can have any other."""
    return [
        ("FREQ=WEEKLY;BYDAY=TH", _("every week, by Thursday")),
        ("FREQ=WEEKLY;BYDAY=FR", _("every week, by Friday")),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", _("every two weeks, by Friday")),
        ("FREQ=MONTHLY;BYMONTHDAY=15", _("every month, by the 15th")),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", _("every month, by its last day")),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", _("every quarter, by its last day")),
    ]


class WaiveForm(Form):
    """免报与延期."""

    no = forms.TypedChoiceField(label=gettext_lazy("Occasion"), coerce=int)
    until = forms.DateField(
        label=gettext_lazy("Extended until"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Empty: they need not do it at all."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, requirement: Requirement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        occasions = requirement.occasions.order_by("no")
        self.fields["no"].choices = [(each.no, occasion_words(each)) for each in occasions]  # type: ignore[attr-defined]


class TakeBackForm(Form):
    """收回免报与延期. offered: the occasions of which there is something to take back."""

    no = forms.TypedChoiceField(label=gettext_lazy("Occasion"), coerce=int)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, offered: Sequence[Occasion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["no"].choices = [(each.no, occasion_words(each)) for each in offered]  # type: ignore[attr-defined]


def occasion_words(occasion: Occasion) -> str:
    """第 12 期，11-23 周四到期."""
    number = pgettext("occasion", "no. %(number)d") % {"number": occasion.no}
    return _("%(occasion)s, due %(day)s") % {"occasion": number, "day": day_words(occasion.due_on)}


class NoticeForm(Form):
    """印发通知."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=100, required=False)
    audience = forms.ModelChoiceField(Audience.objects.none(), label=gettext_lazy("Addressed to"))
    sign_by = forms.DateField(
        label=gettext_lazy("To be signed for by"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Empty: for information, nobody signs."),
    )
    text = forms.CharField(
        label=pgettext_lazy("notice", "Text"),
        max_length=20_000,
        widget=forms.Textarea,
        help_text=gettext_lazy("No classified content."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Audience.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk")
        self.fields["audience"].queryset = rows  # type: ignore[attr-defined]


class CloseForm(Form):
    """关账."""

    until = forms.DateField(label=gettext_lazy("Closed up to and including"), widget=DayInput)
    note = forms.CharField(label=pgettext_lazy("field", "Note"), max_length=300, required=False)


class ZeroForm(Form):
    """零报告 — only the keys that a button sends; the statement is optional."""

    unit = forms.CharField(max_length=32, widget=forms.HiddenInput)
    requirement = forms.IntegerField(widget=forms.HiddenInput)
    no = forms.IntegerField(widget=forms.HiddenInput)
    statement = forms.CharField(max_length=500, required=False)
