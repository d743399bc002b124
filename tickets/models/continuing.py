"""Links by which a correspondent goes on in the chat."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class ContinueLink(models.Model):
    """A link in one of our letters that leads into the chat, once. The token itself is not kept, only its hash."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="continue_links")
    letter = models.OneToOneField("tickets.OutboundLetter", on_delete=models.CASCADE, related_name="continue_link")
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "made_at"], name="continue_links")]
