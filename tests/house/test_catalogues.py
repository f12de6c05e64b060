"""Every sentence that a user can read is there in Chinese: in each room, complete, certain, and compiled."""

import gettext
import re
from ast import literal_eval
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from tests.house.tree import ROOT, name, rooms

LANGUAGE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METHODS = [("**/tests/**", "ignore"), ("**/migrations/**", "ignore"), ("**/vendor/**", "ignore"), ("**.py", "python")]
LITERAL = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*u?({LITERAL})(?:\s*,\s*u?({LITERAL}))?")


def catalogue_of(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def forms(text: object) -> tuple[str, ...]:
    """A msgid or its translation; where there is a plural, all its forms."""
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text or ""),)


Sentences = dict[tuple[str | None, tuple[str, ...]], tuple[str, ...]]


def sentences(catalogue: Catalog) -> Sentences:
    """(context, msgid) → translation."""
    said: Sentences = {}
    for message in catalogue:
        context = message.context
        if isinstance(context, bytes):  # Babel leaves it undecoded when it reads a .mo file
            context = context.decode()
        if message.id:
            said[context, forms(message.id)] = forms(message.string)
    return said


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


CATALOGUES = [path for room in rooms() if (path := catalogue_of(room)).exists()]


@cache
def said_in(room: Path) -> frozenset[tuple[str | None, str]]:
    """(context, msgid) of every marked sentence of the room."""
    found = extract_from_dir(str(room), METHODS, keywords=KEYWORDS, strip_comment_tags=False)
    in_python = {
        (context, message if isinstance(message, str) else message[0])
        for _file, _line, message, _notes, context in found
    }
    return frozenset(in_python.union(*map(said_on, room.glob("**/templates/**/*.html"))))


def said_on(template: Path) -> set[tuple[str | None, str]]:
    """(context, msgid) of a template, from the same translation into Python calls that makemessages uses."""
    found = set()
    for function, first, second in IN_TEMPLATE.findall(templatize(template.read_text(encoding="utf-8"), str(template))):
        with_context = "pgettext" in function
        message = literal_eval(second if with_context else first)
        found.add((literal_eval(first) if with_context else None, message))
    return found


@pytest.mark.parametrize("room", [room for room in rooms() if said_in(room)], ids=lambda room: room.name)
def test_every_marked_sentence_is_in_the_rooms_catalogue(room):
    path = catalogue_of(room)
    assert path.exists(), f"{name(room)} speaks but has no catalogue: make messages"
    catalogue = read(path)
    known = {(message.context, message.id if isinstance(message.id, str) else message.id[0]) for message in catalogue}
    assert not sorted(said_in(room) - known, key=str)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_no_sentence_is_untranslated_or_uncertain(path):
    lacking = [message.id for message in read(path) if message.id and (message.fuzzy or not all(forms(message.string)))]
    assert not lacking


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_translations_keep_their_placeholders(path):
    flaws = [(message.id, str(error)) for message in read(path) for error in message.check()]
    assert not flaws


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_the_compiled_catalogue_is_the_one_in_the_source(path):
    compiled = path.with_suffix(".mo")
    assert compiled.exists(), "make messages"
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file)
    with compiled.open("rb") as file:
        shipped = sentences(read_mo(file))
    assert shipped == sentences(read(path)), f"make messages: {path.relative_to(ROOT)}"


def test_a_sentence_has_one_translation_in_all_rooms():
    """Django merges the rooms' catalogues into one: of two translations of the same msgid one would be lost."""
    said: dict[object, dict[str, tuple[str, ...]]] = {}
    for path in CATALOGUES:
        for key, chinese in sentences(read(path)).items():
            said.setdefault(key, {})[path.parts[-5]] = chinese
    assert not {key: rooms for key, rooms in said.items() if len(set(rooms.values())) > 1}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_no_other_catalogue_speaks_over_the_rooms_own(path):
    """All catalogues become one: a word that a library translates too needs a context (pgettext)."""
    with translation.override("zh-hans"):
        spoken_over = [
            (context, said_here[0], said)
            for (context, said_here), (ours, *_plurals) in sentences(read(path)).items()
            if (said := _said(context, said_here)) != ours
        ]
    assert not spoken_over


def _said(context: str | None, words: tuple[str, ...]) -> str:
    match words:
        case (one, many):
            return translation.npgettext(context, one, many, 1) if context else translation.ngettext(one, many, 1)
        case (one, *_rest):
            return translation.pgettext(context, one) if context else translation.gettext(one)
    return ""
