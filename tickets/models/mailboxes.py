"""Mailboxes: where letters come from, how the desk signs in there, and how it is going."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EMPTY_LIST = models.Value([], models.JSONField())


class Mailbox(models.Model):
    """An address the desk takes letters for and answers from. What is secret is encrypted; addresses carry none of it.

    A refused sign-in stops all attempts until somebody changes the mailbox; ``disabled`` is a person's pause.
    """

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

    class Kind(models.TextChoices):
        IMAP = "imap", _("IMAP: the desk fetches them")
        SMTP = "smtp", _("SMTP: a mail server hands them in")
        MAILGUN = "hook:mailgun", "Mailgun"
        POSTMARK = "hook:postmark", "Postmark"
        SES = "hook:ses", "Amazon SES"
        SENDGRID = "hook:sendgrid", "SendGrid"
        MANDRILL = "hook:mandrill", "Mandrill"
        SPARKPOST = "hook:sparkpost", "SparkPost"
        RESEND = "hook:resend", "Resend"
        POSTAL = "hook:postal", "Postal"
        MAILERSEND = "hook:mailersend", "MailerSend"
        MAILTRAP = "hook:mailtrap", "Mailtrap"

    class Purpose(models.TextChoices):
        SUPPORT = "support", _("Letters of borrowers: they become tickets")
        REVIEWS = "reviews", _("Letters about public reviews: no ticket, no answer")

    class Auth(models.TextChoices):
        PASSWORD = "password", _("Password")
        GOOGLE = "oauth_google", "Google"
        M365 = "oauth_m365", "Microsoft 365"

    address = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    purpose = models.CharField(
        max_length=7, choices=Purpose.choices, default=Purpose.SUPPORT, db_default=Purpose.SUPPORT
    )
    review_senders = models.JSONField(
        default=list, db_default=EMPTY_LIST, help_text="addresses and domains whose letters tell of public reviews"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.IMAP, db_default=Kind.IMAP)
    imap_host = models.CharField(max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    folder = models.CharField(max_length=200, default="INBOX", db_default="INBOX")
    smtp_host = models.CharField(max_length=200, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=200, blank=True)
    auth = models.CharField(max_length=12, choices=Auth.choices, default=Auth.PASSWORD, db_default=Auth.PASSWORD)
    password_encrypted = models.TextField(blank=True)
    credentials_encrypted = models.TextField(
        blank=True, db_default="", help_text="JSON: OAuth2 application and tokens, a hook's keys"
    )
    authserv_ids = models.JSONField(
        default=list, db_default=EMPTY_LIST, help_text="whose Authentication-Results are believed"
    )
    is_m365 = models.BooleanField(
        default=False, db_default=False, help_text="its results carry no id: the topmost is believed"
    )
    signature = models.TextField(blank=True, db_default="", help_text="below every answer, after the agent's name")
    acknowledges = models.BooleanField(default=True, db_default=True, help_text="says at once that a letter came")
    state = models.CharField(max_length=11, choices=State.choices, default=State.OK)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    silent_until = models.DateTimeField(null=True, help_text="letters that arrived before are not acknowledged")
    watched_by = models.CharField(
        max_length=120, blank=True, db_default="", help_text="the process that holds the lease"
    )
    watched_at = models.DateTimeField(null=True, help_text="its last sign of life")
    reconciled_at = models.DateTimeField(null=True)
    reconciled_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="letters on the server at that time"
    )
    missed_count = models.PositiveIntegerField(default=0, db_default=0, help_text="of them, those we did not have")

    def __str__(self) -> str:
        return self.address

    @property
    def is_fetched(self) -> bool:
        """Whether the desk itself goes and looks for letters."""
        return self.kind == self.Kind.IMAP

    @property
    def is_paused(self) -> bool:
        return self.state == self.State.DISABLED

    @property
    def provider(self) -> str:
        """Whose webhook hands the letters in; empty where none does."""
        return self.kind.partition(":")[2]


class FolderCursor(models.Model):
    """How far a folder was read: everything up to ``last_uid`` is stored, but what is ``skipped``."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=200, default="INBOX")
    uidvalidity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    skipped = models.JSONField(
        default=list, db_default=EMPTY_LIST, help_text="UIDs that the server named and did not give"
    )

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailbox", "folder"], name="one_cursor_per_folder")]


class JournalGap(models.Model):
    """A raw letter on disk that no row speaks of and nobody could put into a mailbox, or a row without its raw letter.

    The row goes when the gap is closed.
    """

    class Kind(models.TextChoices):
        NO_ROW = "no_row", _("A file without a row")
        NO_FILE = "no_file", _("A row without its file")

    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sha256", "kind"], name="one_gap_per_letter")]
