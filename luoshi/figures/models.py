"""数字 — indicators, the tallies that follow the journal, and figures declared from other systems."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luoshi.campaigns.models import OfCampaign, in_language
from luoshi.gate.ledgered import Ledgered
from luoshi.orgs.models import Unit

LARGEST_VALUE = 10**15


class Indicator(OfCampaign):
    """指标 — what is counted, as data: a fact source, a filter, a measure, optionally what it is a share of."""

    class Good(models.TextChoices):
        UP = "up", _("more is better")
        DOWN = "down", _("less is better")

    ledger_code = "indicator"

    definition = models.TextField(_("definition"))
    definition_en = models.TextField(blank=True)
    workstream = models.CharField(max_length=60)
    source = models.CharField(max_length=60)  # a fact source that a room offers, or "declared"
    where = models.JSONField(default=dict, blank=True)
    measure = models.CharField(max_length=60)  # count, sum:<column>, distinct:unit, distinct:person
    denominator = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="numerators")
    unit_word = models.CharField(_("counted in"), max_length=20)
    unit_word_en = models.CharField(max_length=40, blank=True)
    good = models.CharField(max_length=4, choices=Good.choices, default=Good.UP)
    names = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=20, blank=True)  # declared figures: the level of units that declare it
    edition = models.PositiveIntegerField(_("edition of the definition"), default=1)

    class Meta(OfCampaign.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def get_absolute_url(self) -> str:
        return reverse("figures:indicator", args=[self.campaign.code, self.code])

    @property
    def declared(self) -> bool:
        return self.source == "declared"

    @property
    def words(self) -> str:
        return in_language(self.definition, self.definition_en)

    @property
    def counter(self) -> str:
        return in_language(self.unit_word, self.unit_word_en)


class Delta(models.Model):
    """增量 — by how much one entry changed the tally of one indicator in one unit on one day. Sums of these are the figures."""

    derived_table = "follows the journal: recounted by `luoshi verify`"

    position = models.BigIntegerField()
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.BigIntegerField()
    on = models.DateField()
    delta = models.BigIntegerField()

    class Meta:
        indexes = [
            # Catching up with the journal; as of a position.
            models.Index(fields=["position"]),
            # One cell; one unit's days.
            models.Index(fields=["indicator", "unit", "on"]),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.indicator_id} {self.unit} {self.on} {self.delta:+d}"


class First(models.Model):
    """首次 — the day on which a member (a unit, a person) first qualified for a distinct count, and the unit where it counts."""

    derived_table = "follows the records: recounted by `luoshi verify`"

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.BigIntegerField()
    unit = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "member"], name="member_first_qualifies_once")]
        # The members behind one cell.
        indexes = [models.Index(fields=["indicator", "unit", "on"])]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.member} {self.on}"


class Declaration(Ledgered):
    """填报数 — a figure that another system counts, declared once by the unit that answers for it, with its document and date.

    Never added to computed figures; a correction supersedes it and keeps it.
    """

    ledger_code = "declaration"
    see_action = "figure.see"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("unit"))
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("figure"), db_index=False
    )
    value = models.BigIntegerField(_("value"), validators=[MaxValueValidator(LARGEST_VALUE)])
    as_of_on = models.DateField(_("as of"))
    system = models.CharField(_("counted by"), max_length=100)
    document = models.CharField(_("document"), max_length=200)
    document_on = models.DateField(_("date of the document"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    declared_on = models.DateField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta(Ledgered.Meta):
        verbose_name = _("declared figure")
        verbose_name_plural = _("declared figures")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=LARGEST_VALUE), name="declared_value_is_plausible"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="declared_figure_has_a_document"),
            models.UniqueConstraint(
                fields=["unit", "indicator", "as_of_on"],
                condition=Q(supersedes__isnull=True),
                name="figure_is_declared_once_for_a_day",
                violation_error_message=_(
                    "This figure was already declared for this day. Correct that declaration instead."
                ),
            ),
        ]
        # The newest declaration of a figure by a unit.
        indexes = [models.Index(fields=["indicator", "unit", "as_of_on"])]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"

    def get_absolute_url(self) -> str:
        return reverse("figures:declaration", args=[self.pk])
