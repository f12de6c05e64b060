"""提示 — what somebody probably meant by a word that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

FEW = 15
SHORT = 3  # of three characters, two that agree are much


def with_hint(message: str, hint: str) -> str:
    """Two sentences, joined as the language joins them."""
    return _("{message} {hint}").format(message=message, hint=hint) if hint else message


def meant(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: its nearest known one, or all of them where they are few; Chinese for Chinese."""
    words = sorted(each for each in known if each.isascii() == word.isascii())
    near = get_close_matches(word, words, cutoff=0.6 if len(word) > SHORT else 0.5)
    if near:
        likely = next((each for each in near if each[0] == word[0]), near[0])
        return _("Did you mean “{word}”?").format(word=likely)
    if 0 < len(words) <= FEW:
        return _("Known: {words}.").format(words=", ".join(words))
    return ""
