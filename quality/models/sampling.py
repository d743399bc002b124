"""Which conversations people review, and with what chance each of them was drawn."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.scores import Score


class SamplingPlan(models.Model):
    """A way to draw conversations for review, the same again from the same ``seed``.

    ``settings`` by kind: ``{"per_agent": 5}`` a week (random), ``{"per_stratum": 3}`` (channel × topic),
    ``{"top_share": 0.05}`` (risk), ``{"mads": 3}`` (outliers), ``{"first_week_share": 1, "first_month": 10}`` (new
    agents), ``{"flagged": 20, "unflagged": 20}`` a month and check, ``{"share": 0.05}`` (second reviews).
    """

    class Kind(models.TextChoices):
        RANDOM = "random", _("Random, by agent")
        STRATIFIED = "stratified", _("By channel and topic")
        RISK = "risk", _("Risk")
        OUTLIERS = "outliers", _("Outliers")
        NEW_AGENTS = "new_agents", _("New agents")
        CHECKS = "checks", _("Check of the checks")
        SECOND = "second", _("Second reviews")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    filters = models.JSONField(default=dict, help_text=_("channels, topics, agents; empty: all"))
    reviewers = models.ManyToManyField("identity.User", related_name="+")
    seed = models.BigIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    drawn_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)


class ReviewTask(models.Model):
    """A scored conversation that somebody is to review.

    ``inclusion_probability`` is the chance with which the plan drew it: reviews are weighted by its inverse. Null when
    a person chose it: such a review never enters an average.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    plan = models.ForeignKey(SamplingPlan, null=True, on_delete=models.PROTECT, related_name="tasks")
    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="tasks")
    assignee = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="review_tasks")
    inclusion_probability = models.FloatField(null=True)
    why = models.JSONField(default=dict, help_text=_("what drew it: the stratum, the signal and its value"))
    is_blind = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    drawn_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "score"], name="drawn_once_by_a_plan"),
            models.CheckConstraint(
                condition=Q(inclusion_probability__isnull=True)
                | Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="inclusion_is_a_chance",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["assignee", "due_at"], condition=Q(status="waiting"), name="tasks_waiting"),
        ]
