"""Who a ticket's correspondent is: what was tried, what was decided, and links to bring a photo. Never the values."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UPLOAD_TIME = timedelta(hours=24)  # how long a link to bring a photo is good for
UPLOAD_TRIES = 10  # files that may be refused before the link is spent


class Verification(models.Model):
    """One attempt at proving that the correspondent is this borrower.

    The row is committed before anybody is asked, so that attempts can be counted; ``verdicts`` hold yes or no for each
    field that was compared and stay empty while there is no answer.
    """

    class Method(models.TextChoices):
        FIELDS = "fields", _("Compared by the lender")
        ADDRESS = "address", _("Address on file")
        DOCUMENT = "document", _("Photo of a document")
        LINK = "link", _("Signed in by a link")
        CODE = "code", _("Code in a text message")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="verifications")
    borrower = models.ForeignKey("identity.Borrower", on_delete=models.PROTECT, related_name="verifications")
    by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="verifications")
    method = models.CharField(max_length=8, choices=Method.choices)
    verdicts = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket", "at"], name="verification_ticket"),
            models.Index(fields=["by", "at"], name="verification_by"),
        ]


class IdentityDecision(models.Model):
    """Somebody decided who the correspondent is, or that they are not who they say; one decision stands at a time."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="identity_decisions")
    borrower = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    level = models.PositiveSmallIntegerField(default=0)
    address = models.EmailField(blank=True, help_text="to which the level holds: answers to others are below it")
    grounds = models.JSONField(default=dict, help_text="verdict for each field, and the reliable way")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(until=None), name="one_identity_decision_at_a_time"),
        ]


class UploadLinks(models.QuerySet["UploadLink"]):
    def open(self) -> "UploadLinks":
        """Those that may still bring a file, by the clock of Postgres."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=Now(), tries__lt=UPLOAD_TRIES)


class UploadLink(models.Model):
    """A link by which the correspondent brings one photo of a document, once; the address itself is signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="upload_links")
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField("identity.VaultFile", null=True, on_delete=models.PROTECT, related_name="link")
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = UploadLinks.as_manager()
