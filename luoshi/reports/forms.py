"""Forms of the reports room."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.orgs.models import Unit
from luoshi.page.forms import DayInput, Form, SwitchInput
from luoshi.reports.outline import Quote
from luoshi.reports.own_template import LARGEST_FILE

OWN = "own"


class GenerateForm(Form):
    """生成报告."""

    template = forms.ChoiceField(label=_("Template"))
    file = forms.FileField(
        label=_("File of your own"),
        required=False,
        max_length=200,
        help_text=_(
            "A Word file (.docx) or text (.txt) that quotes figures; the guide says how. No classified content."
        ),
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Left empty, the template's own.")
    )
    addressee = forms.CharField(
        label=_("To whom it goes"),
        max_length=100,
        required=False,
        help_text=_("Left empty, the template's own, or none."),
    )
    signed_by = forms.CharField(
        label=_("Signed as"), max_length=100, required=False, help_text=_("Left empty, the name of the unit.")
    )
    closing_of = forms.DateField(
        label=_("Figures as of"),
        required=False,
        widget=DayInput,
        help_text=_("Empty: this moment. A day: what the ledger said at its end."),
    )
    language = forms.ChoiceField(
        label=pgettext_lazy("report", "Language"),
        choices=[("zh-hans", "中文"), ("en", "English")],
        widget=SwitchInput,
        initial="zh-hans",
    )
    covers = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("Compile the units below"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One document with a part for each of them."),
    )
    drop_unknown = forms.BooleanField(label=_("Leave out sentences with a figure that is not known"), required=False)

    folded = ("addressee", "signed_by", "file", "covers", "drop_unknown")

    def __init__(self, *args: Any, offered: Mapping[str, str], below: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*offered.items(), (OWN, _("a file of your own"))]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]
        self.fields["covers"].queryset = below  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".docx,.txt"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if cleaned.get("template") == OWN and file is None:
            self.add_error("file", _("Choose the file."))
        if file is not None and (file.size or 0) > LARGEST_FILE:
            self.add_error("file", _("The file is larger than %(most)d MB.") % {"most": LARGEST_FILE // 2**20})
        return cleaned

    @property
    def asked(self) -> dict[str, Any]:
        """What `generate_report` takes."""
        cleaned = self.cleaned_data
        own = cleaned["template"] == OWN
        file = cleaned["file"] if own else None
        return {
            "template": file.name if file else cleaned["template"],
            "file": file.read() if file else b"",
            "addressee": cleaned["addressee"],
            "signed_by": cleaned["signed_by"],
            "title": cleaned["title"] or (file.name.rpartition(".")[0] if file else ""),
            "closing_of": cleaned["closing_of"],
            "language": cleaned["language"],
            "covers": list(cleaned["covers"]),
            "drop_unknown": cleaned["drop_unknown"],
        }


class IssueForm(Form):
    """签发."""


class DiscardForm(Form):
    """作废."""

    reason = forms.CharField(label=_("Why it is discarded"), max_length=200)


class CorrectForm(Form):
    """更正说明."""

    quote = forms.TypedChoiceField(label=_("Figure"), coerce=int)
    now = forms.CharField(label=_("Corrected to"), max_length=40)
    reason = forms.CharField(label=_("Why it changed"), max_length=500)

    def __init__(self, *args: Any, quotes: tuple[Quote, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.n, f"[{each.n}] {each.title} {each.whose}: {each.printed}") for each in quotes]
        self.fields["quote"].choices = choices  # type: ignore[attr-defined]
