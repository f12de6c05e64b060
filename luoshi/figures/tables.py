"""The records behind a figure, as tables: one declaration for each fact source."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luoshi.sheets.columns import Column, Day, Number, Text, YesNo
from luoshi.sheets.table import Show, Table


def _unit(path: str) -> Show:
    def link(row: Any) -> str:
        unit = row
        for step in path.split("__"):
            unit = getattr(unit, step)
        return unit.get_absolute_url()  # type: ignore[no-any-return]

    return Show(
        Text("unit", _("Unit"), source=f"{path.replace('__', '.')}.name"), sort=f"{path}__no", link=link, css="ls-name"
    )


def _show(column: Column, sort: str = "", link: Callable[[Any], str | None] | None = None) -> Show:
    return Show(column, sort=sort, link=link)


def _activity(row: Any) -> str:
    return reverse("activities:activity", args=[row.activity_id])


RECORDS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "activities": (
        Table(
            "records",
            title=_("Activities"),
            columns=[
                _unit("unit"),
                _show(Text("kind", _("Kind"), source="kind"), "kind__order"),
                _show(Text("title", _("Subject")), link=lambda row: row.get_absolute_url()),
                _show(Day("held_on", _("Held on")), "held_on"),
                _show(Number("present", _("Present")), "present"),
                _show(Number("expected", _("On the roster")), "expected"),
                _show(Day("entered_on", _("Entered on")), "entered_on"),
            ],
            search=["title__icontains", "unit__name__icontains", "unit__pinyin__icontains"],
            order="held_on",
        ),
        ("unit", "kind"),
    ),
    "attendance": (
        Table(
            "records",
            title=_("Persons at activities"),
            columns=[
                _unit("unit"),
                _show(Text("title", _("Activity"), source="activity.title"), link=_activity),
                _show(Day("held_on", _("Held on"), source="activity.held_on"), "activity__held_on"),
                _show(Number("person", _("Person, by number"), source="person_id"), "person"),
            ],
            search=["activity__title__icontains", "unit__name__icontains", "unit__pinyin__icontains"],
            order="held_on",
        ),
        ("unit", "activity"),
    ),
    "coverage": (
        Table(
            "records",
            title=_("Curriculum topics covered"),
            columns=[
                _unit("activity__unit"),
                _show(Text("topic", _("Topic"), source="topic"), "topic__order"),
                _show(Text("title", _("Activity"), source="activity.title"), link=_activity),
                _show(Day("held_on", _("Held on"), source="activity.held_on"), "activity__held_on"),
            ],
            search=["activity__title__icontains", "activity__unit__name__icontains"],
            order="held_on",
        ),
        ("activity__unit", "topic"),
    ),
    "units": (
        Table(
            "records",
            title=_("Units on the roster"),
            columns=[
                _unit("unit"),
                _show(Text("kind", _("Kind"), source="unit.get_kind_display"), "unit__kind"),
                _show(Text("rank", _("Rank"), source="unit.get_rank_display"), "unit__rank"),
                _show(Day("since", _("On the roster since"), source="valid_from"), "valid_from"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains", "unit__code__startswith"],
            order="unit",
        ),
        ("unit",),
    ),
    "persons": (
        Table(
            "records",
            title=_("Persons on the roster"),
            columns=[
                _unit("unit"),
                _show(Number("person", _("Person, by number"), source="person_id"), "person"),
                _show(Text("kind", _("Membership"), source="get_kind_display"), "kind"),
                _show(Day("since", _("Since"), source="valid_from"), "valid_from"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains"],
            order="unit",
        ),
        ("unit",),
    ),
    "posts": (
        Table(
            "records",
            title=_("Posts held"),
            columns=[
                _unit("unit"),
                _show(Number("person", _("Person, by number"), source="person_id"), "person"),
                _show(Text("kind", _("Post"), source="get_kind_display"), "kind"),
                _show(Day("since", _("Since"), source="valid_from"), "valid_from"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains"],
            order="unit",
        ),
        ("unit",),
    ),
    "owes": (
        Table(
            "records",
            title=_("Units that owe it"),
            columns=[
                _unit("unit"),
                _show(Text("requirement", _("Requirement"), source="requirement"), "requirement__order"),
                _show(Day("since", _("Since"), source="valid_from"), "valid_from"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains"],
            order="unit",
        ),
        ("unit", "requirement"),
    ),
    "due": (
        Table(
            "records",
            title=_("Duties that fell due"),
            columns=[
                _unit("unit"),
                _show(Text("requirement", _("Requirement"), source="requirement"), "requirement__order"),
                _show(Number("no", _("Occasion"), source="occasion_no"), "occasion_no"),
                _show(Day("due_on", _("Due on")), "due_on"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains"],
            order="due_on",
        ),
        ("unit", "requirement"),
    ),
    "met": (
        Table(
            "records",
            title=_("Duties that were met"),
            columns=[
                _unit("unit"),
                _show(
                    Text("requirement", _("Requirement"), source="occasion.requirement"), "occasion__requirement__order"
                ),
                _show(Day("due_on", _("Due on"), source="occasion.due_on"), "occasion__due_on"),
                _show(Day("held_on", _("Done on")), "held_on"),
                _show(Day("entered_on", _("Entered on")), "entered_on"),
                _show(YesNo("zero", _("Nothing to report")), "zero"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains"],
            order="due_on",
        ),
        ("unit", "occasion__requirement"),
    ),
    "zero_reports": (
        Table(
            "records",
            title=_("Zero reports"),
            columns=[
                _unit("unit"),
                _show(Text("requirement", _("Requirement"), source="requirement"), "requirement__order"),
                _show(Day("due_on", _("Due on")), "due_on"),
                _show(Day("stated_on", _("Stated on")), "stated_on"),
                _show(Text("statement", _("Statement"))),
                _show(Text("signed_by", _("Signed by"))),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains", "statement__icontains"],
            order="due_on",
        ),
        ("unit", "requirement"),
    ),
    "declared": (
        Table(
            "records",
            title=_("Declarations"),
            columns=[
                _unit("unit"),
                _show(Number("value", _("Value")), "value", lambda row: row.get_absolute_url()),
                _show(Day("as_of_on", _("As of")), "as_of_on"),
                _show(Text("system", _("Counted by"))),
                _show(Text("document", _("Document"))),
                _show(Day("document_on", _("Date of the document")), "document_on"),
            ],
            search=["unit__name__icontains", "unit__pinyin__icontains", "document__icontains"],
            order="unit",
        ),
        ("unit",),
    ),
}
