"""What an agent says of two tickets: how one has to do with the other."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class TicketLink(models.Model):
    """``ticket`` repeats, goes on from, or is related to ``other``; two tickets are linked at most once."""

    class Kind(models.TextChoices):
        RELATED = "related", pgettext_lazy("link", "related to")
        DUPLICATE = "duplicate", pgettext_lazy("link", "repeats")
        FOLLOW_UP = "follow_up", pgettext_lazy("link", "goes on from")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    made_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "other"], name="one_link_of_two"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="no_link_to_itself"),
        ]
