"""Who can take a chat now: slots, presence and availability."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Slot(models.Model):
    """A place for one live chat. An agent has as many rows as capacity, so no race can give one more."""

    agent = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    ticket = models.OneToOneField("tickets.Ticket", null=True, on_delete=models.SET_NULL, related_name="slot")
    taken_at = models.DateTimeField(null=True)
    freed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(
        null=True, help_text="since when it is above the agent's capacity; it goes as soon as it is free"
    )

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agent", "number"], name="slot_number")]


class PresenceLease(models.Model):
    """An agent is present while the lease lasts; their socket renews it, not a browser timer."""

    user = models.OneToOneField("identity.User", primary_key=True, on_delete=models.CASCADE, related_name="presence")
    expires_at = models.DateTimeField(db_index=True)


class Availability(models.TextChoices):
    AVAILABLE = "available", _("On the line")
    BREAK = "break", _("Break")
    AWAY = "away", _("Away")


class AvailabilityPeriod(models.Model):
    """What the agent said of themselves, from a moment until a moment; the open row is now."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="availability_periods")
    state = models.CharField(max_length=9, choices=Availability.choices)
    reason = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(until=None), name="one_availability_at_a_time"),
        ]
