"""History in words: who (of which unit) did what, from A to B — for any ledgered record, from the Changes of the journal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.gate.ledgered import Ledgered, model_of
from luoshi.gate.rules import RULES
from luoshi.gate.verify import part_models
from luoshi.journal.history import Step, history
from luoshi.journal.models import Entry

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Name:
    """Whom a pseudonym stands for: a name, and the unit where that account belongs."""

    name: str
    unit: str = ""

    def __str__(self) -> str:
        return _("%(name)s (%(unit)s)") % {"name": self.name, "unit": self.unit} if self.unit else self.name


# What a room above offers: pseudonym → Name; one that is left out is shown as somebody unknown.
Names = Callable[[Iterable[str]], Mapping[str, Name]]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history, in the shape of page/parts/history.html."""

    at: datetime
    words: SafeString
    entry: int
    url: str = ""
    remark: str = ""


def events(
    *refs: str, names: Names, link: Callable[[Entry], str] | None = None, most: int | None = None
) -> list[Event]:
    """What the journal says of one record, or of several that belong together, newest first; one event an entry."""
    steps = history(*refs)
    entries = [list(each) for _position, each in groupby(steps, key=lambda step: step.entry.position)][:most]
    shown = [step for each in entries for step in each]
    who = names({step.entry.actor for step in shown} | {step.erased.actor for step in shown if step.erased})
    told = Telling(shown)
    return [_event(each, who, told, link) for each in entries]


def _event(
    steps: Sequence[Step], who: Mapping[str, Name], told: "Telling", link: Callable[[Entry], str] | None
) -> Event:
    entry = steps[0].entry
    erased = next((step.erased for step in steps if step.erased), None)
    parts = [words for step in reversed(steps) if step.change is not None and (words := told.words(step))]
    said = format_html("{}", format_html_join(pgettext("between changes", "; "), "{}", ((words,) for words in parts)))
    if erased is not None and erased.position != entry.position:
        said = format_html("{}", _erased_words(erased, who))
    title = RULES[entry.action].title if entry.action in RULES else entry.action
    actor = _who(entry.actor, who)
    line = _line(actor, str(title), said)
    return Event(at=entry.at, words=line, entry=entry.position, url=link(entry) if link else "")


def _line(actor: str, title: str, said: SafeString) -> SafeString:
    if not said:
        return format_html("{} · {}", actor, title)
    return format_html(pgettext("history", "{who} · {act}: {words}"), who=actor, act=title, words=said)


def _who(pseudonym: str, who: Mapping[str, Name]) -> str:
    return str(who[pseudonym]) if pseudonym in who else _("somebody unknown")


def _erased_words(erased: Entry, who: Mapping[str, Name]) -> str:
    on = timezone.localtime(erased.at).date().isoformat()
    return _("erased on %(day)s by %(who)s") % {"day": on, "who": _who(erased.actor, who)}


class Telling:
    """Turns Changes into words; fetches what they refer to with one query a model."""

    def __init__(self, steps: Sequence[Step]) -> None:
        wanted: dict[type[models.Model], set[int]] = {}
        for step in steps:
            model = _model(step)
            for values in ((step.change or {}).get("from", {}), (step.change or {}).get("to", {})):
                for name, value in values.items():
                    field = _field(model, name)
                    if isinstance(field, models.ForeignKey) and isinstance(value, int):
                        wanted.setdefault(field.related_model, set()).add(value)
        self.named = {
            (model, row.pk): str(row)
            for model, keys in wanted.items()
            for row in model._base_manager.filter(pk__in=keys)
        }

    def words(self, step: Step) -> SafeString:
        change, model = step.change or {}, _model(step)
        if model is None:
            return format_html("")
        said = [format_html("{}", model.events[change["event"]])] if change.get("event") in model.events else []
        corrected = step.entry.action.endswith(".correct")
        said += [
            words
            for name in change.get("to", {})
            if (words := self._field_words(model, name, change.get("from"), change["to"], corrected=corrected))
        ]
        said += [_part_words(model, name, rows) for name, rows in change.get("parts", {}).items()]
        return format_html_join(pgettext("between changes", ", "), "{}", ((words,) for words in said))

    def _field_words(
        self,
        model: type[Ledgered],
        name: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        corrected: bool,
    ) -> SafeString | None:
        """What became of one field; a correction strikes out the value that was wrong."""
        field = _field(model, name)
        if field is None:
            return None
        if name in model.masked:
            return _masked_words(field, given=before is None, empty=after[name] in ("", None))
        if not field.editable:
            return None
        label = label_of(field)
        if before is not None:
            return format_html(
                pgettext("history", "{field} from <del>{before}</del> to <b>{after}</b>")
                if corrected
                else pgettext("history", "{field} from <b>{before}</b> to <b>{after}</b>"),
                field=label,
                before=self._value(field, before.get(name)),
                after=self._value(field, after[name]),
            )
        if after[name] in ("", None, False, []):
            return None
        return format_html("{} <b>{}</b>", label, self._value(field, after[name]))

    def _value(self, field: models.Field[Any, Any], value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if isinstance(field, models.ForeignKey):
            return self.named.get((field.related_model, value), NOTHING)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return pgettext("between values", ", ").join(str(each) for each in value)
        return str(value)


def label_of(field: models.Field[Any, Any]) -> str:
    """What people call a field: its own name, or that of the record it leads to."""
    if isinstance(field, models.ForeignKey) and field._verbose_name is None:  # type: ignore[attr-defined]
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name)


def _masked_words(field: models.Field[Any, Any], *, given: bool, empty: bool) -> SafeString | None:
    if given and empty:
        return None
    words = pgettext("history", "{field} given") if given else pgettext("history", "{field} changed")
    return format_html(words, field=label_of(field))


def _part_words(model: type[Ledgered], name: str, rows: Sequence[Any]) -> SafeString:
    part = part_models(model).get(name)
    label = part._meta.verbose_name_plural if part is not None else name
    return format_html("{} <b>{}</b>", label, len(rows))


def _model(step: Step) -> type[Ledgered] | None:
    try:
        return model_of(step.subject.partition(":")[0])
    except LookupError:
        return None


def _field(model: type[Ledgered] | None, name: str) -> models.Field[Any, Any] | None:
    if model is None or name not in {field.name for field in model._meta.concrete_fields}:
        return None
    return model._meta.get_field(name)  # type: ignore[return-value]
