"""What the desk does by itself where a borrower falls silent in a live chat."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SilenceRule(models.Model):
    """When a silent borrower is asked whether they are there, and when the chat ends. One row; none means the usual."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(_("Silent chats end by themselves"), default=True)
    warn_time = models.PositiveIntegerField(default=600, help_text="seconds of silence before the question")
    close_time = models.PositiveIntegerField(default=1200, help_text="seconds from the question to the end")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_silence_rule"),
            models.CheckConstraint(condition=Q(warn_time__gte=60, close_time__gte=60), name="silence_takes_a_minute"),
        ]

    def facts(self) -> dict[str, Any]:
        return {"is_on": self.is_on, "warn_time": self.warn_time, "close_time": self.close_time}
