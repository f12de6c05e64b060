"""The form of the house: its layout, its key and version, and the gate's answers as errors that a reader can act on.

    form = CloseForm(request.POST or None, version=problem.version)
    if form.is_valid():
        with form.refusals():
            close_problem(request.actor, problem, **form.cleaned_data, seen=form.version, key=form.key)
            return redirect(problem)
    return render(request, "rectification/close.html", {"problem": problem, "form": form}, status=form.status)

A failed validation keeps the key, so that sending twice still records once. A conflict shows what the record says now
beside what was typed; saving again then is a decision, not an accident.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from luoshi.gate.errors import AlreadyRecorded, Conflict, Refused

KEY_LENGTH = 36


class Errors(ErrorList):
    """One line each, with the square of what is late or wrong, and what to do next."""

    template_name = "page/forms/errors.html"
    template_name_ul = template_name


class Field(BoundField):
    """A field as a page shows it: what it says now in the ledger, where that differs from what was typed."""

    meanwhile: str | None = None

    def css_classes(self, extra_classes: Any = None) -> str:
        wide = isinstance(self.field.widget, forms.Textarea | forms.CheckboxSelectMultiple)
        return f"{super().css_classes(extra_classes)} {'field-wide' if wide else ''}".strip()

    @property
    def is_group(self) -> bool:
        """Several boxes under one label: a fieldset with a legend, not a label."""
        return bool(self.field.widget.use_fieldset)

    @property
    def is_roster(self) -> bool:
        """The roster writes its own name beside its count."""
        return isinstance(self.field.widget, RosterInput)

    @property
    def is_tick(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)


class HouseRenderer(DjangoTemplates):
    """Finds the house's templates beside Django's own."""

    form_template_name = "page/forms/form.html"
    field_template_name = "page/forms/field.html"
    bound_field_class = Field


class HouseLayout(forms.BaseForm):
    """What Form and ModelForm have in common."""

    default_renderer = HouseRenderer

    folded: Sequence[str] = ()
    """Names of optional fields that are folded away into one row."""

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("error_class", Errors)
        super().__init__(*args, **kwargs)
        self._version = version
        self._fresh_key = str(uuid.uuid4())
        self._new_key = False
        self.conflict: Conflict | None = None
        self.status = 200

    def __getitem__(self, name: str) -> Field:
        bound = super().__getitem__(name)
        assert isinstance(bound, Field)
        return bound

    @property
    def key(self) -> str:
        """The idempotency key: made with the blank form, sent back with it, kept over failed validations."""
        sent = self.data.get(self.add_prefix("key"), "") if self.is_bound and not self._new_key else ""
        return sent if is_key(sent) else self._fresh_key

    @property
    def version(self) -> int | None:
        """The version of the record that the reader saw; after a conflict the one shown beside it."""
        if self.conflict is not None:
            return getattr(self.conflict.current, "version", None)
        if not self.is_bound:
            return self._version
        sent = self.data.get(self.add_prefix("version"), "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else self._version

    @property
    def key_name(self) -> str:
        return self.add_prefix("key")

    @property
    def version_name(self) -> str:
        return self.add_prefix("version")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn the gate's answers into errors of this form; whatever else is raised goes on its way."""
        try:
            yield
        except AlreadyRecorded as refused:
            self._new_key = True
            self._refuse(refused)
        except Refused as refused:
            self._refuse(refused)
        except Conflict as conflict:
            self.status = 409
            self.conflict = conflict
            self._compare(conflict.current)

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if self.is_bound and not valid:
            self.status = 422
        return valid

    def _refuse(self, refused: Refused) -> None:
        self.status = 422
        self.add_error(None, str(refused))

    def _compare(self, current: Any) -> None:
        for name in self.fields:
            bound, now = self[name], getattr(current, name, None)
            if hasattr(current, name) and not callable(now) and differs(now, self.cleaned_data.get(name)):
                bound.meanwhile = in_words(current, name, now)

    @cached_property
    def open_fields(self) -> list[Field]:
        return [self[bound.name] for bound in self.visible_fields() if bound.name not in self.folded]

    @cached_property
    def folded_fields(self) -> list[Field]:
        return [self[bound.name] for bound in self.visible_fields() if bound.name in self.folded]

    @property
    def fold_is_open(self) -> bool:
        """Something in the fold needs to be seen: an error, a conflict, or what was typed there before."""
        return any(bound.errors or bound.meanwhile or bound.value() for bound in self.folded_fields)

    @property
    def errors_in_all(self) -> list[tuple[Field | None, str]]:
        """For the summary above the form: (field or None, message)."""
        return [
            (None if name == NON_FIELD_ERRORS else self[name], str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]


class Form(HouseLayout, forms.Form):
    """A form of the house over plain fields."""


class ModelForm(HouseLayout, forms.ModelForm):  # type: ignore[type-arg]
    """A form of the house over a model's fields. It validates and shows; writing is the operation's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        kwargs.setdefault("version", getattr(instance, "version", None) if instance and instance.pk else None)
        super().__init__(*args, **kwargs)

    def save(self, commit: bool = True) -> Any:  # noqa: ARG002 - Django's signature
        raise TypeError("A form does not write: call an operation with its cleaned_data.")


def is_key(text: str) -> bool:
    """A key is a UUID: whatever else arrives in that field is not one."""
    if len(text) != KEY_LENGTH:
        return False
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def differs(now: Any, typed: Any) -> bool:
    if isinstance(now, str) and isinstance(typed, str):
        return now.strip() != typed.strip()
    return bool(now != typed)


def in_words(record: Any, name: str, value: Any) -> str:
    """What the record says now: the label of a choice, a date as such, — for nothing."""
    shown = getattr(record, f"get_{name}_display", None)
    words = shown() if callable(shown) else value
    return "—" if words in (None, "") else str(words)


class DayInput(forms.DateInput):
    """A date by the device's own calendar; its value is always 2023-11-23."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A date and time by the device's own calendar."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PickOne(forms.Select):
    """One of very many, found by typing its name or pinyin.

    `url` answers ?q= with {"results": [{"value": 7, "label": "兰州市民政局", "note": "兰州市"}]}. Only what is chosen
    already is written into the page, and the field's queryset still decides what may be chosen.
    """

    template_name = "page/forms/pick.html"

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-picker": url} | (attrs or {}))

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        options: list[tuple[Any, Any]]
        if isinstance(self.choices, ModelChoiceIterator):
            source, field = self.choices.queryset, self.choices.field
            chosen = [pk for pk in value if str(pk).isdigit()]
            options = (
                [(row.pk, field.label_from_instance(row)) for row in source.filter(pk__in=chosen)] if chosen else []
            )
        else:
            options = [(key, label) for key, label in self.choices if str(key) in value and key != ""]
        blank = [] if self.allow_multiple_selected else [("", "")]
        subgroup = [
            self.create_option(name, key, label, str(key) in value, index, attrs=attrs)
            for index, (key, label) in enumerate([*blank, *options])
        ]
        return [(None, subgroup, 0)]


class PickSeveral(PickOne):
    """Several of very many."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 - Django's signature
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["multiple"] = True
        return context


class SwitchInput(forms.RadioSelect):
    """Two to five choices, side by side as one switch."""

    template_name = "page/forms/switch.html"


class RosterInput(forms.Widget):
    """Everybody is there; tap only who is not, and why.

    `people`: (key, name) of the roster. `reasons`: (key, word); the first one stands until another is chosen.
    Sends NAME=key for each absent person and NAME-reason-KEY for the reason.
    """

    template_name = "page/forms/roster.html"
    use_fieldset = True
    shown_first = 7

    label: Any = ""
    note: Any = ""
    people: Sequence[tuple[Any, str]] = ()
    reasons: Sequence[tuple[str, Any]] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:  # noqa: ARG002 - Django's signature
        absent = data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, ()))
        return {key: data.get(f"{name}-reason-{key}", "") for key in absent}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 - Django's signature
        return False  # nobody ticked is an answer: everybody came

    def id_for_label(self, id_: str | None) -> str:  # noqa: ARG002 - Django's signature
        return ""  # many boxes, none of which the label could name

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        absent: Mapping[str, str] = {str(key): reason for key, reason in (value or {}).items()}
        chips = [
            {"key": str(key), "name": person, "absent": str(key) in absent, "reason": absent.get(str(key), "")}
            for key, person in self.people
        ]
        chips.sort(key=lambda chip: not chip["absent"])  # stable: the absent first, the others in roster order
        first = max(self.shown_first, len(absent))
        context["widget"] |= {
            "chips": chips[:first],
            "rest": chips[first:],
            "label": self.label,
            "note": self.note,
            "reasons": self.reasons,
            "total": len(chips),
            "present": len(chips) - len(absent),
        }
        return context


class RosterField(forms.Field):
    """名册 — who of the roster was absent: {key: reason}, empty when everybody came.

    The people are given per form: form.fields["absent"].call(people, reasons).
    """

    widget: RosterInput
    default_error_messages = {
        "stranger": _("Somebody ticked here is not on the roster of this date. Reload the page and tick again."),
        "reason": _("Choose one of the offered reasons."),
    }

    def __init__(self, *, reasons: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(required=False, widget=RosterInput(), **kwargs)
        self.widget.reasons = reasons

    def call(self, people: Sequence[tuple[Any, str]], *, note: Any = "") -> None:
        """Put the roster of the day into the field; `note` says where it comes from (名册取自 11-01，23 人)."""
        self.widget.people, self.widget.note = people, note

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        bound = super().get_bound_field(form, field_name)
        self.widget.label = bound.label
        return bound

    def clean(self, value: Any) -> dict[str, str]:
        absent: dict[str, str] = super().clean(value or {})
        known = {str(key) for key, _name in self.widget.people}
        if not absent.keys() <= known:
            raise forms.ValidationError(self.error_messages["stranger"], code="stranger")
        reasons = [key for key, _word in self.widget.reasons]
        if reasons:
            absent = {key: reason or reasons[0] for key, reason in absent.items()}
            if not set(absent.values()) <= set(reasons):
                raise forms.ValidationError(self.error_messages["reason"], code="reason")
        return absent


class PickOneField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One record out of very many; see PickOne."""

    def __init__(self, queryset: models.QuerySet[Any] | None, *, url: str, **kwargs: Any) -> None:
        super().__init__(queryset, widget=PickOne(url), **kwargs)


class PickSeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several records out of very many; see PickOne."""

    def __init__(self, queryset: models.QuerySet[Any] | None, *, url: str, **kwargs: Any) -> None:
        super().__init__(queryset, widget=PickSeveral(url), **kwargs)
