"""What the automatic checks made of a conversation."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.models.standards import Criterion, StandardVersion


class Score(models.Model):
    """What the checks made of one conversation under one version. A reopened conversation gets another row.

    ``value`` is null when nothing could be rated. ``milliseconds`` of the processor were spent on the checks.
    ``critical_to_confirm``: a check saw a critical failure, which counts only after a person confirmed it.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="scores")
    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="scores")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="scores")
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    critical_to_confirm = models.BooleanField(default=False)
    engine_version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    milliseconds = models.FloatField(null=True)
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
    words are missing, or a pause. ``counts`` is false of a check in shadow mode or whose precision is not proved: it
    is shown and measured, and lowers nothing.
    """

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="findings")
    check_code = models.CharField(max_length=40)
    check_version = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    reason = models.CharField(max_length=60, help_text=_("code of the reason; put into words by the page"))
    facts = models.JSONField(default=dict, help_text=_("values the words of the reason need"))
    evidence = models.JSONField(default=list)
    counts = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "criterion", "check_code"], name="one_finding_per_check"),
        ]
        indexes: ClassVar = [models.Index(fields=["check_code", "verdict", "-id"], name="findings_of_check")]


class FindingLabel(models.Model):
    """A person's word on a finding: agreed, or «I disagree» with the right verdict. What checks are measured by."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="labels")
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "by"], name="one_label_per_person"),
            models.CheckConstraint(condition=~Q(verdict="unsure"), name="labels_are_sure"),
        ]


class Confirmation(models.Model):
    """A critical failure that a check saw, waiting for a person until ``due_at``, or decided by one.

    ``is_confirmed`` is null while it waits. A confirmed one is an incident for security and compliance.
    """

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="confirmations")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    is_confirmed = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["score", "criterion"], name="one_confirmation_per_criterion"),
            models.CheckConstraint(
                condition=Q(is_confirmed__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(is_confirmed__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="confirmation_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(is_confirmed__isnull=True), name="confirmations_waiting"),
        ]


class Rescoring(models.Model):
    """Scoring the past anew, one conversation after another; stopped, it goes on behind ``last_conversation``.

    With ``is_trial`` nothing is stored but ``results``: what the version would have made of the last dialogs.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    version = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="rescorings")
    is_trial = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    last_conversation = models.UUIDField(null=True)
    results = models.JSONField(default=dict)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.RUNNING)
    started_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
