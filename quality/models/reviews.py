"""What people made of it: reviews, the disputes about them, and what coaching follows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.calibration import CalibrationSession
from quality.models.sampling import ReviewTask
from quality.models.scores import Score, Verdict
from quality.models.standards import Criterion
from quality.rules.ratings import verdict_of


class Review(models.Model):
    """One person's judgement of a scored conversation; it stands beside what the checks made of it, never over it.

    Calibration and self-reviews, and second reviews, never count (``counts``). ``seconds`` were spent in the workspace.
    ``is_critical``: a critical criterion failed, as the reviewer confirmed.
    """

    class Source(models.TextChoices):
        MANUAL = "manual", _("Review")
        SELF = "self", _("Self-review")
        SECOND = "second", _("Second review")
        CALIBRATION = "calibration", _("Calibration")
        MYSTERY = "mystery", _("Mystery visit")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        DISPUTED = "disputed", _("Disputed")
        FINAL = "final", _("Final")

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="reviews")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="reviews_of")
    reviewer = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="reviews")
    source = models.CharField(max_length=11, choices=Source.choices, default=Source.MANUAL)
    task = models.ForeignKey(ReviewTask, null=True, on_delete=models.PROTECT, related_name="reviews")
    session = models.ForeignKey(CalibrationSession, null=True, on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SUBMITTED)
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_critical = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    draft = models.JSONField(default=dict, help_text=_("what is typed and not submitted yet, as the page sent it"))
    edition = models.PositiveIntegerField(default=0, help_text=_("grows with every saving: two windows cannot mix"))
    seconds = models.PositiveIntegerField(null=True)
    is_blind = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, default=timezone.now)
    acknowledged_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["score", "reviewer", "source", "session"],
                nulls_distinct=False,
                name="one_review_per_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", submitted_at__isnull=True)
                | (~Q(status="draft") & Q(submitted_at__isnull=False)),
                name="submitted_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(counts=False) | Q(source__in=["manual", "mystery"]), name="only_real_reviews_count"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "-submitted_at"], name="reviews_of_agent"),
            models.Index(fields=["-submitted_at"], name="reviews_newest"),
        ]


class Rating(models.Model):
    """A reviewer's answer to one criterion.

    ``value`` is the place on its scale, 0…1, null for N/A. ``evidence`` is ``[{seq, start, end}]`` of the transcript.
    ``checks_verdict`` is what the checks said at that time; empty when they said nothing.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="ratings")
    value = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    root_cause = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    checks_verdict = models.CharField(max_length=7, choices=Verdict.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_rating_per_criterion"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=1), name="value_on_its_scale"
            ),
        ]

    @property
    def verdict(self) -> str:
        """What the place on the scale is called, to be compared with the checks'."""
        return verdict_of(None if self.value is None else float(self.value))


class ReviewRevision(models.Model):
    """How a submitted review was before it changed: by a dispute, or after its period closed by two people."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="revisions")
    before = models.JSONField(help_text=_("value and ratings as they stood"))
    reason = models.TextField()
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=models.F("by")), name="two_people_agree"
            ),
        ]


class ClosedPeriod(models.Model):
    """A month whose reviews are settled; later changes need two people and a reason."""

    month = models.DateField(unique=True, help_text=_("its first day"))
    closed_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=timezone.now)


class LateChange(models.Model):
    """A change of a review of a closed month that waits for a second person."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="late_changes")
    proposed = models.JSONField()
    reason = models.TextField()
    asked_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    is_agreed = models.BooleanField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")), name="second_person_decides"
            ),
        ]


class Dispute(models.Model):
    """An agent's objection to a review. Of a critical failure somebody else than the reviewer decides.

    ``proposed`` is ``{criterion: {"value", "comment"}}``; ``delta`` is what the decision changed of the score, points.
    """

    class Kind(models.TextChoices):
        SCORE = "score", _("The score")
        WRONG_PERSON = "wrong_person", _("It was not me")
        EVIDENCE = "evidence", _("The evidence")

    class Status(models.TextChoices):
        OPEN = "open", _("Under way")
        ACCEPTED = "accepted", _("Accepted")
        PARTIAL = "partial", _("Accepted in part")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="disputes")
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SCORE)
    text = models.TextField()
    proposed = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    deadline = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    delta = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review"], condition=Q(status="open"), name="one_open_dispute"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("by")), name="nobody_settles_their_own"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["deadline"], condition=Q(status="open"), name="disputes_open"),
        ]
