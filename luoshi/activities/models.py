"""学习活动 — what was held, by which unit, when, and who was there."""

from datetime import timedelta
from typing import Any

from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q
from django.db.models.sql.compiler import SQLCompiler
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luoshi.campaigns.models import Campaign, Kind, Topic
from luoshi.gate.ledgered import Ledgered, Part
from luoshi.orgs.models import Grant, Person, Unit

MOST_OTHERS = 100_000
LONGEST_MINUTES = 10_000
BY_DATE = ["campaign", "held_on", "id"]
PROMPTLY = timedelta(days=2)  # what is entered later than this after the day of the activity is marked late


class DaysAfter(Func):
    """The day so many days after that of a column, computed by the database itself, so that an index can be made of it."""

    arity = 1
    template = "(%(expressions)s + %(days)d)"
    output_field = models.DateField()

    def __init__(self, day: str, days: int) -> None:
        super().__init__(day, days=days)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, '+%(days)d days')", **more)


LATE = Q(entered_on__gt=DaysAfter("held_on", PROMPTLY.days))


class Activity(Ledgered):
    """活动 — a study session, a meeting, a class: one fact, recorded once, by the unit that held it.

    expected, present: persons of the roster on that day; others: persons who are on no roster. None where no roster was kept.
    """

    class State(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Answer(models.TextChoices):
        NONE = "", _("not answered")
        CONFIRMED = "confirmed", _("confirmed by the unit")
        OBJECTED = "objected", _("objected to by the unit")

    ledger_code = "activity"
    masked = frozenset({"host"})

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="activities", verbose_name=_("unit"), db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="activities", editable=False, db_index=False
    )
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="activities", verbose_name=_("kind"))
    held_on = models.DateField(_("held on"))
    title = models.CharField(_("subject"), max_length=200)
    venue = models.CharField(_("venue"), max_length=100, blank=True)
    host = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name=_("chaired by")
    )
    summary = models.TextField(
        _("minutes"), max_length=LONGEST_MINUTES, blank=True, validators=[MaxLengthValidator(LONGEST_MINUTES)]
    )
    agenda = models.JSONField(_("agenda"), default=list, blank=True)
    expected = models.PositiveIntegerField(_("on the roster"), null=True, blank=True)
    present = models.PositiveIntegerField(_("present"), null=True, blank=True)
    others = models.PositiveIntegerField(_("others present"), default=0, validators=[MaxValueValidator(MOST_OTHERS)])
    entered_on = models.DateField(_("entered on"), editable=False)
    posted_on = models.DateField(_("counts on"))  # held_on, or the first open day when its period was closed
    makes_up = models.CharField(
        max_length=64, blank=True, editable=False
    )  # "requirement code#occasion" that it was chosen to make up for
    mandate = models.ForeignKey(
        Grant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mandate"),
        editable=False,
    )
    answer = models.CharField(
        _("answer of the unit"), max_length=12, choices=Answer.choices, default=Answer.NONE, blank=True
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECORDED)
    remark = models.CharField(_("remark"), max_length=500, blank=True)  # why it is in this state
    objection = models.CharField(_("objection"), max_length=500, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_on__gte=F("held_on")),
                name="activity_is_entered_after_it_was_held",
                violation_error_message=_("This day lies in the future. Record the activity once it was held."),
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True, expected__isnull=True) | Q(present__lte=F("expected")),
                name="activity_has_no_more_present_than_expected",
            ),
            models.CheckConstraint(
                condition=Q(others__lte=MOST_OTHERS), name="activity_has_a_plausible_number_of_others"
            ),
        ]
        indexes = [
            # A unit's activities, newest first; a figure's cell (unit, day).
            models.Index(fields=["unit", "held_on"]),
            models.Index(fields=["unit", "posted_on"]),
            # The ledger of a campaign by kind.
            models.Index(fields=["campaign", "kind", "held_on"]),
            # The ledger of a campaign by date; its views of few rows.
            models.Index(fields=BY_DATE, name="activity_by_date"),
            models.Index(fields=BY_DATE, name="activity_returned", condition=Q(state="returned")),
            models.Index(fields=BY_DATE, name="activity_withdrawn", condition=Q(state="withdrawn")),
            models.Index(fields=BY_DATE, name="activity_by_mandate", condition=Q(mandate__isnull=False)),
            models.Index(fields=BY_DATE, name="activity_entered_late", condition=LATE),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:activity", args=[self.pk])

    @property
    def late(self) -> bool:
        """Entered later than the second day after it was held (迟录)."""
        return self.entered_on - self.held_on > PROMPTLY

    @property
    def awaits_answer(self) -> bool:
        """Recorded by a delegate, and the unit has not said yet whether it is right."""
        return self.mandate_id is not None and not self.answer and self.state != self.State.WITHDRAWN


class Attendance(Part):
    """到会 — one person of the roster at one activity; `unit` is where the person was counted on that day."""

    class Absence(models.TextChoices):
        PRESENT = "", _("present")
        LEAVE = "leave", _("on leave")
        TRAVEL = "travel", _("travelling on duty")
        ILL = "ill", _("ill")
        OTHER = "other", _("absent")

    part_of = "activity"
    part_fields = ("person_id", "unit_id", "absence")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="attendance", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendance", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    absence = models.CharField(max_length=8, choices=Absence.choices, default=Absence.PRESENT, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["activity", "person"], name="person_attends_an_activity_once")]
        # Distinct persons reached.
        indexes = [models.Index(fields=["person", "activity"])]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.activity_id}"


class Coverage(Part):
    """专题覆盖 — one topic of the curriculum that an activity covered."""

    part_of = "activity"
    part_fields = ("topic_id",)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="coverage", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="coverage")

    class Meta(Part.Meta):
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        constraints = [models.UniqueConstraint(fields=["activity", "topic"], name="activity_covers_a_topic_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} in {self.activity_id}"


class Attachment(Ledgered):
    """附件 — a file that belongs to an activity: minutes, a slide set, a photo; never asked for, never counted.

    The bytes lie in the file store under their SHA-256. A removed one keeps its row, and loses its bytes.
    """

    ledger_code = "attachment"
    owner_path = "activity__unit"
    see_action = "activity.see"

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="attachments", editable=False)
    name = models.CharField(_("file name"), max_length=150)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    added_on = models.DateField(_("added on"))
    removed_on = models.DateField(_("removed on"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)  # why it was removed

    class Meta(Ledgered.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "sha256"],
                condition=Q(removed_on__isnull=True),
                name="file_is_attached_to_an_activity_once",
                violation_error_message=_("This file is attached already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("activities:file", args=[self.activity_id, self.pk])

    @property
    def path(self) -> str:
        """Where its bytes lie in the file store: by content, so that writing the same file twice is writing it once."""
        return f"activities/{self.sha256[:2]}/{self.sha256}"
