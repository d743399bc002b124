"""What people made of the past: reviews, second and self-reviews, an objection, calibrations."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from chat.models import AuthorKind, EntryKind
from identity.models import User
from quality.actions.calibration import Wanted, close_calibration, start_calibration
from quality.actions.disputes import Objection, dispute_review
from quality.actions.reviews import Filled, acknowledge_review, open_review, submit_review
from quality.models import CalibrationSession, Criterion, Review, Score
from quality.queries.reviews import asked_of
from quality.queries.scores import answers_of, criteria_of
from quality.rules.ratings import MIDDLE, Given, value_of
from supportdesk.demo.clock import past

EVERY = 6  # one conversation of so many is reviewed
SELDOM = 0.12  # how often a rater sees a place of the scale otherwise
COMMENT = "Посмотрите, как это звучит для клиента: одной фразы здесь не хватило."
SUMMARY = "В целом спокойно и по делу."
OBJECTION = "Клиент ответил на первое сообщение сразу, паузы с моей стороны не было."


def scores_of_chats() -> list[Score]:
    """The past's scores, the oldest first."""
    told = Score.objects.filter(conversation__borrower__customer_id__startswith="C-2", value__isnull=False)
    return list(told.select_related("conversation", "agent", "version").order_by("created_at", "pk"))


def fill(review: Review, *, seed: str, noise: float = SELDOM) -> Review:
    """Send a card: what the checks found, people's own criteria nearly always well, now and then otherwise."""
    dice = random.Random(f"card:{seed}")
    checked = answers_of(review.score)
    proof = _proof(review.score)
    criteria = criteria_of(review.score)
    given = {one.pk: _given(one, value_of(checked.get(one.pk)), dice, noise, proof) for one in criteria}
    filled = Filled(given=given, comment=SUMMARY, seconds=90 + dice.randrange(240))
    return submit_review(review=review, filled=filled)


def _given(
    criterion: Criterion, checked: float | None, dice: random.Random, noise: float, proof: tuple[dict[str, int], ...]
) -> Given:
    asked = asked_of(criterion)
    places = sorted({one.value for one in asked.options})
    if checked is None and criterion.checks and asked.may_be_na:
        return Given(value=None)
    value = places[-1 - (dice.random() < 0.3)]
    if checked is not None:
        value = min(places, key=lambda one: abs(one - checked))
    if criterion.critical_class and criterion.checks:
        value = 1.0
    elif dice.random() < noise:
        at = places.index(value)
        value = places[at - 1] if at else places[1]
    if criterion.critical_class:
        value = max(value, min(one for one in places if one >= MIDDLE))
    if value >= MIDDLE:
        return Given(value=value)
    return Given(value=value, root_cause=next(iter(sorted(asked.causes)), ""), comment=COMMENT, evidence=proof)


def _proof(score: Score) -> tuple[dict[str, int], ...]:
    """The agent's first words."""
    said = score.conversation.entries.filter(kind=EntryKind.MESSAGE, author_kind=AuthorKind.STAFF)
    first = said.order_by("seq").first()
    return ({"seq": first.seq, "start": 0, "end": len(first.body)},) if first else ()


def review_some(scores: Sequence[Score], *, reviewers: Sequence[User]) -> None:
    """A sixth of the past the day after, some a second time and blind; three agents of four acknowledge."""
    for number, score in enumerate(scores[::EVERY]):
        reviewer, other = reviewers[number % 2], reviewers[1 - number % 2]
        with past(score.created_at + timedelta(hours=20)) as clock:
            review = fill(open_review(of=score, reviewer=reviewer), seed=f"first:{number}")
            clock.pass_time(3600)
            if number % 4 and review.agent is not None:
                acknowledge_review(review=review, by=review.agent)
            if number % 3 == 0:
                fill(open_review(of=score, reviewer=other, source=Review.Source.SECOND), seed=f"second:{number}")


def review_oneself(scores: Sequence[Score], *, agent: User) -> None:
    own = [score for score in scores if score.agent_id == agent.pk][-6:-3]
    for score in own:
        with past(score.created_at + timedelta(hours=3)):
            fill(open_review(of=score, reviewer=agent, source=Review.Source.SELF), seed=f"self:{score.pk}")


def object_to_one(*, agent: User) -> None:
    """The newest review that the agent has not answered yet, while there is time."""
    since = timezone.now() - timedelta(days=4)
    waiting = Review.objects.filter(agent=agent, counts=True, status=Review.Status.SUBMITTED, submitted_at__gte=since)
    review = waiting.order_by("-submitted_at").first()
    if review is not None:
        dispute_review(review=review, by=agent, objection=Objection(kind="facts", text=OBJECTION))


def calibrate(scores: Sequence[Score], *, raters: Sequence[User]) -> None:
    """One session that is done, and one that waits for everybody's cards."""
    now = timezone.now()
    if CalibrationSession.objects.exists():
        return
    with past(now - timedelta(days=9)) as clock:
        done = _begin("Калибровка месяца", scores[-40:-24:2], raters, days=3)
        for card in done.reviews.order_by("pk"):
            fill(card, seed=f"calibration:{card.score_id}:{card.reviewer.email}", noise=0.08 + 0.04 * (card.pk % 3))
        clock.pass_time(2 * 24 * 3600)
        close_calibration(session=done, by=raters[0])
    under_way = _begin("Паузы и завершение", scores[-20:-12:2], raters, days=3)
    for card in under_way.reviews.filter(reviewer=raters[1]).order_by("pk")[:3]:
        fill(card, seed=f"calibration:{card.pk}")


def _begin(title: str, scores: Sequence[Score], raters: Sequence[User], *, days: int) -> CalibrationSession:
    said: dict[str, Any] = {"raters": raters, "scores": scores, "reference": raters[0]}
    wanted = Wanted(title=title, deadline=timezone.now() + timedelta(days=days), **said)
    return start_calibration(wanted=wanted, by=raters[0])
