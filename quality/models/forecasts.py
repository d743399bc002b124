"""Complaints foreseen, and whether they came."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.scores import Score


class ComplaintForecast(models.Model):
    """The chance that a complaint follows a conversation within ``horizon`` days, and why.

    ``probability`` is null while no model is in force; ``markers`` then says how strong the words were by rule.
    ``values`` are all figures known when the conversation ended: what a model is trained on later.
    ``factors`` is ``[{"code", "value", "weight", "evidence": [{seq, start, end}]}]``, the weightiest first. ``came``
    is null until the horizon passed or a complaint came.
    """

    score = models.OneToOneField(Score, on_delete=models.CASCADE, related_name="forecast")
    model = models.CharField(max_length=40, blank=True, help_text=_("kind and version of what foresaw it"))
    probability = models.FloatField(null=True)
    markers = models.PositiveSmallIntegerField(default=0, help_text=_("strong words of complaint, counted by rule"))
    values = models.JSONField(default=dict)
    factors = models.JSONField(default=list)
    horizon = models.PositiveSmallIntegerField(default=30)
    came = models.BooleanField(null=True)
    came_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(probability__gte=0, probability__lte=1), name="forecast_is_a_chance"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-probability", "-created_at"], name="forecasts_highest"),
            models.Index(fields=["created_at"], condition=Q(came__isnull=True), name="forecasts_undecided"),
        ]
