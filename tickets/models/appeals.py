"""The register of written appeals: a number and a date, a deadline that the law sets, and what ended it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppealYear(models.Model):
    """The last number given in a year. Whoever registers holds this row, so that no number is left out or twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Appeal(models.Model):
    """A written appeal. Its clock counts working days of the country and stops only where ``ended_on`` is set."""

    class Channel(models.TextChoices):
        CHAT = "chat", _("Chat")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        PAPER = "paper", _("On paper")
        PORTAL = "portal", _("Portal of the regulator")

    class Ending(models.TextChoices):
        ANSWERED = "answered", _("Answered in writing")
        WITHDRAWN = "withdrawn", _("Withdrawn by its author")
        FORWARDED = "forwarded", _("Sent on to whom it concerns")
        REPEATED = "repeated", _("Repeats one that was answered")

    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=40, unique=True)
    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.PROTECT, related_name="appeal")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    received_on = models.DateField()
    registered_at = models.DateTimeField(default=timezone.now)
    registered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    extended_at = models.DateTimeField(null=True)
    extended_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    extension_reason = models.CharField(max_length=500, blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True)
    ending_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-year", "-serial"]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(ended_on=None), name="appeals_open"),
            models.Index(fields=["received_on"], name="appeals_by_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "serial"], name="appeal_number"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ending="") | Q(ended_on__isnull=False) & ~Q(ending=""), name="appeal_ending"
            ),
        ]
