"""报告 — reports that quote figures, and are sealed so that a print can be checked years later."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.campaigns.models import Campaign
from luoshi.gate.ledgered import Ledgered
from luoshi.orgs.models import Unit
from luoshi.reports.last_pages import as_of_text


class Report(Ledgered):
    """报告 — one text with its quoted figures as of one moment; once issued it never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being made")
        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")
        FAILED = "failed", _("could not be made")
        DISCARDED = "discarded", pgettext_lazy("report", "discarded")

    ledger_code = "report"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports", verbose_name=_("unit"))
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    number = models.CharField(_("number"), max_length=32)
    template = models.CharField(_("template"), max_length=200)  # a code of the pack, or the name of the user's own file
    language = models.CharField(pgettext_lazy("report", "language"), max_length=10, default="zh-hans")
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("to whom it goes"), max_length=100, blank=True)
    signed_by = models.CharField(_("signed as"), max_length=100, blank=True)  # "": the unit's own name
    covers = models.JSONField(default=list)  # a compilation: the codes of its units, in tree order
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    failure = models.CharField(max_length=1000, blank=True)
    as_of_at = models.DateTimeField(_("figures as of"))
    as_of_on = models.DateField()
    position = models.BigIntegerField(_("journal position"))
    # What it says: an outline, or a user's Word file that was filled in, with what there is to seal of it.
    outline = models.JSONField(default=dict)
    filled = models.JSONField(default=dict)
    body = models.FileField(upload_to="reports/", blank=True)
    discarded_because = models.CharField(max_length=200, blank=True)
    left_out = models.JSONField(default=list)  # passages that stand only when their figures are known
    # What stands in the journal when it is issued, and what can be handed out once a checkpoint covers that.
    content_sha256 = models.CharField(max_length=64, blank=True)
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
            models.UniqueConstraint(fields=["unit", "number"], name="report_has_one_number_in_its_unit"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="verification_code_names_one_report"),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | Q(issued_at__isnull=False) & ~Q(code="") & ~Q(issued_by="") & ~Q(content_sha256=""),
                name="issued_report_has_code_content_instant_and_signer",
            ),
            models.CheckConstraint(
                condition=Q(file="") | Q(state="issued") & ~Q(file_sha256="") & Q(checkpoint__isnull=False),
                name="only_an_issued_report_has_a_file_with_hash_and_checkpoint",
            ),
        ]
        # A unit's reports, newest first.
        indexes = [models.Index(fields=["unit", "made_at"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.pk])

    @property
    def issued(self) -> bool:
        return self.state == self.State.ISSUED

    @property
    def issued_on(self) -> date | None:
        return None if self.issued_at is None else timezone.localdate(self.issued_at)

    @property
    def as_of_words(self) -> str:
        return as_of_text(self.as_of_at)

    @property
    def issuer(self) -> str:
        """Who issued it, where the query has asked for the name."""
        return getattr(self, "issuer_name", None) or ""

    @property
    def has_text(self) -> bool:
        return bool(self.outline or self.filled)


class Making(models.Model):
    """生成进度 — how far the background work has come with a large report."""

    exempt = "progress of a running task, no fact"

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="making")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.done} / {self.total}"


class Correction(Ledgered):
    """更正 — told beside an issued report when a figure in it changed; the report itself stays."""

    ledger_code = "correction"
    owner_path = "report__unit"
    see_action = "report.see"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="corrections")
    quote = models.PositiveIntegerField(_("number of the figure"))
    was = models.CharField(max_length=40)
    now = models.CharField(pgettext_lazy("corrected value", "now"), max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    made_at = models.DateTimeField()

    class Meta(Ledgered.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.quote}: {self.was} → {self.now}"


class Match(Ledgered):
    """核数记忆 — which indicator a unit's texts mean by a phrase; confirmed by a person, used for the next text of the unit."""

    ledger_code = "match"
    see_action = "text.check"

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
