"""When the desk works: calendars, the hours of their weekdays, single days, and what the country decreed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """Hours that promises are counted in. The desk's own one is the default; a policy may name another.

    The hours of the desk's own calendar are the ``WorkingHours`` that name no calendar.
    """

    name = models.CharField(_("Name"), max_length=80, unique=True)
    is_default = models.BooleanField(default=False)
    follows_production = models.BooleanField(_("Follows the production calendar of Russia"), default=False)

    class Meta:
        ordering: ClassVar = ["-is_default", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A date with other hours than its weekday; without hours it is a day off."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "on"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="both_hours_or_none",
            ),
        ]


class ProductionDay(models.Model):
    """A day of the production calendar entered by hand: it goes before what the library knows."""

    class Kind(models.TextChoices):
        OFF = "off", _("Day off")
        WORK = "work", _("Working day")
        SHORT = "short", _("Working day, an hour shorter")

    on = models.DateField(unique=True)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    entered_by = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["on"]
