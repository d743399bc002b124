"""What people write about the lender in public, and what is answered there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublicReview(models.Model):
    """A review from a site, as it was found.

    ``external_id`` is the site's own; without one the text decides whether it was seen before. The answer can never
    confirm that its author is a borrower.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        IN_WORK = "in_work", _("In work")
        WAITING = "waiting", _("Waits for approval")
        ANSWERED = "answered", _("Answered")
        IGNORED = "ignored", _("Left without answer")

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=500, blank=True)
    author = models.CharField(max_length=120, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, default="ru")
    negativity = models.FloatField(null=True)
    topics = models.JSONField(default=list)
    written_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    assignee = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.SET_NULL, related_name="+")
    letter = models.ForeignKey("tickets.InboundLetter", null=True, on_delete=models.PROTECT, related_name="+")
    imported_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="one_review_of_a_site"
            ),
            models.UniqueConstraint(
                fields=["source", "text_hash"], condition=Q(external_id=""), name="one_review_of_a_text"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-written_on"], name="public_reviews_by_status")]


class AuthorGuess(models.Model):
    """A private hypothesis which borrower wrote a public review, with its evidence; never told outside."""

    public_review = models.ForeignKey(PublicReview, on_delete=models.CASCADE, related_name="guesses")
    borrower = models.ForeignKey("identity.Borrower", on_delete=models.PROTECT, related_name="+")
    evidence = models.JSONField(default=list)
    weight = models.FloatField()
    is_confirmed = models.BooleanField(null=True)
    decided_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_review", "borrower"], name="one_guess_per_borrower"),
        ]


class PublicAnswer(models.Model):
    """An answer to a public review: drafted by one, approved by another."""

    public_review = models.ForeignKey(PublicReview, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    drafted_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("drafted_by")),
                name="another_approves_the_answer",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(approved_at__isnull=False), name="published_once_approved"
            ),
        ]
