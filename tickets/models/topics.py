"""Why borrowers write, what is promised, and when the desk works."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.models import Channel


class TopicFacts(models.Model):
    """What is said of a topic. ``position`` counts among the topics of one parent; ``icon`` is one of the sprite."""

    class Disclosure(models.IntegerChoices):
        ANYBODY = 0, _("Anybody may be answered")
        VERIFIED = 2, _("The identity is verified")
        SIGNED_IN = 3, _("The borrower has signed in")

    title_ru = models.CharField(_("Title in Russian"), max_length=120)
    title_en = models.CharField(_("Title in English"), max_length=120)
    parent = models.ForeignKey(
        "tickets.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)
    icon = models.CharField(max_length=30, default="chat")
    disclosure = models.PositiveSmallIntegerField(
        _("Who may be told of it"), choices=Disclosure.choices, default=0, db_default=0
    )
    is_offered = models.BooleanField(_("offered to borrowers"), default=True)
    is_complaint = models.BooleanField(_("a complaint"), default=False)
    archived_at = models.DateTimeField(null=True, help_text="since when it and what is under it is chosen no more")

    class Meta:
        abstract = True


class Topic(TopicFacts):
    """Why the borrower wrote, as it holds now; topics stand in a tree of three levels at most."""

    code = models.SlugField(unique=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="topic_is_not_its_parent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language now in force."""
        return self.title_in(get_language() or "")

    def title_in(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_ru


class TopicVersion(TopicFacts):
    """What was said of a topic from one change to the next, kept for ever."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="versions")
    parent = models.ForeignKey("tickets.Topic", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    change = models.CharField(max_length=10)
    changed_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["topic", "number"], name="topic_version_number")]


class Priority(models.TextChoices):
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    HIGH = "high", pgettext_lazy("priority", "High")
    URGENT = "urgent", pgettext_lazy("priority", "Urgent")


class SlaTarget(models.Model):
    """One policy: what is promised, in seconds of working time. An empty channel, topic or priority means any.

    The one that names more goes before the others. ``chain`` says who hears of a breach later: minutes and a role.
    """

    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.CASCADE, related_name="targets")
    priority = models.CharField(max_length=6, blank=True, default="", choices=Priority.choices)
    calendar = models.ForeignKey("tickets.Calendar", null=True, blank=True, on_delete=models.PROTECT)
    first_response_time = models.PositiveIntegerField()
    next_response_time = models.PositiveIntegerField()
    resolution_time = models.PositiveIntegerField(null=True, blank=True)
    first_warn_time = models.PositiveIntegerField(help_text="how long before a first answer is due it turns amber")
    next_warn_time = models.PositiveIntegerField(help_text="the same for the answers after the first")
    resolution_warn_time = models.PositiveIntegerField(default=0)
    chain = models.JSONField(default=list, help_text="[[minutes after the breach, role], …]")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "topic", "priority"], nulls_distinct=False, name="one_target_per_topic"
            ),
        ]


class WorkingHours(models.Model):
    """When people answer on one weekday (0 is Monday), in the desk's time zone; a day without a row is a day off.

    Closing at 00:00 means the end of that day. A calendar without any row never closes. No calendar: the desk's own.
    """

    calendar = models.ForeignKey("tickets.Calendar", null=True, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calendar", "weekday", "opens_at"], nulls_distinct=False, name="hours_begin_once"
            ),
        ]
