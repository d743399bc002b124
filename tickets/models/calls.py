"""Calls: what a telephone exchange told of them or somebody wrote down by hand, and the exchanges themselves."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.rules.calls import shown_number


class Exchange(models.Model):
    """A telephone exchange that tells of its calls by a signed webhook. Its secret is encrypted.

    ``extensions`` says who answers at which extension; recordings are opened on ``recording_hosts`` only.
    """

    code = models.SlugField(_("Code in the address"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    secret_encrypted = models.TextField()
    extensions = models.JSONField(default=dict, help_text="extension: the staff member's e-mail address")
    recording_hosts = models.JSONField(default=list, help_text="host names of addresses of recordings")
    paused_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True, help_text="its last event that was believed")

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One call, the same whatever order its events came in. ``number`` is the other side's, as digits; never a proof.

    ``claimed`` is whose call it was said to be: a candidate, until the identity desk has confirmed it.
    """

    class Direction(models.TextChoices):
        INBOUND = "in", _("Inbound call")
        OUTBOUND = "out", _("Outbound call")

    class State(models.TextChoices):
        RINGING = "ringing", _("Ringing")
        TALKING = "talking", _("Talking")
        ANSWERED = "answered", _("Answered")
        MISSED = "missed", _("Nobody answered")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("The question is solved")
        NEXT_STEP = "next_step", _("Something remains to be done")

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="call")
    exchange = models.ForeignKey(Exchange, null=True, on_delete=models.PROTECT, related_name="calls")
    call_id = models.CharField(max_length=100, blank=True)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    number = models.CharField(max_length=20, blank=True)
    line = models.CharField(max_length=20, blank=True, help_text="our own number")
    claimed = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="claimed_calls")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="calls")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording = models.URLField(max_length=1000, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        "identity.User", null=True, on_delete=models.PROTECT, related_name="+", help_text="who wrote it down by hand"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exchange", "call_id"], condition=~Q(call_id=""), name="one_call_per_id"),
            models.CheckConstraint(condition=Q(exchange=None) | ~Q(call_id=""), name="calls_of_an_exchange_have_an_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["number", "started_at"], name="call_number")]

    @property
    def shown_number(self) -> str:
        return shown_number(self.number)

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def waited(self) -> int | None:
        """Seconds until somebody answered."""
        return None if self.answered_at is None else max(round((self.answered_at - self.started_at).total_seconds()), 0)

    @property
    def lasted(self) -> int | None:
        """Seconds of talk."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(round((self.ended_at - self.answered_at).total_seconds()), 0)


class CallEvent(models.Model):
    """One event as the exchange told it; the same event told again changes nothing."""

    class Kind(models.TextChoices):
        STARTED = "started", _("Started")
        ANSWERED = "answered", _("Answered")
        ENDED = "ended", _("Ended")
        RECORDING = "recording", _("Recording")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    said = models.JSONField(help_text="the facts of the event, read and checked")
    digest = models.CharField(max_length=64, help_text="of the facts: the same event with other facts is refused")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["call", "kind"], name="one_event_of_a_kind")]
