"""主题教育/专项活动 — a campaign as data: batches, audiences, kinds of activity, requirements; and the duties that follow from them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luoshi.gate.ledgered import Ledgered
from luoshi.orgs.models import Unit


class Titled(models.Model):
    """A title in both languages; the reader's one is shown."""

    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


def in_language(chinese: str, english: str) -> str:
    return english if english and (get_language() or "").startswith("en") else chinese


class Campaign(Titled, Ledgered):
    """专项活动 — one campaign, led from its root unit; what it asks is data from a pack."""

    ledger_code = "campaign"

    code = models.CharField(_("code"), max_length=60, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("led from"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    document = models.CharField(_("document"), max_length=200, blank=True)
    pack_version = models.CharField(max_length=20, blank=True, editable=False)
    pack_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # What the pack says of pages, reports, floating members and closing; read by the rooms that it concerns.
    settings = models.JSONField(default=dict, editable=False)

    class Meta(Ledgered.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class OfCampaign(Titled, Ledgered):
    """What a campaign defines under a code of its own."""

    owner_path = "campaign__unit"
    see_action = "campaign.see"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="%(class)ss", db_index=False)
    code = models.CharField(_("code"), max_length=60)
    order = models.PositiveIntegerField(default=0)
    ended_on = models.DateField(null=True, blank=True)

    class Meta(Ledgered.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="%(class)s_has_one_code_in_its_campaign")
        ]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class Workstream(OfCampaign):
    """工作板块 — one of the lines that a campaign is made of: study, research, development, rectification."""

    ledger_code = "workstream"

    class Meta(OfCampaign.Meta):
        verbose_name = _("workstream")
        verbose_name_plural = _("workstreams")


class Batch(OfCampaign):
    """批次 — a stretch of the campaign with its own units and dates."""

    ledger_code = "batch"

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    class Meta(OfCampaign.Meta):
        verbose_name = _("batch")
        verbose_name_plural = _("batches")


class Kind(OfCampaign):
    """活动类型 — a kind of activity: reading class, study group, branch meeting."""

    class Roster(models.TextChoices):
        MEMBERS = "members", _("members of the branch")
        LEADERS = "leaders", _("members of the leading body")
        SECRETARIES = "secretaries", _("branch secretaries")
        FLOATING = "floating", _("floating members of the branch")
        STAFF = "staff", _("all staff")
        NONE = "none", _("no roster")

    ledger_code = "kind"

    workstream = models.ForeignKey(Workstream, on_delete=models.PROTECT, related_name="kinds")
    roster = models.CharField(_("roster"), max_length=16, choices=Roster.choices, default=Roster.MEMBERS)
    agenda = models.JSONField(default=list, blank=True)  # [{"code", "title": {"zh-hans", "en"}}]
    needs = models.JSONField(default=list, blank=True)  # names of fields that a record must fill in
    hint = models.TextField(blank=True)
    hint_en = models.TextField(blank=True)

    class Meta(OfCampaign.Meta):
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activity")


class Topic(OfCampaign):
    """学习专题 — one topic of the curriculum."""

    ledger_code = "topic"

    document = models.CharField(max_length=200, blank=True)

    class Meta(OfCampaign.Meta):
        verbose_name = _("curriculum topic")
        verbose_name_plural = _("curriculum topics")


class Audience(OfCampaign):
    """分类对象 — the units that a requirement addresses, as a rule over the roster of units."""

    ledger_code = "audience"

    rule = models.JSONField(default=dict)

    class Meta(OfCampaign.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class Requirement(OfCampaign):
    """规定动作 — what an audience owes, how often, and what kind of record fulfils it."""

    ledger_code = "requirement"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="requirements")
    workstream = models.ForeignKey(Workstream, on_delete=models.PROTECT, related_name="requirements")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="requirements")
    rule = models.CharField(_("recurrence"), max_length=200, blank=True)  # RFC 5545; empty for a one-off
    by = models.DateField(_("due on"), null=True, blank=True)
    shift = models.CharField(_("shift of holidays"), max_length=8, default="none")
    kinds = models.JSONField(default=list)  # codes of kinds, any of which fulfils it
    zero_report = models.BooleanField(_("zero report allowed"), default=False)
    required = models.BooleanField(_("required"), default=True)
    document = models.CharField(_("document"), max_length=200, blank=True)
    published_on = models.DateField(_("published on"))
    # 专门印发通知: the notice that asks for it; its addressees sign for the notice, and fulfil the requirement.
    notice = models.ForeignKey(
        "Notice", on_delete=models.PROTECT, null=True, blank=True, related_name="requirements", verbose_name=_("notice")
    )

    class Meta(OfCampaign.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            *OfCampaign.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(rule="") ^ Q(by__isnull=False), name="requirement_recurs_or_is_due_once"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("campaigns:requirement", args=[self.campaign.code, self.code])


class Occasion(models.Model):
    """应办期次 — one time at which a requirement is due, and its window of days, both ends included.

    A record of a day after due_on is late, and belongs to this occasion until closes_on. nominal_on: the due day before it was
    shifted to a workday; the month or the quarter that the occasion is named after is that of this day.
    """

    derived_table = "follows from requirements by their recurrence"

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="occasions", db_index=False)
    no = models.PositiveIntegerField()
    opens_on = models.DateField()
    due_on = models.DateField()
    nominal_on = models.DateField()
    closes_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["requirement", "no"], name="occasion_has_one_number"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="occasion_is_due_after_it_opens"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("due_on")), name="occasion_closes_after_it_is_due"),
        ]
        indexes = [
            # What is due in a window of days.
            models.Index(fields=["due_on"]),
            # Which occasion a day belongs to.
            models.Index(fields=["requirement", "opens_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} #{self.no}"


class Owes(models.Model):
    """应办单位 — a unit owes a requirement, from one day to another (the end is exclusive)."""

    derived_table = "follows from requirements, audiences and placements"

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="owes", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="owes", db_index=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "owes"
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "unit", "valid_from"], name="unit_owes_a_requirement_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="owing_ends_after_it_begins",
            ),
        ]
        # What one unit owes (workbench).
        indexes = [models.Index(fields=["unit", "requirement"])]

    def __str__(self) -> str:
        return f"{self.unit_id} owes {self.requirement_id}"


