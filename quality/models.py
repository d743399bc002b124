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


class Criterion(models.Model):
    """One weighted question. ``check_code`` names the automatic check that answers it, when one does."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField()
    text_ru = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    weight = models.PositiveSmallIntegerField()
    is_critical = models.BooleanField(default=False)
    check_code = models.CharField(max_length=40, blank=True)
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["position"]

    @property
    def text(self) -> str:
        return self.text_en if get_language() == "en" else self.text_ru


class Score(models.Model):
    """What the checks made of one conversation under one version. A reopened conversation gets another row."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="scores")
    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="scores")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="scores")
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    critical_to_confirm = models.BooleanField(default=False)
    engine_version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
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
    """What a check reports of one criterion, with the words it rests on: ``[{seq, start, end}]`` of the transcript."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    reason = models.CharField(max_length=60, help_text=_("code of the reason; put into words by the page"))
    facts = models.JSONField(default=dict, help_text=_("values the words of the reason need"))
    evidence = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "criterion"], name="one_finding_per_criterion"),
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

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="rating_of_five"),
        ]
