"""Letters in and out: what is kept, and in which state it is (spec: e-mail 6.2-6.4)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """An address the desk imports from and answers from. URLs carry no password; ``password`` is encrypted."""

    class State(models.TextChoices):
        OK = "ok", _("Working")
        DEGRADED = "degraded", _("Trouble")
        AUTH_ERROR = "auth_error", _("Sign-in refused")
        UNREACHABLE = "unreachable", _("Cannot be reached")
        DISABLED = "disabled", _("Paused")

    class Security(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        PLAIN = "plain", _("None (this machine only)")

    address = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    imap_host = models.CharField(max_length=200)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    smtp_host = models.CharField(max_length=200)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=200)
    password_encrypted = models.TextField(blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.OK)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.address


class FolderCursor(models.Model):
    """How far a folder was read: everything up to ``last_uid`` is stored."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=200, default="INBOX")
    uidvalidity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailbox", "folder"], name="one_cursor_per_folder")]


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
    state = models.CharField(max_length=11, choices=State.choices, default=State.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=998, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    auth_level = models.CharField(max_length=2, default="E1")
    auth_evidence = models.JSONField(default=dict)
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
        indexes: ClassVar = [models.Index(fields=["state", "received_at"], name="letter_state")]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it unless a person asks."""
        return self.state not in {self.State.STORED, self.State.PARSING, self.State.PARSED}

    @property
    def sender(self) -> str:
        return str(self.parsed.get("from_address") or self.envelope_from)

    @property
    def subject(self) -> str:
        return str(self.parsed.get("subject", ""))


class OutboundLetter(models.Model):
    """An answer that leaves by SMTP. ``message_id`` is fixed when queued, so that a retry repeats the same letter."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Will be tried again")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="outbound_letters")
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
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)


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


class Suppression(models.Model):
    """An address that must not be written to, and why."""

    address = models.EmailField(unique=True)
    reason = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)
