"""How the automatic checks are set, what they were measured to be worth, and the wordings they look for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CheckSetting(models.Model):
    """One check's switches. Without a row it runs and counts as its criterion says.

    In shadow mode it runs, is shown to supervisors only and is measured; it never lowers a score.
    """

    check_code = models.CharField(max_length=40, unique=True)
    is_enabled = models.BooleanField(default=True)
    is_shadow = models.BooleanField(default=False)
    changed_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)


class CheckQuality(models.Model):
    """What a version of a check is worth on labels of people.

    Of the dialogs labelled: rightly failed (``tp``), wrongly failed (``fp``), missed (``fn``), rightly let pass
    (``tn``). Precision is tp/(tp+fp), the miss rate fn/(tp+fn), each shown with its Wilson interval.
    """

    check_code = models.CharField(max_length=40)
    check_version = models.PositiveSmallIntegerField()
    dataset = models.CharField(max_length=40, default="desk", help_text=_("labels of this desk, or a named set"))
    tp = models.PositiveIntegerField(default=0)
    fp = models.PositiveIntegerField(default=0)
    fn = models.PositiveIntegerField(default=0)
    tn = models.PositiveIntegerField(default=0)
    kappa = models.FloatField(null=True)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_code", "check_version", "dataset"], name="one_quality_per_dataset"),
        ]


class LexiconEntry(models.Model):
    """A wording a check looks for, edited without a release; before it is kept its examples were tried.

    ``pattern`` is words in any grammatical form, or a regular expression when ``is_regex``. ``must_match`` and
    ``must_not_match`` are lists of sentences.
    """

    class Severity(models.TextChoices):
        MINOR = "minor", _("Minor")
        MAJOR = "major", _("Major")
        CRITICAL = "critical", _("Critical")

    lexicon = models.SlugField()
    language = models.CharField(max_length=2, default="ru")
    pattern = models.CharField(max_length=500)
    is_regex = models.BooleanField(default=False)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.MINOR)
    hint_ru = models.CharField(max_length=300, blank=True)
    hint_en = models.CharField(max_length=300, blank=True)
    must_match = models.JSONField(default=list)
    must_not_match = models.JSONField(default=list)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_to = models.DateTimeField(null=True)
    created_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lexicon", "language", "pattern"], condition=Q(valid_to__isnull=True), name="one_entry_in_force"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["lexicon", "language"], name="entries_of_lexicon")]
