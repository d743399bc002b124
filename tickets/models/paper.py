"""Letters on paper and letters of a regulator's portal: how they were registered, and how they were answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PaperLetter(models.Model):
    """A letter that somebody registered by hand. Its words and scans are the first message of the conversation."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question or request")
        CLAIM = "claim", _("Claim or complaint")
        DOCUMENTS = "documents", _("Request for documents")
        REGULATOR = "regulator", _("Request of the regulator or a court")
        OTHER = "other", pgettext_lazy("letter", "Something else")

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="paper")
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    incoming_number = models.CharField(max_length=60)
    received_on = models.DateField()
    sender = models.CharField(max_length=200)
    sender_address = models.CharField(max_length=300, blank=True, help_text="where the answer goes by post")
    claimed = models.ForeignKey(
        "identity.Borrower", null=True, on_delete=models.PROTECT, related_name="claimed_letters"
    )
    registered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "incoming_number"], name="incoming_number_once"),
        ]


class PaperAnswer(models.Model):
    """An answer on paper: composed, printed, and sent on a day under an outgoing number. One is begun at a time."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="paper_answers")
    body = models.TextField()
    composed_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    composed_at = models.DateTimeField(default=timezone.now)
    printed_at = models.DateTimeField(null=True)
    outgoing_number = models.CharField(max_length=60, blank=True)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("chat.Entry", null=True, on_delete=models.PROTECT, related_name="paper_answer")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(sent_on=None), name="one_answer_begun_at_a_time"),
            models.UniqueConstraint(
                fields=["outgoing_number"], condition=~Q(outgoing_number=""), name="outgoing_number_once"
            ),
        ]
