"""New ways of working, and whether they work."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.standards import Criterion


class Practice(models.Model):
    """A way of working with a hypothesis: which metric moves, which way, by how much at least.

    ``detection`` tells when a transcript shows it: ``{"kind": "regex" | "macro" | "check" | "step", "value": …}``.
    """

    class Status(models.TextChoices):
        IDEA = "idea", _("Idea")
        PILOT = "pilot", _("Pilot")
        ROLLED_OUT = "rolled_out", _("Rolled out")
        STANDARD = "standard", _("Standard")
        REJECTED = "rejected", _("Rejected")

    class Direction(models.TextChoices):
        UP = "up", _("Up")
        DOWN = "down", _("Down")

    title = models.CharField(max_length=160)
    hypothesis = models.TextField()
    metric = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.UP)
    min_effect = models.FloatField(help_text=_("in the metric's own units"))
    filters = models.JSONField(default=dict, help_text=_("channels and topics of eligible conversations"))
    detection = models.JSONField(default=dict)
    treated = models.ManyToManyField("identity.User", related_name="+")
    control = models.ManyToManyField("identity.User", related_name="+")
    rollout_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.IDEA)
    owner = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="practices")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)


class PracticeAdoption(models.Model):
    """How many of an agent's eligible conversations of a day showed the practice."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="adoption")
    agent = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    eligible = models.PositiveIntegerField()
    adopted = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "agent", "day"], name="one_adoption_a_day"),
            models.CheckConstraint(condition=Q(adopted__lte=models.F("eligible")), name="adopted_of_eligible"),
        ]


class PracticeEffect(models.Model):
    """What was measured over a window, with its interval, and the verdict as a word.

    ``details`` holds the means by agent, the adoption-adjusted estimate and the note on power.
    """

    class Verdict(models.TextChoices):
        WORKS = "works", _("Works")
        NO_EVIDENCE = "no_evidence", _("No evidence")
        HARMFUL = "harmful", _("Harmful")
        NOT_ENOUGH = "not_enough", _("Not enough data")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="effects")
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    method = models.CharField(max_length=24)
    estimate = models.FloatField(null=True)
    lo = models.FloatField(null=True)
    hi = models.FloatField(null=True)
    n_treated = models.PositiveIntegerField(default=0)
    n_control = models.PositiveIntegerField(default=0)
    pretrend_p = models.FloatField(null=True)
    verdict = models.CharField(max_length=11, choices=Verdict.choices)
    details = models.JSONField(default=dict)
    computed_at = models.DateTimeField(default=timezone.now)
