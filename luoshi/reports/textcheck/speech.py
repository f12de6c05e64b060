"""用语 — messages of the pure package: English here, in the reader's language where the product says how."""

from collections.abc import Callable, Mapping

_translate: Callable[[str], str] = str


def gettext_noop(message: str) -> str:
    """Marks a message for the room's catalogue (the extraction knows this name); Django is not imported here."""
    return message


def speak_with(translate: Callable[[str], str]) -> Callable[[str], str]:
    """The product hands over its gettext; without it messages are English. Returns what was used before."""
    global _translate
    before, _translate = _translate, translate
    return before


def spoken(message: str, params: Mapping[str, object]) -> str:
    """A marked message in the reader's language, filled in."""
    return _translate(message) % params
