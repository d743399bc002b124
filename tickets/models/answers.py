"""Answers written once: what agents may use now, each wording that was proposed, and each use."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Wording(models.Model):
    """A text in both languages, or in one; ``{name}``-style variables are filled from the conversation."""

    title = models.CharField(_("Title in Russian"), max_length=120, blank=True)
    body = models.TextField(_("Text in Russian"), blank=True)
    title_en = models.CharField(_("Title in English"), max_length=120, blank=True)
    body_en = models.TextField(_("Text in English"), blank=True)
    is_sealed = models.BooleanField(_("A legal text: sent word for word or not at all"), default=False)
    review_by = models.DateField(_("To be reviewed by"), null=True)

    class Meta:
        abstract = True

    def title_in(self, language: str) -> str:
        return (self.title_en or self.title) if language == "en" else (self.title or self.title_en)

    def body_in(self, language: str) -> str:
        return self.body_en if language == "en" else self.body


class CannedAnswer(Wording):
    """A prepared answer as it was approved last; ``version`` says which wording that is, 0 that none is in force."""

    topic = models.ForeignKey("tickets.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    also = models.ManyToManyField("tickets.Topic", blank=True, related_name="further_answers")
    shortcut = models.SlugField(_("Shortcut"), unique=True, allow_unicode=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    approved_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "title", "id"]

    @property
    def is_approved(self) -> bool:
        return self.version > 0

    def is_expired(self, on: date | None = None) -> bool:
        """Whether the day by which it was to be reviewed is over."""
        return self.review_by is not None and self.review_by < (on or timezone.localdate())


class AnswerVersion(Wording):
    """One wording of an answer, kept for ever: who wrote it, who else approved it or sent it back."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", pgettext_lazy("answer", "Approved")
        REPLACED = "replaced", _("Replaced before approval")

    answer = models.ForeignKey(CannedAnswer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "number"], name="answer_version_number"),
            models.UniqueConstraint(
                fields=["answer"], condition=Q(state__in=["draft", "waiting"]), name="answer_one_open_version"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(author=None) | ~Q(settled_by=F("author")), name="answer_second_person"
            ),
            models.CheckConstraint(
                condition=Q(is_sealed=False) | Q(review_by__isnull=False), name="answer_sealed_is_reviewed"
            ),
        ]


class AnswerUse(models.Model):
    """A message that was sent with a prepared answer in it."""

    answer = models.ForeignKey(CannedAnswer, on_delete=models.CASCADE, related_name="uses")
    version = models.PositiveIntegerField()
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="+")
    used_by = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)
