"""Letters in and out: what is kept, and in which state it is (spec: e-mail 6.2-6.4)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.mailboxes import Mailbox
from tickets.models.reasons import reason_words


class InboundLetter(models.Model):
    """A letter as it came. The raw bytes are on disk by ``sha256`` before this row is committed."""

    class State(models.TextChoices):
        STORED = "stored", _("Stored")
        PARSING = "parsing", _("Being read")
        PARSED = "parsed", _("Read")
        APPLIED = "applied", _("In a ticket")
        DUPLICATE = "duplicate", _("Duplicate")
        IGNORED = "ignored", _("Ignored")
        HELD = "held", _("Held")
        OVERSIZE = "oversize", _("Too large")
        REVIEW = "review", _("A public review")
        QUARANTINED = "quarantined", _("In quarantine")

    class Class(models.TextChoices):
        HUMAN = "human", _("Human")
        AUTO = "auto", _("Automatic")
        BOUNCE = "bounce", _("Bounce")
        BULK = "bulk", _("Bulk")
        OWN = "own", _("Our own")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="letters")
    source_key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320, blank=True)
    envelope = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="what only the way it came by knows: address, verdicts",
    )
    arrived_at = models.DateTimeField(null=True, help_text="when its server took it; null: unknown")
    state = models.CharField(max_length=11, choices=State.choices, default=State.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=998, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    auth_level = models.CharField(max_length=2, default="E1")
    auth_evidence = models.JSONField(default=dict)
    from_address = models.CharField(
        max_length=320, blank=True, db_default="", help_text="in small letters, once it was read: who floods"
    )
    letter_class = models.CharField(max_length=6, choices=Class.choices, default=Class.HUMAN)
    parser_version = models.PositiveSmallIntegerField(default=0)
    parsed = models.JSONField(default=dict)
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="letters")
    entry = models.ForeignKey("chat.Entry", null=True, on_delete=models.PROTECT, related_name="letters")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "source_key"], name="letter_source"),
            models.UniqueConstraint(fields=["mailbox", "sha256"], name="letter_content"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "received_at"], name="letter_state"),
            models.Index(fields=["sha256"], opclasses=["varchar_pattern_ops"], name="letter_by_content"),
            models.Index(fields=["from_address", "received_at"], name="letter_sender"),
        ]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it unless a person asks."""
        return self.state not in {self.State.STORED, self.State.PARSING, self.State.PARSED}

    @property
    def is_silent(self) -> bool:
        """Whether it was in the mailbox before the desk was: nobody expects an acknowledgement any more."""
        silent_until = self.mailbox.silent_until
        return silent_until is not None and (self.arrived_at or self.received_at) <= silent_until

    @property
    def sender(self) -> str:
        return str(self.parsed.get("from_address") or self.envelope_from)

    @property
    def subject(self) -> str:
        return str(self.parsed.get("subject", ""))

    @property
    def why_held(self) -> str:
        """In words, for whoever decides about it."""
        return reason_words(self.error)


class LetterSource(models.Model):
    """A further name under which a known letter was seen: its folder was renumbered, or it came by two ways."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="sources")
    source_key = models.CharField(max_length=300)
    letter = models.ForeignKey(InboundLetter, on_delete=models.CASCADE, related_name="sources")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "source_key"], name="letter_further_source")
        ]


class OutboundLetter(models.Model):
    """A letter that leaves by SMTP. ``message_id`` is fixed when queued, so that a retry repeats the same letter."""

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("Answer")
        ACK = "ack", _("Automatic acknowledgement")
        SURVEY = "survey", _("Survey")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Will be tried again")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")
        UNKNOWN = "unknown", _("Perhaps sent")
        BOUNCED = "bounced", _("Came back")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="outbound_letters")
    purpose = models.CharField(max_length=6, choices=Purpose.choices, default=Purpose.ANSWER, db_default=Purpose.ANSWER)
    entry = models.OneToOneField("chat.Entry", null=True, on_delete=models.PROTECT, related_name="outbound_letter")
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="outbound_letters")
    message_id = models.CharField(max_length=200, unique=True)
    in_reply_to = models.CharField(max_length=998, blank=True)
    references = models.JSONField(default=list)
    to_name = models.CharField(max_length=200, blank=True)
    to_address = models.EmailField()
    cc = models.JSONField(default=list)
    subject = models.CharField(max_length=500)
    body = models.TextField()
    signature = models.TextField(blank=True, db_default="")
    quote = models.TextField(
        blank=True, db_default="", help_text="what it answers, without numbers of cards and papers"
    )
    link_path = models.CharField(
        max_length=40, blank=True, db_default="", help_text="where the link leads that takes the place of its mark"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["to_address", "queued_at"], condition=models.Q(purpose="ack"), name="acknowledgements"
            ),
            models.Index(fields=["queued_at"], condition=models.Q(purpose="ack"), name="acknowledged_at"),
        ]

    @property
    def recipients(self) -> list[str]:
        """Everybody it goes to, each once."""
        return list(dict.fromkeys(each for each in (self.to_address, *self.cc) if each))


class MailReference(models.Model):
    """A Message-ID known to belong to a ticket: one we sent, one that came, one that was referred to."""

    class Kind(models.TextChoices):
        OUT = "out", _("Sent by us")
        IN = "in", _("Received")
        REFERENCED = "ref", _("Referred to")
        ALIAS = "alias", _("The provider's name for ours")

    id_hash = models.CharField(max_length=64)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="mail_references")
    kind = models.CharField(max_length=5, choices=Kind.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["id_hash", "ticket", "kind"], name="mail_reference")]


class TicketParticipant(models.Model):
    """Somebody beside the correspondent who takes part in a ticket by letters, because an agent said so."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="participants")
    address = models.EmailField(help_text="in small letters")
    name = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "address"], name="ticket_participant")]


class Suppression(models.Model):
    """An address that must not be written to, and why; ``letter`` is the one of ours that came back."""

    address = models.EmailField(unique=True)
    reason = models.CharField(max_length=120)
    letter = models.ForeignKey(OutboundLetter, null=True, on_delete=models.SET_NULL, related_name="suppressions")
    at = models.DateTimeField(default=timezone.now)
