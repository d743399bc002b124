"""Scenarios: for a topic the steps to take, in versions that never change, and what became of each on a ticket."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Scenario(models.Model):
    """The scenario of a topic; what it says is in its versions."""

    topic = models.OneToOneField("tickets.Topic", on_delete=models.CASCADE, related_name="scenario")


class ScenarioVersion(models.Model):
    """One wording. While ``published_at`` is null it is the draft; afterwards a database trigger refuses any change."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True, help_text="what is new in it, and why")
    begun_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_version_number"),
            models.UniqueConstraint(fields=["scenario"], condition=Q(published_at=None), name="scenario_one_draft"),
        ]


class ScenarioStep(models.Model):
    """One step of a version, in order. ``key`` is what it is known by in all versions, in the log and elsewhere.

    ``goes_to`` is the key of the step that follows, 0 when the scenario ends with it, null for the next in order; of a
    question, where to go on when it is skipped.
    """

    class Kind(models.TextChoices):
        SAY = "say", pgettext_lazy("scenario", "Say or do")
        ASK = "ask", pgettext_lazy("scenario", "Ask")
        ANSWER = "answer", pgettext_lazy("scenario", "Prepared answer")
        ACTION = "action", pgettext_lazy("scenario", "Open a control")

    class Control(models.TextChoices):
        """What of the inbox the step opens."""

        TRANSFER = "transfer", _("Transfer to a colleague")
        ESCALATE = "escalate", _("Escalate to a supervisor")
        SNOOZE = "snooze", _("Put off until later")
        VERIFY = "verify", _("Confirm the identity")
        PRIORITY = "priority", _("Set the priority")
        APPEAL = "appeal", _("Register as a written appeal")
        FINISH = "finish", _("Finish the ticket")

    class Level(models.IntegerChoices):
        """What the other side must have proved before the step may be taken."""

        ANYBODY = 0, pgettext_lazy("scenario", "Nothing proved")
        PROBABLE = 1, pgettext_lazy("scenario", "Probably the borrower")
        VERIFIED = 2, pgettext_lazy("scenario", "Identity confirmed in this ticket")
        SIGNED_IN = 3, pgettext_lazy("scenario", "Signed in to the account")

    version = models.ForeignKey(ScenarioVersion, on_delete=models.CASCADE, related_name="steps")
    key = models.BigIntegerField(db_default=Func(Value("tickets_scenariostep_id_seq"), function="nextval"))
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.SAY, db_default="say")
    text_ru = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    hint_ru = models.CharField(max_length=300, blank=True)
    hint_en = models.CharField(max_length=300, blank=True)
    answer = models.ForeignKey("tickets.CannedAnswer", null=True, on_delete=models.PROTECT, related_name="+")
    control = models.CharField(max_length=8, blank=True, choices=Control.choices, default="", db_default="")
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.ANYBODY, db_default=0)
    is_obligatory = models.BooleanField(default=True, db_default=True)
    goes_to = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "key"], name="step_key"),
            models.UniqueConstraint(
                fields=["version", "position"], name="step_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(goes_to=None) | ~Q(goes_to=F("key")), name="step_leads_elsewhere"),
        ]

    @property
    def text(self) -> str:
        return self.text_en if get_language() == "en" else self.text_ru

    @property
    def hint(self) -> str:
        return self.hint_en if get_language() == "en" else self.hint_ru


class ScenarioChoice(models.Model):
    """A named answer to a question, and where it leads: as ``goes_to`` of a step."""

    step = models.ForeignKey(ScenarioStep, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField()
    text_ru = models.CharField(max_length=80)
    text_en = models.CharField(max_length=80)
    goes_to = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["step", "position"], name="choice_place")]

    @property
    def text(self) -> str:
        return self.text_en if get_language() == "en" else self.text_ru


class ScenarioRun(models.Model):
    """A ticket goes through a version, the one it began with whatever is published later, until its topic changes."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="runs")
    begun_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, help_text="when another topic brought another scenario")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(left_at=None), name="one_run_at_a_time"),
        ]


class ScenarioMark(models.Model):
    """One line of a run's append-only log: what became of a step, by whom, when, and why it was skipped.

    ``number`` counts the lines of the run from one: of two people who act on the same step at once one is refused.
    """

    class Outcome(models.TextChoices):
        DONE = "done", pgettext_lazy("step", "Done")
        CHOSEN = "chosen", pgettext_lazy("step", "Answered")
        SKIPPED = "skipped", pgettext_lazy("step", "Skipped")
        TAKEN_BACK = "taken_back", pgettext_lazy("step", "Taken back")

    class Reason(models.TextChoices):
        """Why a step was skipped."""

        KNOWN = "known", _("It is known already")
        NOT_ABOUT = "not_about", _("The borrower asks about something else")
        IN_A_HURRY = "in_a_hurry", _("The borrower does not want to go on with it")
        NOT_PROVED = "not_proved", _("The identity is not confirmed")
        OTHER = "other", pgettext_lazy("skip", "Another reason")

    run = models.ForeignKey(ScenarioRun, on_delete=models.CASCADE, related_name="marks")
    number = models.PositiveIntegerField()
    step = models.ForeignKey(ScenarioStep, on_delete=models.PROTECT, related_name="marks")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    choice = models.ForeignKey(ScenarioChoice, null=True, on_delete=models.PROTECT, related_name="marks")
    reason = models.CharField(max_length=10, blank=True, choices=Reason.choices)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="mark_number"),
            models.CheckConstraint(condition=~Q(outcome="skipped") | ~Q(reason=""), name="skipped_for_a_reason"),
            models.CheckConstraint(condition=~Q(outcome="chosen") | Q(choice__isnull=False), name="chosen_is_named"),
        ]
