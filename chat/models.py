"""What is said: conversations of every channel, their append-only log of entries, and what hangs on it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.rules.entries import StoredAttachment


class Channel(models.TextChoices):
    CHAT = "chat", _("Chat on the site")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    PAPER = "paper", _("Letter on paper")
    PORTAL = "portal", _("Regulator's portal")
    PROBE = "probe", _("The desk's own probe")


class AuthorKind(models.TextChoices):
    BORROWER = "borrower", _("Borrower")
    STAFF = "staff", pgettext_lazy("author", "Staff")
    CORRESPONDENT = "correspondent", _("Correspondent")
    SYSTEM = "system", _("System")


class EntryKind(models.TextChoices):
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Internal note")
    STARTED = "started", _("Started")
    ASSIGNED = "assigned", _("Assigned")
    UNASSIGNED = "unassigned", _("Returned to the queue")
    TRANSFERRED = "transferred", _("Transferred")
    TOPIC_SET = "topic_set", _("Topic set")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")
    REDACTED = "redacted", _("Redacted")
    CONTINUED = "continued", _("Went on in the chat")
    VERIFIED = "verified", _("Identity confirmed")
    UNVERIFIED = "unverified", _("Identity not confirmed")
    DOCUMENT = "document", _("Photo of a document")
    CALL = "call", _("Phone call")
    MISSED_CALL = "missed_call", _("Missed call")


class Conversation(models.Model):
    """The ordered exchange with one person on one channel.

    ``seq`` and ``public_seq`` are the heads of the two gap-free sequences; they move only under this row's lock.
    ``is_shared`` opens an unassigned letter to every agent; a chat is never shared.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    borrower = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="conversations")
    correspondent_name = models.CharField(max_length=200, blank=True)
    correspondent_address = models.EmailField(blank=True)
    subject = models.CharField(max_length=500, blank=True)
    page = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="ru")
    seq = models.BigIntegerField(default=0)
    public_seq = models.BigIntegerField(default=0)
    is_shared = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["borrower", "-started_at"], name="conversation_history"),
            models.Index(fields=["correspondent_address"], name="conversation_correspondent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["borrower"],
                condition=Q(channel="chat", closed_at=None),
                name="one_open_chat_per_borrower",
            ),
        ]


class Participant(models.Model):
    """A staff member who may read and write in a conversation, from a moment until a moment."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="participations")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "user"], condition=Q(until=None), name="participates_once_at_a_time"
            ),
        ]


class Entry(models.Model):
    """One line of a conversation's append-only log: a message, an internal note, or a fact.

    ``public_seq`` is null exactly when the borrower must not know of the entry. ``author_id`` names a borrower or a
    staff member by kind, so that one unique key makes a client's repeated send harmless for both.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="entries")
    seq = models.BigIntegerField()
    public_seq = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    author_kind = models.CharField(max_length=13, choices=AuthorKind.choices)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200, blank=True)
    client_id = models.UUIDField(null=True)
    content_hash = models.CharField(max_length=32, blank=True)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="entry_seq"),
            models.UniqueConstraint(fields=["conversation", "public_seq"], name="entry_public_seq"),
            models.UniqueConstraint(fields=["author_id", "client_id"], name="entry_client_id"),
            models.CheckConstraint(condition=Q(public_seq=None) | Q(public_seq__lte=F("seq")), name="entry_sequences"),
            models.CheckConstraint(condition=~Q(kind="note") | Q(public_seq=None), name="notes_are_internal"),
        ]

    @property
    def is_public(self) -> bool:
        return self.public_seq is not None


class SeenMark(models.Model):
    """How far one reader has seen a conversation: staff by ``seq``, the borrower by ``public_seq``; it only grows."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="seen_marks")
    reader_kind = models.CharField(max_length=13, choices=AuthorKind.choices)
    reader_id = models.UUIDField()
    seq = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "reader_id"], name="one_seen_mark_per_reader"),
        ]


class Draft(models.Model):
    """What a staff member has typed and not yet sent, kept per conversation."""

    class Mode(models.TextChoices):
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Note")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=5, choices=Mode.choices, default=Mode.REPLY)
    body = models.TextField(blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="one_draft_per_conversation"),
        ]


class Attachment(models.Model):
    """A file of a conversation. ``entry`` is null until the message that carries it is posted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="attachments")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="attachments")
    author_kind = models.CharField(max_length=13, choices=AuthorKind.choices)
    author_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["author_id", "created_at"], name="attachment_author")]

    @property
    def stored(self) -> StoredAttachment:
        """The value that entries carry."""
        return StoredAttachment(self.pk, self.name, self.content_type, self.size, self.width, self.height)

    @property
    def is_image(self) -> bool:
        """Whether browsers may show it in place: only images that were re-encoded here."""
        return self.content_type in {"image/jpeg", "image/png", "image/webp"}
