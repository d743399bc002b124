"""What follows from reviews for one agent: places to come back to, and agreed sessions."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from quality.models.scores import Score


class Pin(models.Model):
    """A conversation kept to be talked about, good or bad."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="pins")
    agent = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="pins_of")
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    is_praise = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["score", "by"], name="one_pin_per_person")]


class CoachingSession(models.Model):
    """A talk with an agent: about which criteria, what was agreed, and by when.

    ``criteria`` are codes; ``effect`` is computed once enough dialogs came after ``held_on``: the change of these
    criteria of the agent against everybody else's in the same time (difference in differences).
    """

    agent = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="coaching")
    coach = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    criteria = models.JSONField(default=list)
    pins = models.ManyToManyField(Pin, related_name="sessions")
    agreed = models.TextField(blank=True)
    held_on = models.DateField()
    due_on = models.DateField(null=True)
    effect = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
