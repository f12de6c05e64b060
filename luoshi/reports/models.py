"""报告 — reports that quote figures, and are sealed so that a print can be checked years later."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luoshi.campaigns.models import Campaign
from luoshi.gate.ledgered import Ledgered
from luoshi.orgs.models import Unit


class Report(Ledgered):
    """报告 — one text with its quoted figures as of one moment; once issued it never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being made")
        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")
        FAILED = "failed", _("could not be made")

    ledger_code = "report"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports", verbose_name=_("unit"))
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    number = models.CharField(_("number"), max_length=32, unique=True)
    template = models.CharField(_("template"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    as_of_at = models.DateTimeField(_("figures as of"))
    as_of_on = models.DateField()
    position = models.BigIntegerField(_("journal position"))
    outline = models.JSONField(default=dict)
    quotes = models.JSONField(default=list)
    code = models.CharField(_("verification code"), max_length=20, blank=True)
    seal = models.JSONField(default=dict, blank=True)
    checkpoint = models.BigIntegerField(_("checkpoint"), null=True, blank=True)
    file = models.FileField(upload_to="reports/", blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(_("made by"), max_length=40)
    issued_by = models.CharField(_("issued by"), max_length=40, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="verification_code_names_one_report"),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False) & ~Q(code=""),
                name="issued_report_has_code_and_instant",
            ),
        ]
        # A unit's reports, newest first.
        indexes = [models.Index(fields=["unit", "made_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.number])


class Correction(Ledgered):
    """更正 — told beside an issued report when a figure in it changed; the report itself stays."""

    ledger_code = "correction"
    owner_path = "report__unit"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="corrections")
    quote = models.PositiveIntegerField(_("number of the figure"))
    was = models.CharField(max_length=40)
    now = models.CharField(max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    made_at = models.DateTimeField()

    class Meta(Ledgered.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self) -> str:
        return f"{self.quote}: {self.was} → {self.now}"


class Match(Ledgered):
    """核数记忆 — which indicator a unit's texts mean by a phrase; confirmed by a person, used for the next text of the unit."""

    ledger_code = "match"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="matches")
    phrase = models.CharField(max_length=120)
    indicator = models.ForeignKey(
        "figures.Indicator", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta(Ledgered.Meta):
        verbose_name = _("remembered match")
        verbose_name_plural = _("remembered matches")
        constraints = [models.UniqueConstraint(fields=["unit", "phrase"], name="phrase_means_one_thing_to_a_unit")]

    def __str__(self) -> str:
        return self.phrase
