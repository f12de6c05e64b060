"""The form in which a pack is checked and installed: a file, or its text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.packs.loading import Loaded, load
from luoshi.packs.reading import LARGEST_FILE
from luoshi.packs.vocabulary import offered
from luoshi.page.forms import Form


class PackForm(Form):
    """A pack on its way in. An uploaded file takes the place of the text; the text then shows what the file says."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("A YAML file of at most 1 MB."))
    source = forms.CharField(
        label=pgettext_lazy("pack", "Text"),
        required=False,
        strip=False,
        max_length=LARGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload, text = cleaned.get("file"), cleaned.get("source") or ""
        if not upload and not text.strip():
            raise forms.ValidationError(_("Choose a file, or paste the text of a pack."))
        # Browsers send text with CRLF; a pack that is shown and sent back stays the same file.
        source = upload.read(LARGEST_FILE + 1) if upload else text.replace("\r\n", "\n").encode("utf-8", "replace")
        cleaned["loaded"] = load(source, offered())
        if upload:
            self.data = {**self.data.dict(), "source": source.decode("utf-8", "replace")}  # type: ignore[attr-defined]
        return cleaned

    @property
    def loaded(self) -> Loaded:
        found: Loaded = self.cleaned_data["loaded"]
        return found
