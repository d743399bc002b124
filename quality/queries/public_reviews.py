"""Public reviews as the desk keeps them, and who may have written one."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from chat.models import Conversation
from identity.models import Borrower
from quality.models import PublicReview, SurveyAnswer
from quality.rules.public_reviews import Candidate

NEAR = timedelta(days=30)  # texts of one site this near in time are compared for likeness
LOW = 2
MOST = 200  # borrowers of a name that are looked at


def reviews_of(status: str = "") -> QuerySet[PublicReview]:
    """The newest first, or those of one state."""
    found = PublicReview.objects.select_related("assignee", "ticket").order_by("-written_on", "-pk")
    return found.filter(status=status) if status else found


def like_ones(review: PublicReview) -> list[str]:
    """Texts of the same site from about the same days."""
    near = PublicReview.objects.filter(
        source=review.source,
        written_on__gte=review.written_on - NEAR,
        written_on__lte=review.written_on + NEAR,
    ).exclude(pk=review.pk)
    return list(near.values_list("text", flat=True)[:2000])


def candidates_for(review: PublicReview) -> list[Candidate]:
    """Borrowers who share a name with the author, with what speaks for each."""
    words = [word for word in review.author.replace(".", " ").split() if len(word) > 2]
    if not words:
        return []
    named = Q()
    for word in words:
        named |= Q(full_name__icontains=word)
    found = list(Borrower.objects.filter(named, planted__isnull=True).order_by("-refreshed_at")[:MOST])
    return [_candidate(one, review) for one in found]


def _candidate(borrower: Borrower, review: PublicReview) -> Candidate:
    before = Conversation.objects.filter(borrower=borrower, started_at__date__lte=review.written_on)
    days = before.order_by("-started_at").values_list("started_at__date", flat=True)[:20]
    low = SurveyAnswer.objects.filter(
        borrower=borrower, rating__lte=LOW, created_at__date__gte=review.written_on - NEAR
    )
    return Candidate(
        key=str(borrower.pk),
        full_name=borrower.full_name,
        city=borrower.city,
        told_on=tuple(days),
        was_low=low.exists(),
    )
