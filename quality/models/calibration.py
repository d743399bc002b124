"""Several reviewers, the same transcripts, measured agreement."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.scores import Score


class CalibrationSession(models.Model):
    """Raters judge the same scored conversations apart; their reviews never count in a score.

    Blind: nobody sees another's answers, or the checks', before submitting their own. ``results`` is written when it
    closes: agreement by criterion with interval, and the largest disagreements; the checks take part as one more rater.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Under way")
        CLOSED = "closed", _("Done")

    title = models.CharField(max_length=120)
    scores = models.ManyToManyField(Score, related_name="calibrations")
    raters = models.ManyToManyField("identity.User", related_name="calibrations")
    reference = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    is_blind = models.BooleanField(default=True)
    with_checks = models.BooleanField(default=True, help_text=_("the checks take part as one more rater"))
    deadline = models.DateTimeField()
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)
    results = models.JSONField(default=dict)
    created_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
                name="calibration_closed_at",
            ),
        ]
