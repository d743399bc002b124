"""How many agents are needed: asked for by somebody, computed by a worker, kept as it was computed."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StaffingPlan(models.Model):
    """One answer. ``hours`` are of the week that begins with ``week_on``, ``past`` of the week before it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        COMPUTING = "computing", _("Being computed")
        READY = "ready", _("Ready")
        TOO_LITTLE = "too_little", _("Not enough data yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    share = models.PositiveSmallIntegerField(default=80, help_text="per cent to be answered in time")
    seconds = models.PositiveIntegerField(default=120)
    places = models.PositiveSmallIntegerField(default=5, help_text="chats at once for each agent")
    week_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveSmallIntegerField(default=0, help_text="hours computed so far")
    expected = models.PositiveSmallIntegerField(default=336)
    computed_at = models.DateTimeField(null=True)
    basis = models.JSONField(default=dict, help_text="what it was computed from: days, chats, handle time, parallelism")
    hours = models.JSONField(default=list)
    past = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-asked_at"], name="staffing_plans_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(share__gte=50, share__lte=99), name="staffing_share_is_of_most"),
            models.CheckConstraint(condition=models.Q(places__gte=1, places__lte=5), name="staffing_places_are_few"),
        ]

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.READY, self.State.TOO_LITTLE}

    @property
    def progress(self) -> float:
        """How much of it is computed, in per cent."""
        return 100.0 if self.is_over else min(99.0, 100.0 * self.done / self.expected)
