"""What the gate itself keeps: used keys, and the further units that a record belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Key(models.Model):
    """防重号 — a write's key with the answer it was given, so that the same write sent twice has one effect."""

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    content = models.BinaryField(max_length=32)
    result_type = models.CharField(max_length=100, blank=True)
    result_id = models.BigIntegerField(null=True)
    position = models.BigIntegerField(null=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="key_is_used_once_by_an_actor")]
        # The worker drops keys older than 30 days.
        indexes = [models.Index(fields=["used_at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class Party(models.Model):
    """相关单位 — a further unit that a record belongs to, beside its owner.

    Written by operations as a part of its subject, so that the subject's Change holds it.
    """

    class Role(models.TextChoices):
        JOINT = "joint", _("jointly responsible")
        LEAD = "lead", _("lead")
        ASSIST = "assist", _("assisting")
        FROM = "from", _("handed over by")
        VERIFIER = "verifier", _("verifying")

    subject_type = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    unit = models.ForeignKey("orgs.Unit", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "unit", "role"], name="party_is_named_once"),
        ]
        # within(): which records of a type belong to the units of a range.
        indexes = [models.Index(fields=["unit", "subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id} {self.role}"
