"""Calibration sessions: who still has to rate what, what stays hidden from them, and what everybody answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from identity.models import User
from quality.models import CalibrationSession, Criterion, Review, Score
from quality.queries.scores import answers_of, criteria_of, newest_of_each
from quality.rules.calibration import Answered, overall_agreement
from quality.rules.ratings import value_of
from quality.rules.statistics.estimates import Estimate

MACHINE = "checks"
PERIOD = timedelta(days=30)
SECONDS_OF = timedelta(days=90)
OPEN = CalibrationSession.Status.OPEN


def sessions() -> QuerySet[CalibrationSession]:
    """Every session, the newest first, with how many cards there are and how many were sent."""
    sent = Count("reviews", filter=~Q(reviews__status=Review.Status.DRAFT), distinct=True)
    counted = CalibrationSession.objects.annotate(cards=Count("reviews", distinct=True), sent=sent)
    return counted.select_related("reference", "created_by").prefetch_related("raters").order_by("-created_at", "-pk")


def overdue(now: datetime) -> list[CalibrationSession]:
    return list(CalibrationSession.objects.filter(status=OPEN, deadline__lte=now).order_by("pk"))


def hidden_from(reader: User) -> QuerySet[Any]:
    """Conversations the reader is to rate blind and has not yet: nothing anybody made of them is shown meanwhile."""
    waiting = Review.objects.filter(
        reviewer=reader,
        source=Review.Source.CALIBRATION,
        status=Review.Status.DRAFT,
        session__status=OPEN,
        session__is_blind=True,
    )
    return waiting.values("score__conversation")


def blind_card(reader: User, score: int) -> Review | None:
    """The card that has to be sent before this conversation may be looked at."""
    hidden = Review.objects.filter(reviewer=reader, score=score, score__conversation__in=hidden_from(reader))
    return hidden.filter(source=Review.Source.CALIBRATION, status=Review.Status.DRAFT).first()


def cards_of(session: CalibrationSession, rater: User) -> QuerySet[Review]:
    related = ("score__conversation__ticket__topic", "score__conversation__borrower", "score__agent")
    return session.reviews.filter(reviewer=rater).select_related(*related).order_by("score_id")


def next_card(session: CalibrationSession, rater: User) -> Review | None:
    return cards_of(session, rater).filter(status=Review.Status.DRAFT).first()


def candidates(raters: Sequence[User]) -> QuerySet[Score]:
    """Scored conversations of the last month that none of the raters answered."""
    since = timezone.now() - PERIOD
    scored = Score.objects.filter(value__isnull=False, agent__isnull=False, created_at__gte=since)
    return newest_of_each(scored.exclude(agent__in=list(raters)))


def scores_numbered(numbers: Iterable[int]) -> dict[int, Score]:
    """The newest score of each of these tickets, by the ticket's number."""
    wanted = newest_of_each(Score.objects.filter(conversation__ticket__in=list(numbers)))
    return {score.conversation.ticket.pk: score for score in wanted}


def progress(session: CalibrationSession) -> list[tuple[User, int, int]]:
    """Each rater with how many cards they sent of how many."""
    rows = session.reviews.values("reviewer").annotate(
        all=Count("pk"), sent=Count("pk", filter=~Q(status=Review.Status.DRAFT))
    )
    counts = {row["reviewer"]: (row["sent"], row["all"]) for row in rows}
    return [(rater, *counts.get(rater.pk, (0, 0))) for rater in session.raters.order_by("full_name", "pk")]


def sent_cards(session: CalibrationSession) -> list[Review]:
    sent = session.reviews.exclude(status=Review.Status.DRAFT)
    return list(sent.select_related("score__version").prefetch_related("ratings__criterion").order_by("pk"))


def answers_in(session: CalibrationSession) -> list[Answered]:
    """Everybody's answers; of the checks too where they take part."""
    cards = sent_cards(session)
    found = [answer for card in cards for answer in answers_on(card, str(card.reviewer_id))]
    if session.with_checks:
        for score in {card.score_id: card.score for card in cards}.values():
            found += _of_checks(score)
    return found


def agreement_in(session: CalibrationSession) -> Estimate:
    """How often its raters gave the same answer, over all criteria."""
    return overall_agreement(answers_in(session), machine=MACHINE)


def answers_on(card: Review, rater: str) -> list[Answered]:
    return [
        Answered(rater, card.score_id, one.criterion.code, None if one.value is None else float(one.value))
        for one in card.ratings.all()
    ]


def _of_checks(score: Score) -> list[Answered]:
    criteria = {one.pk: one for one in criteria_of(score)}
    said = {pk: answer for pk, answer in answers_of(score).items() if answer != "unsure"}
    return [Answered(MACHINE, score.pk, criteria[pk].code, value_of(answer)) for pk, answer in said.items()]


def criteria_by_code(scores: Iterable[Score]) -> dict[str, Criterion]:
    """One criterion for each code in the order of the standard; of several versions the newest one's."""
    found: dict[str, Criterion] = {}
    for score in sorted(scores, key=lambda one: one.version_id):
        found |= {one.code: one for one in criteria_of(score)}
    return found


def second_reviews() -> list[tuple[Review, Review]]:
    """First and second review of the same conversation, of the last quarter."""
    since = timezone.now() - SECONDS_OF
    second = Review.objects.filter(source=Review.Source.SECOND, submitted_at__gte=since)
    related = ("score__version", "reviewer")
    seconds = {one.score_id: one for one in second.select_related(*related).prefetch_related("ratings__criterion")}
    firsts = Review.objects.filter(source=Review.Source.MANUAL, score__in=list(seconds))
    first_ones = firsts.exclude(status=Review.Status.DRAFT).select_related(*related)
    pairs = {one.score_id: one for one in first_ones.prefetch_related("ratings__criterion").order_by("-pk")}
    return [(first, seconds[score]) for score, first in sorted(pairs.items())]


def all_cards(session: CalibrationSession, score: Score) -> list[Review]:
    """Every sent card of one conversation, for the table side by side."""
    cards = session.reviews.filter(score=score).exclude(status=Review.Status.DRAFT)
    return list(cards.select_related("reviewer").prefetch_related("ratings").order_by("reviewer__full_name", "pk"))


def criteria_numbered(ids: Iterable[int]) -> dict[int, Criterion]:
    return Criterion.objects.in_bulk(list(ids))
