"""Forms of the text check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luoshi.figures.models import Indicator
from luoshi.orgs.models import Unit
from luoshi.page.forms import Form

LONGEST_PASTE = 10_000_000  # characters; a longer text is a mistake, and the reading is linear up to here


class CheckForm(Form):
    """A finished text: pasted, or as a file."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Paste the text here, or choose a file below. Nothing of it is stored."),
    )
    file = forms.FileField(label=_("File (.docx or .txt)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("text") or "").strip() and not data.get("file"):
            raise forms.ValidationError(_("Paste a text or choose a file."))
        return data


class RememberForm(Form):
    """What a phrase means in this unit's texts."""

    phrase = forms.CharField(max_length=120, widget=forms.HiddenInput)
    indicator = forms.ModelChoiceField(Indicator.objects.none(), required=False, label=_("Indicator"))
    subject = forms.ModelChoiceField(Unit.objects.none(), required=False, to_field_name="code", label=_("Unit"))
