"""Service standards: sections and criteria in versions that never change once published."""

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
    channels = models.JSONField(default=list, help_text=_("channels it judges; empty: every one"))
    topics = models.ManyToManyField("tickets.Topic", related_name="+", help_text=_("topics it judges; none: every one"))
    is_active = models.BooleanField(default=True)

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_ru


class StandardVersion(models.Model):
    """One wording of a standard. Once it is more than a draft it never changes: a database trigger refuses it.

    A scheduled version takes effect at ``effective_at`` (UTC); until then it may be called back to a draft.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    standard = models.ForeignKey(ServiceStandard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()

    class CriticalPolicy(models.TextChoices):
        ZERO = "zero", _("A confirmed critical failure makes the score zero")
        CAP = "cap50", _("A confirmed critical failure leaves at most 50")

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    based_on = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    pass_mark = models.PositiveSmallIntegerField(default=80)
    critical_policy = models.CharField(max_length=5, choices=CriticalPolicy.choices, default=CriticalPolicy.ZERO)
    changelog = models.TextField(blank=True)
    created_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    effective_at = models.DateTimeField(null=True)
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

    ``scale`` is the list of its own answers, ``[{"value": 0…1, "ru", "en", "is_pass"}]``, first the best (1), last the
    worst (0); empty for the plain scale of ``points`` answers. ``condition`` tells when it is asked at all:
    ``{"channels": […], "topics": [codes], "complaint": true, "negative": true, "disclosed": true, "scenario": true}``;
    empty: always. ``root_causes`` is ``[{"code", "ru", "en"}]``, one of which is named with a failure. A failed check
    lowers the score only where ``checks_count``; otherwise a person answers and the finding stands beside.
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
    scale = models.JSONField(default=list)
    how_to_rate_ru = models.TextField(blank=True)
    how_to_rate_en = models.TextField(blank=True)
    is_major = models.BooleanField(default=False)
    critical_class = models.CharField(max_length=10, choices=CriticalClass.choices, blank=True)
    may_be_na = models.BooleanField(default=True)
    condition = models.JSONField(default=dict)
    root_causes = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    checks_count = models.BooleanField(default=True)

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
    def how_to_rate(self) -> str:
        return self.how_to_rate_en if get_language() == "en" else self.how_to_rate_ru

    @property
    def is_critical(self) -> bool:
        return bool(self.critical_class)
