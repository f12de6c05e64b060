"""提示 — what somebody probably meant by a word that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

FEW = 15


def with_hint(message: str, hint: str) -> str:
    """Two sentences, joined as the language joins them."""
    return _("{message} {hint}").format(message=message, hint=hint) if hint else message


def meant(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: its nearest known one, or all of them where they are few."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return _("Did you mean “{word}”?").format(word=near[0])
    if 0 < len(words) <= FEW:
        return _("Known: {words}.").format(words=", ".join(words))
    return ""
