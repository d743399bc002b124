"""Trained models as plain weights, and the trainings that made them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ModelKind(models.TextChoices):
    TOPIC = "topic", _("Topic of a conversation")
    NEGATIVITY = "negativity", _("Negativity of a message")
    COMPLAINT = "complaint", _("Complaint forecast")


class TrainedModel(models.Model):
    """One version of a model: its weights, what it learned from, and how good it was on what it had not seen.

    A version begins in the shadow. Of one kind and language at most one is in force.
    """

    class Status(models.TextChoices):
        SHADOW = "shadow", pgettext_lazy("trained model", "In the shadow")
        IN_FORCE = "in_force", pgettext_lazy("trained model", "In force")
        RETIRED = "retired", pgettext_lazy("trained model", "Retired")

    kind = models.CharField(max_length=10, choices=ModelKind.choices)
    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.SHADOW)
    data = models.CharField(max_length=300, help_text=_("what it learned from, with its licence when it is not ours"))
    n = models.PositiveIntegerField(help_text=_("examples it learned from"))
    weights = models.BinaryField()
    measures = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, help_text=_("of the weights"))
    trained_at = models.DateTimeField(default=timezone.now)
    trained_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="trained_model_version"),
            models.UniqueConstraint(
                fields=["kind", "language"], condition=Q(status="in_force"), name="one_model_in_force"
            ),
        ]

    @property
    def name(self) -> str:
        """``topic ru 3``: kind, language and version, as forecasts remember it."""
        return " ".join(filter(None, (self.kind, self.language, str(self.version))))


class Training(models.Model):
    """Somebody had a model trained: how far it is, and what came of it.

    ``said`` is a code with figures, ``{"code": "folds", "done": 2, "of": 5}``, put into words by the page.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        NOT_ENOUGH = "short", _("Not enough examples")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=10, choices=ModelKind.choices)
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    said = models.JSONField(default=dict)
    model = models.ForeignKey(TrainedModel, null=True, on_delete=models.SET_NULL, related_name="trainings")
    started_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "language"], condition=Q(status="running"), name="one_training_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(F("started_at").desc(), name="trainings_newest")]
