"""How well: versioned service standards, automatic scores with evidence, and what borrowers say."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class ServiceStandard(models.Model):
    """The promise of conduct; what it says is in its versions."""

    code = models.SlugField(unique=True)
    title_ru = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_ru


class StandardVersion(models.Model):
    """One wording of a standard. Once published it never changes: a database trigger refuses it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    standard = models.ForeignKey(ServiceStandard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    pass_mark = models.PositiveSmallIntegerField(default=80)
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("of everything it says, taken when published"))
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "number"], name="version_number"),
            models.UniqueConstraint(fields=["standard"], condition=Q(status="published"), name="one_published_version"),
        ]


class Section(models.Model):
    """A heading of the scorecard."""

    version = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    title_ru = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["position"]

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_ru


class CriticalClass(models.TextChoices):
    """Whom a critical failure harms; empty means that the criterion is not critical."""

    BORROWER = "borrower", _("Critical for the borrower")
    BUSINESS = "business", _("Critical for the business")
    COMPLIANCE = "compliance", _("Critical for the law")


class Criterion(models.Model):
    """One weighted question.

    ``checks`` names the automatic checks that answer it, ``[{"code", "parameters"}]``; without one a person answers.
    ``points`` is the number of answers on its scale: two (yes, no), three (partly in between) or five.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField()
    text_ru = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    weight = models.PositiveSmallIntegerField()
    points = models.PositiveSmallIntegerField(default=2)
    critical_class = models.CharField(max_length=10, choices=CriticalClass.choices, blank=True)
    checks = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["section", "code"], name="criterion_code"),
            models.CheckConstraint(condition=Q(points__in=[2, 3, 4, 5]), name="points_of_a_scale"),
            models.CheckConstraint(condition=Q(weight__lte=100), name="weight_of_hundred"),
        ]

    @property
    def text(self) -> str:
        return self.text_en if get_language() == "en" else self.text_ru

    @property
    def is_critical(self) -> bool:
        return bool(self.critical_class)


class Score(models.Model):
    """What the checks made of one conversation under one version. A reopened conversation gets another row.

    ``value`` is null when nothing could be rated. ``critical_to_confirm``: a check saw a critical failure, which
    counts only after a person confirmed it.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="scores")
    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="scores")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="scores")
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    critical_to_confirm = models.BooleanField(default=False)
    engine_version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="scores_newest"),
            models.Index(fields=["agent", "-created_at"], name="scores_of_agent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "version", "engine_version", "content_hash"], name="one_score_per_content"
            ),
        ]


class Verdict(models.TextChoices):
    PASS = "pass", _("Yes")
    PARTIAL = "partial", _("Partly")
    FAIL = "fail", _("No")
    NA = "na", _("Not applicable")
    UNSURE = "unsure", _("Not sure")


class Finding(models.Model):
    """What one check reports of one criterion, with the words it rests on.

    ``evidence`` is ``[{seq, start, end}]`` of the transcript; an empty span marks a place: where
    words are missing, or a pause.
    """

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    check_code = models.CharField(max_length=40)
    check_version = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    reason = models.CharField(max_length=60, help_text=_("code of the reason; put into words by the page"))
    facts = models.JSONField(default=dict, help_text=_("values the words of the reason need"))
    evidence = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "criterion", "check_code"], name="one_finding_per_check"),
        ]


class Review(models.Model):
    """One person's judgement of a scored conversation; it stands beside what the checks made of it, never over it."""

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="reviews")
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    comment = models.TextField(blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "reviewer"], name="one_review_per_reviewer"),
        ]


class Rating(models.Model):
    """A reviewer's answer to one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="ratings")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "criterion"], name="one_rating_per_criterion"),
            models.CheckConstraint(condition=~Q(verdict="unsure"), name="people_are_sure"),
        ]


class SurveyAnswer(models.Model):
    """A borrower's own judgement of one closed conversation."""

    class Solved(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")

    conversation = models.OneToOneField("chat.Conversation", on_delete=models.PROTECT, related_name="survey_answer")
    borrower = models.ForeignKey("identity.Borrower", on_delete=models.PROTECT, related_name="survey_answers")
    rating = models.PositiveSmallIntegerField()
    solved = models.CharField(max_length=6, choices=Solved.choices, blank=True)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="rating_of_five"),
        ]
