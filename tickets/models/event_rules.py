"""Rules that an administrator makes: when something happens and the conditions hold, the desk does something."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import Channel
from tickets.models.topics import Priority


class EventRule(models.Model):
    """One rule. What is left empty is no condition, and no action. They are looked at in order, and only those on."""

    class Event(models.TextChoices):
        """The names are those of the ticket's log (docs/metrics.md), and ``message`` for what the borrower writes."""

        OPENED = "opened", _("A ticket is opened")
        MESSAGE = "message", _("A message of the borrower comes")
        TOPIC = "topic_set", _("The topic is changed")
        PRIORITY = "priority_set", _("The priority is changed")
        WARNED = "promise_warned", _("A promise is about to be broken")
        BREACHED = "promise_breached", _("A promise is broken")
        RESOLVED = "resolved", _("The ticket is resolved")
        REOPENED = "reopened", _("The ticket is reopened")

    class Known(models.TextChoices):
        ANYBODY = "", pgettext_lazy("borrower", "Anybody")
        KNOWN = "known", _("A known borrower")
        UNKNOWN = "unknown", _("Somebody not known")

    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(default=False)
    event = models.CharField(max_length=16, choices=Event.choices)
    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)
    topic = models.ForeignKey("tickets.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    priority = models.CharField(max_length=6, blank=True, choices=Priority.choices)
    words = models.CharField(max_length=500, blank=True, help_text="by commas; one of them is enough")
    borrower = models.CharField(max_length=7, blank=True, choices=Known.choices)
    waited_minutes = models.PositiveIntegerField(null=True, blank=True)
    sets_topic = models.ForeignKey("tickets.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sets_priority = models.CharField(max_length=6, blank=True, choices=Priority.choices)
    gives_to = models.ForeignKey("identity.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000, blank=True)
    tells_supervisors = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sets_topic__isnull=False)
                | ~Q(sets_priority="")
                | Q(gives_to__isnull=False)
                | ~Q(note="")
                | Q(tells_supervisors=True),
                name="event_rule_does_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleTrial(models.Model):
    """What a rule would have touched on past days; it changed nothing. A changed rule has none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.OneToOneField(EventRule, on_delete=models.CASCADE, related_name="trial")
    asked_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField()
    until = models.DateTimeField()
    expected = models.PositiveIntegerField(default=0, help_text="tickets to be looked at; for the progress bar")
    looked = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0, help_text="how often the rule would have worked")
    tickets = models.PositiveIntegerField(default=0, help_text="on how many tickets")
    numbers: Any = models.JSONField(default=list, help_text="the first of them")
    finished_at = models.DateTimeField(null=True)

    @property
    def share(self) -> float:
        """How much of it is done, in per cent."""
        return min(99.0, 100.0 * self.looked / self.expected) if self.expected else 0.0
