"""What an agent has looked at of all that is written about them."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OpenedNotice(models.Model):
    """An agent opened this notice; the notices themselves are read from the rows they tell of."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("Review")
        DECISION = "decision", _("Decision on a dispute")
        TALK = "talk", _("Talk")
        PIN = "pin", _("Pinned conversation")

    agent = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="opened_notices")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.BigIntegerField(help_text=_("of the review, dispute, talk or pin"))
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "kind", "number"], name="notice_opened_once"),
        ]
