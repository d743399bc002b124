"""What borrowers say when they are asked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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


class Survey(models.Model):
    """What is asked, when, and of whom."""

    class Kind(models.TextChoices):
        CSAT = "csat", _("CSAT: one dialog")
        CSI = "csi", _("CSI: importance and satisfaction")
        ACSI = "acsi", _("ACSI: three questions")
        NPS = "nps", _("NPS: recommendation")
        CES = "ces", _("CES: effort")
        FCR = "fcr", _("FCR: solved at first contact")

    class Trigger(models.TextChoices):
        CLOSED = "closed", _("After a dialog")
        LETTER = "letter", _("After a letter was answered")
        SCHEDULE = "schedule", _("In waves")

    code = models.SlugField(unique=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    trigger = models.CharField(max_length=8, choices=Trigger.choices, default=Trigger.CLOSED)
    channels = models.JSONField(default=list)
    delay = models.PositiveIntegerField(default=0, help_text=_("seconds after the trigger"))
    share = models.FloatField(default=1, help_text=_("of those who may be asked, 0…1"))
    low_at = models.SmallIntegerField(null=True, help_text=_("an answer at or below opens a task"))
    is_active = models.BooleanField(default=True)

    @property
    def title(self) -> str:
        """What staff call it."""
        return str(self.get_kind_display())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="share_of_those_asked"),
        ]


class SurveyVersion(models.Model):
    """The wording of a survey's questions; answers belong to the wording they were given to.

    ``questions`` is ``[{"code", "ru", "en", "lowest", "highest", "low_ru", "low_en", "high_ru", "high_en"}]``; CSI has
    two for each attribute, ``<code>.importance`` and ``<code>.satisfaction``.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField()
    published_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "number"], name="survey_version_number")]


class SurveyInvite(models.Model):
    """That somebody was asked, once. By letter the letter's link answers it; else the borrower who signed in does.

    ``agent`` is who served: whoever wrote most of the conversation by the time it was asked, and that never changes.
    """

    class Way(models.TextChoices):
        WIDGET = "widget", _("In the chat")
        LETTER = "letter", _("By e-mail")
        HISTORY = "history", _("From the History")

    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="invites")
    borrower = models.ForeignKey("identity.Borrower", null=True, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey("chat.Conversation", null=True, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=7, choices=Way.choices)
    letter = models.OneToOneField("tickets.OutboundLetter", null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="ru")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "conversation"],
                condition=Q(conversation__isnull=False),
                name="asked_once_of_a_dialog",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["borrower", "-sent_at"], name="invites_of_borrower")]


class SurveyResponse(models.Model):
    """The answers, by the code of the question."""

    invite = models.OneToOneField(SurveyInvite, on_delete=models.PROTECT, related_name="response")
    answers = models.JSONField()
    comment = models.TextField(blank=True)
    language = models.CharField(max_length=2, default="ru")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)


class FollowUp(models.Model):
    """A low answer that somebody is to look into, in time."""

    response = models.OneToOneField(SurveyResponse, null=True, on_delete=models.PROTECT, related_name="follow_up")
    rating = models.OneToOneField(SurveyAnswer, null=True, on_delete=models.PROTECT, related_name="follow_up")
    assignee = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    done_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(response__isnull=False, rating__isnull=True)
                | Q(response__isnull=True, rating__isnull=False),
                name="follow_up_of_one_answer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="follow_ups_open"),
        ]


class SurveyStop(models.Model):
    """Somebody who is never asked while this stands, and why."""

    class Reason(models.TextChoices):
        MOURNING = "mourning", _("Mourning")
        COURT = "court", _("Court case")
        FRAUD = "fraud", _("Fraud")
        HARDSHIP = "hardship", _("Hardship")
        REFUSED = "refused", _("Does not want to be asked")

    borrower = models.ForeignKey("identity.Borrower", on_delete=models.PROTECT, related_name="survey_stops")
    reason = models.CharField(max_length=8, choices=Reason.choices)
    by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["borrower", "reason"], condition=Q(until__isnull=True), name="one_stop_of_a_kind"
            ),
        ]
