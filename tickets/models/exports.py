"""Tables to take away: asked for by somebody, written by a worker, kept for a while."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """One file. ``asked`` is what the list on the page was asked for; the file has the same dialogs, all of them."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        WRITING = "writing", _("Being written")
        READY = "ready", _("Ready")
        EMPTY = "empty", _("Nothing to take away")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Not written")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="exports")
    asked_at = models.DateTimeField(default=timezone.now)
    asked = models.JSONField(default=dict)
    language = models.CharField(max_length=2, default="ru")
    format = models.CharField(max_length=4, choices=Format.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    rows = models.PositiveBigIntegerField(default=0, help_text="written so far")
    expected = models.PositiveBigIntegerField(default=0, help_text="by the roll-ups; for the progress bar")
    size = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-asked_at"], name="exports_of"),
            models.Index(fields=["expires_at"], name="exports_expire"),
        ]

    @property
    def is_over(self) -> bool:
        return self.state not in {self.State.WAITING, self.State.WRITING}

    @property
    def share(self) -> float:
        """How much of it is written, in per cent."""
        if self.state == self.State.READY:
            return 100.0
        return min(99.0, 100.0 * self.rows / self.expected) if self.expected else 0.0
