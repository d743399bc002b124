"""Taking public reviews in, working on them, and answering: one drafts, another approves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import Borrower, User
from quality.errors import AnswerConfirms, AnswerNotApproved, ApproveOwn
from quality.models import AuthorGuess, PublicAnswer, PublicReview
from quality.queries.aids import aids
from quality.queries.public_reviews import candidates_for, like_ones
from quality.rules import public_reviews as rules
from tickets.models import InboundLetter

Status = PublicReview.Status


@dataclass(frozen=True)
class Imported:
    """How many came in, and how many were there already."""

    new: int
    known: int


@transaction.atomic
def import_reviews(
    *, source: str, found: Sequence[rules.ReviewText], by: User | None, letter: InboundLetter | None = None
) -> Imported:
    """Keep the reviews that are not here yet; the same site's number, the same words or 95 % of them are the same.

    This is what every connector calls: a file, one that was pasted, a letter, a program.
    """
    _take_turns(source)
    new = sum(_import_one(source, one, by, letter) for one in found)
    facts: dict[str, Any] = {"source": source, "new": new} | ({"letter": letter.pk} if letter else {})
    record_audit(code="reviews_imported", actor=by, object_kind="public_review", **facts)
    return Imported(new=new, known=len(found) - new)


def _take_turns(source: str) -> None:
    """Two imports of one site at once would not see each other's reviews."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"public reviews of {source}"])


def _import_one(source: str, one: rules.ReviewText, by: User | None, letter: InboundLetter | None) -> bool:
    if one.external_id and PublicReview.objects.filter(source=source, external_id=one.external_id).exists():
        return False
    review = PublicReview(
        source=source,
        external_id=one.external_id,
        url=one.url,
        author=one.author,
        rating=one.rating,
        text=one.text,
        text_hash=rules.text_hash(one.text),
        language="ru" if any("а" <= letter <= "я" for letter in one.text.lower()) else "en",
        written_on=one.written_on,
        imported_by=by,
        letter=letter,
    )
    if rules.is_same(review.text, like_ones(review)):
        return False
    known, lent = PublicReview.objects.filter(source=source, text_hash=review.text_hash, external_id=""), aids()
    if not one.external_id and known.exists():
        return False
    review.negativity = (
        lent.negativity.probability(one.text)
        if lent.negativity
        else rules.negativity(one.text, one.rating, lent.lexicon("discontent"))
    )
    if lent.topic:
        review.topics = [code for code, chance in lent.topic.ranked(one.text)[:2] if chance >= 0.5]
    review.save()
    guess_author(review=review)
    return True


def guess_author(*, review: PublicReview) -> list[AuthorGuess]:
    """Who may have written it, for staff only; a hypothesis a person decided on stays."""
    shape = rules.ReviewText(text=review.text, written_on=review.written_on, author=review.author)
    found = rules.guesses(shape, candidates_for(review))
    return [
        AuthorGuess.objects.get_or_create(
            public_review=review,
            borrower=Borrower.objects.get(pk=one.key),
            defaults={"evidence": list(one.evidence), "weight": one.weight},
        )[0]
        for one in found
    ]


@transaction.atomic
def decide_guess(*, guess: AuthorGuess, is_confirmed: bool, by: User) -> AuthorGuess:
    """What a person thinks of the hypothesis; it stays inside either way."""
    guess.is_confirmed, guess.decided_by = is_confirmed, by
    guess.save(update_fields=["is_confirmed", "decided_by"])
    record_audit(code="author_guessed", actor=by, object_kind="public_review", object_id=guess.public_review_id)
    return guess


@transaction.atomic
def take_review(*, review: PublicReview, by: User) -> PublicReview:
    review.assignee = by
    if review.status == Status.NEW:
        review.status = Status.IN_WORK
    review.save(update_fields=["assignee", "status"])
    return review


@transaction.atomic
def leave_review(*, review: PublicReview, by: User) -> PublicReview:
    """It gets no answer."""
    review.status, review.assignee = Status.IGNORED, review.assignee or by
    review.save(update_fields=["status", "assignee"])
    record_audit(code="review_left", actor=by, object_kind="public_review", object_id=review.pk)
    return review


@transaction.atomic
def draft_answer(*, review: PublicReview, text: str, by: User) -> PublicAnswer:
    """An answer that waits for another person.

    Raises ``AnswerConfirms`` with the words that would tell a reader whether the author is a borrower.
    """
    if wrong := rules.problems_of_answer(text, phones=[settings.LENDER_PHONE]):
        raise AnswerConfirms([words for _, words in wrong])
    review.answers.filter(approved_at__isnull=True).delete()
    answer = PublicAnswer.objects.create(public_review=review, text=text.strip(), drafted_by=by)
    review.status, review.assignee = Status.WAITING, review.assignee or by
    review.save(update_fields=["status", "assignee"])
    return answer


@transaction.atomic
def approve_answer(*, answer: PublicAnswer, by: User) -> PublicAnswer:
    """Another person than the author of the draft lets it out. Raises ``ApproveOwn``."""
    answer = PublicAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if answer.drafted_by_id == by.pk:
        raise ApproveOwn
    answer.approved_by, answer.approved_at = by, timezone.now()
    answer.save(update_fields=["approved_by", "approved_at"])
    record_audit(code="answer_approved", actor=by, object_kind="public_review", object_id=answer.public_review_id)
    return answer


@transaction.atomic
def note_publication(*, answer: PublicAnswer, by: User) -> PublicAnswer:
    """The approved answer stands on the site now."""
    if answer.approved_at is None:
        raise AnswerNotApproved
    answer.published_at = timezone.now()
    answer.save(update_fields=["published_at"])
    PublicReview.objects.filter(pk=answer.public_review_id).update(status=Status.ANSWERED)
    record_audit(code="answer_published", actor=by, object_kind="public_review", object_id=answer.public_review_id)
    return answer
