"""日志 — what was written, by whom, when: append-only."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from luoshi.lib import canonical


class Rewriting(RuntimeError):
    """The journal is append-only: entries, changes and checkpoints are never updated or deleted."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **_values: Any) -> int:
        raise Rewriting(f"{self.model.__name__} is append-only.")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> int:
        raise Rewriting(f"{self.model.__name__} is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Rewriting(f"{self.model.__name__} is append-only.")

    def _raw_delete(self, using: str | None) -> int:
        raise Rewriting(f"{self.model.__name__} is append-only (asked on {using}).")


class AppendOnly(models.Model):
    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Rewriting(f"{type(self).__name__} {self.pk} is written already.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Any:
        raise Rewriting(f"{type(self).__name__} {self.pk} stays.")


class Entry(AppendOnly):
    """日志条目 — one write: its place in the log, what it was, and the digest of what it changed.

    `body` is the canonical JSON that is hashed into the log; it holds no personal data, so that it can be shown to anyone who verifies.
    The other columns repeat parts of it for queries; `luoshi verify` compares them.
    """

    position = models.BigIntegerField(primary_key=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True)
    unit = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()
    body = models.TextField()
    leaf = models.BinaryField(max_length=32)

    class Meta(AppendOnly.Meta):
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [models.CheckConstraint(condition=models.Q(position__gte=1), name="entry_positions_begin_at_one")]
        indexes = [
            # The history of one record.
            models.Index(fields=["subject", "position"]),
            # What happened in one unit.
            models.Index(fields=["unit", "position"]),
            # The last position of a day: closing values and trends.
            models.Index(fields=["at", "position"]),
            # What one person did (own activity, audit).
            models.Index(fields=["actor", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.action} {self.subject}"

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = canonical.loads(self.body)
        return found


class Change(AppendOnly):
    """变更 — what one entry changed in one record, from what to what.

    `digest` = leaf hash of salt ‖ body and stays for ever; `salt` and `body` can be erased, after which nobody can find the values again,
    and the log still verifies.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes", db_index=False)
    no = models.PositiveIntegerField()
    subject = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16, null=True)
    body = models.TextField(null=True)
    erased_by = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta(AppendOnly.Meta):
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(fields=["entry", "no"], name="change_has_one_place_in_its_entry"),
            models.CheckConstraint(
                condition=models.Q(body__isnull=False, salt__isnull=False, erased_by__isnull=True)
                | models.Q(body__isnull=True, salt__isnull=True, erased_by__isnull=False),
                name="change_is_whole_or_erased_by_an_entry",
            ),
        ]
        # The history of one record, and the erasure of one person.
        indexes = [models.Index(fields=["subject", "entry"])]

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.no} {self.subject}"

    @property
    def data(self) -> dict[str, Any] | None:
        """What was changed; None after erasure."""
        return None if self.body is None else canonical.loads(self.body)


class Checkpoint(AppendOnly):
    """存证点 — the signed root of the log at one size; who keeps it can later tell whether anything before it was rewritten."""

    number = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        indexes = [models.Index(fields=["size"])]

    def __str__(self) -> str:
        return f"{self.number} ({self.size})"


class Clock(models.Model):
    """演示时钟 — what a demonstration takes for the time; one row, and none in an ordinary installation (journal/clock.py)."""

    ONLY = 1
    exempt = "says what time a demonstration shows; no fact"

    set_at = models.DateTimeField()  # when it was set, by the machine's clock
    told_at = models.DateTimeField()  # what it told then; it goes on from there
    morning_at = models.DateTimeField()  # to which `luoshi demo day` puts it back

    class Meta:
        verbose_name = _("demonstration clock")
        verbose_name_plural = _("demonstration clocks")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="a_demonstration_has_one_clock")]

    def __str__(self) -> str:
        return f"{self.told_at:%Y-%m-%d %H:%M}"

    @property
    def ahead(self) -> timedelta:
        return self.told_at - self.set_at