class Fulfilment(models.Model):
    """完成记录 — a record that fulfils one occasion for one unit. `ref` is the record ("activity:81", "zero_report:7").

    held_on: the day of the work; entered_on: the day on which it was recorded. Held late and entered late are two things.
    """

    derived_table = "follows from the records that fulfil requirements"

    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="fulfilments", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="fulfilments", db_index=False)
    held_on = models.DateField()
    entered_on = models.DateField()
    zero = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)  # the first record of its occasion and unit: a duty is met once
    ref = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occasion", "unit", "ref"], name="record_fulfils_an_occasion_once"),
            models.UniqueConstraint(fields=["occasion", "unit"], condition=Q(counts=True), name="duty_is_met_once"),
        ]
        indexes = [
            # The state of a duty.
            models.Index(fields=["unit", "occasion"]),
            # What a record fulfils.
            models.Index(fields=["ref"]),
        ]

    def __str__(self) -> str:
        return f"{self.ref} for {self.occasion_id}"


class DutyChange(models.Model):
    """任务变动 — the last journal entry by which a unit's duties changed: what processes with sums in memory have to read again."""

    derived_table = "follows the journal"
    EVERYBODY = 0  # stands for all units at once

    unit = models.BigIntegerField(primary_key=True)
    position = models.BigIntegerField()

    class Meta:
        # What has changed since a position.
        indexes = [models.Index(fields=["position"])]

    def __str__(self) -> str:
        return f"{self.unit}: {self.position}"


