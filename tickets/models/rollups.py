"""Figures of days and half-hours that add up to any period; all of them can be computed again from the log."""

from typing import ClassVar

from django.db import models


class RolledDay(models.Model):
    """A day that was rolled up: as of which moment, how long it took, and a digest of its numbers."""

    date = models.DateField(primary_key=True)
    computed_at = models.DateTimeField(help_text="what the log said at this moment is in the figures")
    took = models.FloatField(default=0)
    dialogs = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)


class DayFigure(models.Model):
    """One measure of a day. ``by``: 0 for all, 1 for an agent, 2 for a topic, 3 for an agent and a topic.

    An empty agent or topic that ``by`` tells apart means "none", not "all". ``counts`` is a histogram of durations
    (``tickets.rules.histograms``), or seconds at each number of parallel chats.
    """

    date = models.DateField()
    by = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=20)
    channel = models.CharField(max_length=8, blank=True)
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic = models.ForeignKey("tickets.Topic", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    n = models.PositiveIntegerField(default=0)
    k = models.PositiveIntegerField(default=0)
    total = models.FloatField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["by", "date", "measure", "channel", "agent", "topic"],
                nulls_distinct=False,
                name="one_figure_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["date"], name="figures_of_day")]


class HalfHourFigure(models.Model):
    """The same of one of the day's half-hours, the first being 0; without histograms."""

    date = models.DateField()
    half_hour = models.PositiveSmallIntegerField()
    by = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=20)
    channel = models.CharField(max_length=8, blank=True)
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic = models.ForeignKey("tickets.Topic", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    n = models.PositiveIntegerField(default=0)
    k = models.PositiveIntegerField(default=0)
    total = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["by", "date", "half_hour", "measure", "channel", "agent", "topic"],
                nulls_distinct=False,
                name="one_figure_a_half_hour",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["date"], name="figures_of_half_hours")]
