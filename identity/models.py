"""Who takes part: staff, borrowers, their sessions, and the record of who did or saw what."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.rules import browsers, names

BORROWER_IDLE_TIME = 30 * 60  # seconds without a sign of life after which a borrower's session is dead
BORROWER_SESSION_TIME = 12 * 3600  # seconds a borrower's session lives at most
SOCKET_TICKET_TIME = 30  # seconds a pass to the socket is good for
TOUCH_TIME = 60  # seconds between two notes that a session is in use


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")
    PROBE = "probe", _("The desk's own probe")


GIVEN_ROLES = [(role.value, role.label) for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)]  # to people


class Theme(models.TextChoices):
    SYSTEM = "", _("As on the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A staff member. ``auth_epoch`` grows whenever what they may do shrinks; sockets of an older epoch are closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=200)
    display_name = models.CharField(_("name borrowers see"), max_length=60)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=2, default="ru")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.SYSTEM, blank=True)
    sound_on = models.BooleanField(_("sound"), default=True)
    auth_epoch = models.PositiveIntegerField(default=0)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.deactivated_at is None

    @property
    def is_supervisor(self) -> bool:
        """Whether this person may see everybody's work: supervisors and administrators."""
        return self.role in {Role.SUPERVISOR, Role.ADMIN}

    @property
    def initials(self) -> str:
        return names.initials(self.full_name)


class Borrower(models.Model):
    """The person who asks, keyed by the lender's customer id. An e-mail address is never a key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer_id = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    customer_since = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, default="ru")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    refreshed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["email"], name="borrower_email"),
            models.Index(Upper("email"), name="borrower_email_any_case"),  # as ``iexact`` asks
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_authenticated(self) -> bool:
        """Django's question about a request's user; a borrower only ever comes through a proved session."""
        return True

    @property
    def initials(self) -> str:
        return names.initials(self.full_name)

    @property
    def everyday_name(self) -> str:
        """First name and surname, as in lists."""
        return names.everyday_name(self.full_name)


class UsedToken(models.Model):
    """A lender's token that was exchanged: single use holds because ``jti`` is unique."""

    jti = models.CharField(max_length=128, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)


class BorrowerSessions(models.QuerySet["BorrowerSession"]):
    def live(self) -> "BorrowerSessions":
        """Those that may still do something: not ended, not too old, used lately; by the clock of Postgres."""
        idle = Now() - timedelta(seconds=BORROWER_IDLE_TIME)
        return self.filter(ended_at=None, expires_at__gt=Now(), used_at__gt=idle)


class Session(models.Model):
    """What every session has, whoever it is of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Note that the session is in use, about once a minute."""
        if abs(timezone.now() - self.used_at) > timedelta(seconds=TOUCH_TIME):
            type(self)._default_manager.filter(pk=self.pk).update(used_at=Now())


class BorrowerSession(Session):
    """What the widget got for the lender's token. Only the hash of its secret is kept."""

    borrower = models.ForeignKey(Borrower, on_delete=models.CASCADE, related_name="sessions")
    secret_hash = models.CharField(max_length=64, unique=True)
    site_session = models.CharField(max_length=64, blank=True, help_text="Hash of the token's sid: ended together.")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BorrowerSessions.as_manager()


class StaffSessions(models.QuerySet["StaffSession"]):
    def live(self) -> "StaffSessions":
        """Those that may still do something: not ended, not too old, the person active and with the same rights."""
        oldest = Now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        alive = self.filter(ended_at=None, created_at__gt=oldest, user__deactivated_at=None)
        return alive.filter(epoch=models.F("user__auth_epoch"))


class StaffSession(Session):
    """A staff member's sign-in on one browser, as shown in the session list; ``key`` is Django's session key.

    ``epoch`` is the person's ``auth_epoch`` when they signed in: the session is dead once that has grown.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    epoch = models.PositiveIntegerField(default=0)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StaffSessions.as_manager()

    @property
    def browser_name(self) -> str:
        return browsers.browser_name(self.browser)


class SocketTicket(models.Model):
    """A single-use pass from an HTTP session to one websocket, valid for thirty seconds."""

    secret_hash = models.CharField(max_length=64, primary_key=True)
    borrower_session = models.ForeignKey(BorrowerSession, null=True, on_delete=models.CASCADE)
    staff_session = models.ForeignKey(StaffSession, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField(db_index=True)


class SignInAttempt(models.Model):
    """One try at a password; failures in a row lock the account and address pair out."""

    email = models.EmailField(db_index=True)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    succeeded = models.BooleanField()


class VaultFile(models.Model):
    """A photo of a document, encrypted on the disk. Its bytes go when ``erase_at`` has passed; the row stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    path = models.CharField(max_length=200, blank=True, help_text="below the vault; empty once erased")
    size = models.PositiveBigIntegerField(help_text="of the picture, in bytes")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    stored_at = models.DateTimeField(default=timezone.now, editable=False)
    erase_at = models.DateTimeField(db_index=True)
    erased_at = models.DateTimeField(null=True)

    @property
    def is_here(self) -> bool:
        return self.erased_at is None


class AuditEntry(models.Model):
    """Who did or saw what, when. Append-only: a database trigger refuses update and delete."""

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    code = models.CharField(max_length=60, db_index=True)
    user_id = models.UUIDField(null=True)
    borrower_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)
