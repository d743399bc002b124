"""The work a conversation causes."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.topics import Priority


class Ticket(models.Model):
    """The work around one conversation.

    ``waiting_since`` is the first message of the other side that nobody has answered yet; null means we owe nothing.
    ``due_at`` is when the promise for that answer is broken. ``first_response_at`` never moves once set.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for the borrower")
        RESOLVED = "resolved", _("Resolved")

    number = models.BigAutoField(primary_key=True)
    conversation = models.OneToOneField("chat.Conversation", on_delete=models.PROTECT, related_name="ticket")
    channel = models.CharField(max_length=8)
    topic = models.ForeignKey("tickets.Topic", null=True, on_delete=models.PROTECT, related_name="tickets")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    assignee = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="tickets")
    opened_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(null=True, help_text="since when it waits for an agent; null when it does not")
    assigned_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    borrower_wrote_at = models.DateTimeField(null=True)
    staff_wrote_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(
        null=True, help_text="since when a silent chat gave its place up; it returns to the same agent"
    )
    returns_to = models.ForeignKey(
        "identity.User", null=True, on_delete=models.PROTECT, related_name="+", help_text="whose chat it was"
    )
    snoozed_until = models.DateTimeField(null=True)
    silence_asked_at = models.DateTimeField(
        null=True, help_text="since when the borrower is asked whether they are there; a trigger forgets it"
    )
    moved_at = models.DateTimeField(null=True, help_text="since when what began by letters is a live chat")
    reserved_until = models.DateTimeField(
        null=True, help_text="until when its place is kept although nobody has written in the chat yet"
    )
    resolved_at = models.DateTimeField(null=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL, db_default="normal")
    thanked_at = models.DateTimeField(null=True, help_text="the other side only thanked: no answer is needed")
    resolution_used = models.FloatField(default=0, db_default=0.0, help_text="working seconds of ours before now")
    resolution_since = models.DateTimeField(null=True, help_text="since when that clock runs; null while it rests")
    resolution_due_at = models.DateTimeField(null=True)
    resolution_warn_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True, help_text="when the next step of its promises is due; set by a trigger")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="next", help_text="the finished one it goes on from"
    )
    steps_done = models.JSONField(default=list, help_text="ids of the scenario steps that are done")

    @property
    def waits_since(self) -> datetime | None:
        """Since when somebody waits on this channel: who asked by letter and came into the chat, since they came."""
        if self.waiting_since is None or self.moved_at is None:
            return self.waiting_since
        return max(self.waiting_since, self.moved_at)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["queued_at"], condition=Q(queued_at__isnull=False), name="ticket_queue"),
            models.Index(fields=["assignee", "status"], name="ticket_assignee"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="ticket_due"),
            models.Index(fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"),
            models.Index(
                Greatest("staff_wrote_at", "borrower_wrote_at", "moved_at"),
                condition=Q(channel="chat", status="waiting", waiting_since=None, snoozed_until=None)
                & Q(silence_asked_at=None, staff_wrote_at__isnull=False),
                name="ticket_silent",
            ),
            models.Index(
                fields=["silence_asked_at"], condition=Q(silence_asked_at__isnull=False), name="ticket_silence_asked"
            ),
            models.Index(fields=["alarm_at"], condition=Q(alarm_at__isnull=False), name="ticket_alarm"),
            models.Index(fields=["channel", "due_at"], condition=~Q(status="resolved"), name="ticket_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(queued_at=None) | Q(assignee=None), name="queued_or_assigned"),
        ]


class Assignment(models.Model):
    """Staff and ticket as a row: by whom, since, until, and why it ended."""

    class Reason(models.TextChoices):
        MATCHED = "matched", _("Matched")
        TAKEN = "taken", _("Taken")
        TRANSFERRED = "transferred", _("Transferred")
        INVITED = "invited", _("Started by the agent")
        RETURNED = "returned", _("Came back to the same agent")

    class Ending(models.TextChoices):
        TRANSFERRED = "transferred", _("Transferred")
        UNANSWERED = "unanswered", _("No answer in time")
        PRESENCE_LOST = "presence_lost", _("Connection lost")
        HELD = "held", _("The borrower fell silent")
        UNDONE = "undone", _("The transfer was undone")
        RESOLVED = "resolved", _("Resolved")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="assignments")
    agent = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="assignments")
    by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="assignments_made")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True, help_text="end of the first-answer lease")
    ending = models.CharField(max_length=14, choices=Ending.choices, blank=True)
    summary = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agent", "since"], name="assignment_agent"),
            models.Index(fields=["until"], name="assignment_until"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(until=None), name="one_assignment_at_a_time"),
        ]


class TicketEvent(models.Model):
    """Append-only log that every service metric is computed from. ``kind`` is one of docs/metrics.md."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket", "at"], name="ticket_events"),
            models.Index(fields=["kind", "at"], name="ticket_event_kinds"),
        ]
