from dataclasses import dataclass
from datetime import date

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils import translation

from luoshi.gate.errors import AlreadyRecorded, Conflict, Refused
from luoshi.page.forms import DayInput, Form, PickOne, RosterField, is_key

KEY = "7b3ab57c-9f1e-4c3c-a6bd-8a0c4f2f0d11"


@dataclass
class Record:
    title: str
    on: date
    version: int


class NoteForm(Form):
    folded = ("remark",)

    title = forms.CharField(max_length=10)
    on = forms.DateField(widget=DayInput)
    remark = forms.CharField(required=False)


def sent(**changes: str) -> NoteForm:
    return NoteForm({"title": "a", "on": "2023-11-23", "key": KEY, "version": "3"} | changes)


def test_a_blank_form_has_a_fresh_key_each_time() -> None:
    first, second = NoteForm(), NoteForm()
    assert is_key(first.key)
    assert first.key != second.key
    assert first.key == first.key


def test_a_failed_validation_keeps_the_key_and_the_version() -> None:
    form = sent(title="")
    assert not form.is_valid()
    assert (form.key, form.version, form.status) == (KEY, 3, 422)
    assert f'value="{KEY}"' in str(form)


@pytest.mark.parametrize("key", ["", "x", "0" * 36, KEY.upper(), KEY + "0"])
def test_what_is_no_key_is_replaced(key: str) -> None:
    form = sent(key=key)
    assert is_key(form.key)
    assert form.key != key


@pytest.mark.parametrize("version", ["", "-1", "x", "９", "1" * 30])
def test_a_version_that_cannot_be_read_is_none(version: str) -> None:
    assert sent(version=version).version is None


def test_a_refusal_becomes_an_error_of_the_form() -> None:
    form = sent()
    assert form.is_valid()
    with form.refusals():
        raise Refused("Closed by someone who took no part.")
    assert form.non_field_errors() == ["Closed by someone who took no part."]
    assert (form.key, form.status) == (KEY, 422)


def test_what_was_already_recorded_gets_a_fresh_key() -> None:
    form = sent()
    assert form.is_valid()
    with form.refusals():
        raise AlreadyRecorded("Already recorded.")
    assert form.key != KEY
    assert f'value="{KEY}"' not in str(form)


def test_a_conflict_shows_what_the_record_says_now_and_takes_its_version() -> None:
    form = sent(title="mine")
    assert form.is_valid()
    with form.refusals():
        raise Conflict(Record(title="theirs", on=date(2023, 11, 23), version=5), "Changed meanwhile.")
    html = str(form)
    assert form.status == 409
    assert form.version == 5
    assert "theirs" in html
    assert 'value="mine"' in html
    assert html.count('class="meanwhile"') == 1, "the date is the same on both sides"


def test_rank_is_no_matter_of_the_form() -> None:
    form = sent()
    with pytest.raises(PermissionDenied), form.refusals():
        raise PermissionDenied


def test_an_error_is_tied_to_its_input() -> None:
    html = str(sent(title=""))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'href="#id_title"' in html


def test_a_fold_opens_when_something_in_it_was_typed() -> None:
    assert '<details class="fold">' in str(NoteForm())
    assert '<details class="fold" open>' in str(sent(remark="x"))


class RosterForm(Form):
    absent = RosterField(reasons=[("leave", "on leave"), ("duty", "travelling")])


def roster(query: str | None = None) -> RosterForm:
    form = RosterForm(QueryDict(query) if query is not None else None)
    field = form.fields["absent"]
    assert isinstance(field, RosterField)
    field.call([(1, "杜衡之"), (2, "祝晓岚"), (3, "李文茵")])
    return form


def test_nobody_ticked_means_that_everybody_came() -> None:
    form = roster("")
    assert form.is_valid()
    assert form.cleaned_data["absent"] == {}


def test_the_absent_come_with_their_reasons() -> None:
    form = roster("absent=1&absent=3&absent-reason-3=duty")
    assert form.is_valid()
    assert form.cleaned_data["absent"] == {"1": "leave", "3": "duty"}


def test_somebody_who_is_not_on_the_roster_is_refused() -> None:
    assert "absent" in roster("absent=9").errors


def test_a_reason_that_is_not_offered_is_refused() -> None:
    assert "absent" in roster("absent=1&absent-reason-1=bored").errors


def test_one_forms_roster_is_not_anothers() -> None:
    roster()
    assert "absent" in RosterForm(QueryDict("absent=1")).errors


def test_the_absent_stand_first_and_are_counted() -> None:
    html = str(roster("absent=3"))
    assert html.index("李文茵") < html.index("杜衡之")
    assert "<b data-roster-present>2</b>" in html


def test_a_picker_writes_only_what_is_chosen_into_the_page() -> None:
    class Pick(Form):
        unit = forms.ChoiceField(choices=[(str(n), f"unit {n}") for n in range(500)], widget=PickOne("/units/"))

    html = str(Pick({"unit": "7"}))
    assert html.count("<option") == 2
    assert "unit 7" in html
    assert 'data-picker="/units/"' in html


def test_the_messages_are_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert "勾选的人不在这一天的名册里。请刷新页面后重新勾选。" in str(roster("absent=9").errors)
