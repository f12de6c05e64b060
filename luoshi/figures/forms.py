"""Forms of the figures room."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.figures.models import LARGEST_VALUE, Indicator
from luoshi.page.forms import Form


class DeclareForm(Form):
    """填报数 — a figure that another system counts."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), label=_("Figure"))
    value = forms.IntegerField(label=_("Value"), min_value=0, max_value=LARGEST_VALUE)
    as_of_on = forms.DateField(label=_("As of"))
    system = forms.CharField(label=_("Counted by"), max_length=100, help_text=_("The system or office that counts it."))
    document = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("Title and number of the document that it stands in.")
    )
    document_on = forms.DateField(label=_("Date of the document"))
    note = forms.CharField(label=pgettext_lazy("field", "Note"), max_length=500, required=False)

    folded = ("note",)


class CorrectForm(Form):
    """更正填报数."""

    value = forms.IntegerField(label=_("Corrected value"), min_value=0, max_value=LARGEST_VALUE)
    note = forms.CharField(label=_("Why it is corrected"), max_length=500)
