from django.db import models


class Worker(models.Model):
    """后台进程 — a process that does background work, and when it was last seen alive."""

    exempt = "which processes live is no fact of the work"

    name = models.CharField(max_length=64, unique=True)  # host:pid:start, never used twice
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DueJob(models.Model):
    """定时任务 — when a job of the clock is due next, who is at it, and how it went last."""

    exempt = "the clock's own memory, not a fact of the work"

    name = models.CharField(max_length=64, unique=True)
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=64, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    last_result = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claimed_by="", claimed_at=None)
                | ~models.Q(claimed_by="") & ~models.Q(claimed_at=None),
                name="due_job_claim_has_holder_and_instant",
            )
        ]

    def __str__(self) -> str:
        return self.name
