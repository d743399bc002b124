"""Roll-ups that add up to what the rows say."""

from typing import ClassVar

from django.db import models


class MetricDay(models.Model):
    """One metric of a day, agent, topic and channel: enough to compute mean and interval without the conversations.

    ``n`` values of which ``k`` are successes, their sum and sum of squares. Where a value stands over a base (its
    weight, or what was possible) also Σ, Σ² of the bases and Σ of value · base. Empty keys mean "none", not "all".
    """

    date = models.DateField()
    metric = models.CharField(max_length=40)
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey("tickets.Topic", null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, blank=True)
    n = models.PositiveIntegerField()
    k = models.PositiveIntegerField(default=0)
    sum = models.FloatField(default=0)
    sum_of_squares = models.FloatField(default=0)
    base = models.FloatField(default=0)
    base_squares = models.FloatField(default=0)
    base_products = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["date", "metric", "agent", "topic", "channel"], nulls_distinct=False, name="one_metric_a_day"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["metric", "date"], name="metric_by_day")]
