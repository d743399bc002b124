"""Planted contacts: who shops, under which scenario, and what they saw."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MysteryProgramme(models.Model):
    """A round of mystery visits with a quota for each shopper and quarter."""

    title = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    visits_per_shopper = models.PositiveSmallIntegerField(default=2, help_text=_("a quarter"))
    created_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)


class MysteryScenario(models.Model):
    """What the shopper plays: the legend, the question, what a good answer holds."""

    programme = models.ForeignKey(MysteryProgramme, on_delete=models.PROTECT, related_name="scenarios")
    title = models.CharField(max_length=120)
    legend = models.TextField()
    expected = models.TextField(blank=True)
    channel = models.CharField(max_length=10, default="chat")
    topic = models.ForeignKey("tickets.Topic", null=True, on_delete=models.SET_NULL, related_name="+")
    is_active = models.BooleanField(default=True)


class MysteryVisit(models.Model):
    """One planned contact under the name of a borrower of the lender's test segment.

    Secret until it is done: nobody but the shopper and whoever planned it sees that the conversation is planted.
    """

    class Role(models.TextChoices):
        MANAGER = "manager", _("Manager")
        LINE = "line", _("Line staff")
        EXTERNAL = "external", _("From outside")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        STARTED = "started", _("Under way")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    scenario = models.ForeignKey(MysteryScenario, on_delete=models.PROTECT, related_name="visits")
    shopper = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="mystery_visits")
    apart_from = models.ManyToManyField(
        "identity.User", related_name="+", help_text=_("whom the shopper leads or works with: they may not serve")
    )
    role = models.CharField(max_length=8, choices=Role.choices)
    borrower = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="+")
    conversation = models.OneToOneField(
        "chat.Conversation", null=True, on_delete=models.PROTECT, related_name="mystery_visit"
    )
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    observations = models.JSONField(default=dict, help_text=_("times and facts the shopper noted"))
    cost = models.DecimalField(max_digits=9, decimal_places=2, null=True, help_text=_("roubles"))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    planned_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["borrower"], condition=Q(status="started"), name="visits_under_way"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_at__isnull=False, conversation__isnull=False),
                name="done_with_a_conversation",
            ),
            models.CheckConstraint(condition=Q(window_to__gt=models.F("window_from")), name="window_has_length"),
        ]


class PlantedBorrower(models.Model):
    """A borrower of the lender's test segment: out of every index, survey and forecast, for ever."""

    borrower = models.OneToOneField("identity.Borrower", on_delete=models.PROTECT, related_name="planted")
    added_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    known_to = models.ManyToManyField("identity.User", related_name="+", help_text=_("everybody who marked them"))
    added_at = models.DateTimeField(default=timezone.now)