class ZeroReport(Ledgered):
    """零报告 — a signed statement that there was nothing in one occasion. Silence is never zero."""

    ledger_code = "zero_report"
    see_action = "duty.see"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="zero_reports", db_index=False)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="zero_reports")
    occasion_no = models.PositiveIntegerField()
    due_on = models.DateField()
    stated_on = models.DateField(_("stated on"))
    statement = models.CharField(_("statement"), max_length=500, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=40)
    mandate = models.ForeignKey("orgs.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("zero report")
        verbose_name_plural = _("zero reports")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "requirement", "occasion_no"],
                condition=Q(withdrawn_on__isnull=True),
                name="zero_is_stated_once_for_an_occasion",
                violation_error_message=_("Nothing to report was already stated for this occasion."),
            )
        ]
        indexes = [models.Index(fields=["unit", "due_on"])]

    def __str__(self) -> str:
        return f"{self.requirement} #{self.occasion_no}"


class Waiver(Ledgered):
    """免报与延期 — a unit (or all) need not do one occasion, or has until a later day; always with a reason.

    What was granted can be withdrawn by the office that granted it or one above; the row stays to be read, and counts no longer.
    """

    ledger_code = "waiver"
    see_action = "duty.see"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="waivers", db_index=False)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="waivers")
    occasion_no = models.PositiveIntegerField()
    until = models.DateField(_("extended until"), null=True, blank=True)  # None: waived altogether
    reason = models.CharField(_("reason"), max_length=300)
    granted_on = models.DateField(_("granted on"))
    granted_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "requirement", "occasion_no"],
                condition=Q(withdrawn_on__isnull=True),
                name="occasion_is_waived_once_for_a_unit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_because=""),
                name="waiver_is_withdrawn_with_a_reason",
            ),
        ]
        # What stands beside a duty, and what one occasion was waived for.
        indexes = [models.Index(fields=["requirement", "occasion_no"])]

    def __str__(self) -> str:
        return self.reason


class ClosedPeriod(Ledgered):
    """关账 — up to this day nothing is posted any more; what comes later posts to the open period and shows its own date."""

    ledger_code = "closed_period"
    see_action = "duty.see"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="closed_periods")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="closed_periods", db_index=False)
    until = models.DateField(_("closed up to and including"))
    closed_on = models.DateField()
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        constraints = [models.UniqueConstraint(fields=["campaign", "until"], name="period_is_closed_once")]

    def __str__(self) -> str:
        return f"{self.until}"


class Notice(Ledgered):
    """通知 — issued in mid-campaign; each addressed unit signs for it, and it may add dated requirements."""

    ledger_code = "notice"

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="notices", verbose_name=pgettext_lazy("notice", "issued by")
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="notices", db_index=False)
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="notices", verbose_name=_("addressed to")
    )
    title = models.CharField(_("title"), max_length=200)
    document = models.CharField(_("document number"), max_length=100, blank=True)
    text = models.TextField(_("text"), max_length=20_000)
    issued_at = models.DateTimeField()
    sign_by = models.DateField(_("to be signed for by"), null=True, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        # Newest notices on the workbench.
        indexes = [models.Index(fields=["campaign", "issued_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:notice", args=[self.pk])


class Signature(Ledgered):
    """签收 — a unit has received a notice."""

    ledger_code = "signature"
    see_action = "notice.see"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.CharField(max_length=40)
    signed_at = models.DateTimeField()

    class Meta(Ledgered.Meta):
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [models.UniqueConstraint(fields=["notice", "unit"], name="unit_signs_for_a_notice_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.notice_id}"


class Reminder(Ledgered):
    """催办 — a superior reminds whoever below it still owes one occasion; it stands on their workbench, and is never a message each."""

    ledger_code = "reminder"
    see_action = "duty.see"

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="reminders", verbose_name=_("reminded by"), db_index=False
    )
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    occasion_no = models.PositiveIntegerField()
    reminded_on = models.DateField(_("reminded on"))
    units = models.PositiveIntegerField(_("units reminded"))

    class Meta(Ledgered.Meta):
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "requirement", "occasion_no", "reminded_on"],
                name="occasion_is_reminded_of_once_a_day",
                violation_error_message=_("These units were reminded today already."),
            )
        ]
        # What stands beside a duty on the workbench.
        indexes = [models.Index(fields=["requirement", "occasion_no"])]

    def __str__(self) -> str:
        return f"{self.requirement} #{self.occasion_no}"
