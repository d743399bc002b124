"""Several raters, the same conversations: begun, rated apart, closed with what they agree on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.actions.reviews import open_review
from quality.errors import CalibrationOver, CalibrationRefused
from quality.models import CalibrationSession, Criterion, Review, Score
from quality.queries.calibration import MACHINE, answers_in, answers_on, criteria_by_code, second_reviews, sent_cards
from quality.queries.reviews import asked_of
from quality.rules.calibration import Agreement, Answered, agreement_of, disagreements, gap

LEAST_RATERS = 2
FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class Wanted:
    """What a session is about, and how; ``seed`` and ``of`` tell how its conversations were drawn."""

    title: str
    deadline: datetime
    raters: Sequence[User]
    scores: Sequence[Score]
    reference: User | None = None
    is_blind: bool = True
    with_checks: bool = True
    drawn: dict[str, int] | None = None


@transaction.atomic
def start_calibration(*, wanted: Wanted, by: User) -> CalibrationSession:
    """Give every rater an empty card of every conversation; nobody rates what they wrote themselves."""
    _check(wanted)
    session = CalibrationSession.objects.create(
        title=wanted.title.strip(),
        reference=wanted.reference,
        is_blind=wanted.is_blind,
        with_checks=wanted.with_checks,
        deadline=wanted.deadline,
        results={"drawn": wanted.drawn} if wanted.drawn else {},
        created_by=by,
    )
    session.raters.set(wanted.raters)
    session.scores.set(wanted.scores)
    for score in wanted.scores:
        for rater in wanted.raters:
            open_review(of=score, reviewer=rater, source=Review.Source.CALIBRATION, session=session)
    record_audit(
        code="calibration_started",
        actor=by,
        object_kind="calibration",
        object_id=session.pk,
        scores=[score.pk for score in wanted.scores],
        raters=[str(rater.pk) for rater in wanted.raters],
        drawn=wanted.drawn,
    )
    return session


@transaction.atomic
def close_calibration(*, session: CalibrationSession, by: User | None = None) -> CalibrationSession:
    """Store what the raters agree on; cards that were not sent stay out. By hand, or at the deadline."""
    session = CalibrationSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    if session.status == CalibrationSession.Status.CLOSED:
        raise CalibrationOver
    session.status, session.closed_at = CalibrationSession.Status.CLOSED, timezone.now()
    session.results = {**session.results, **_results(session)}
    session.save(update_fields=["status", "closed_at", "results"])
    record_audit(code="calibration_closed", actor=by, object_kind="calibration", object_id=session.pk)
    return session


def second_agreement() -> dict[str, Any]:
    """What first and second reviewers of the last quarter agree on, by criterion."""
    pairs = second_reviews()
    named = [(card, name) for pair in pairs for card, name in zip(pair, (FIRST, SECOND), strict=True)]
    answers = [one for card, name in named for one in answers_on(card, name)]
    asked = criteria_by_code(first.score for first, _ in pairs)
    return {"pairs": len(pairs), "criteria": _criteria(answers, asked)}


def _check(wanted: Wanted) -> None:
    if len(wanted.raters) < LEAST_RATERS:
        raise CalibrationRefused("raters")
    if not wanted.scores:
        raise CalibrationRefused("scores")
    if {score.agent_id for score in wanted.scores} & {rater.pk for rater in wanted.raters}:
        raise CalibrationRefused("own")
    if wanted.reference is not None and wanted.reference not in wanted.raters:
        raise CalibrationRefused("reference")
    if wanted.deadline <= timezone.now():
        raise CalibrationRefused("deadline")


def _results(session: CalibrationSession) -> dict[str, Any]:
    cards, answers = sent_cards(session), answers_in(session)
    asked = criteria_by_code({card.score_id: card.score for card in cards}.values())
    people = [one for one in answers if one.rater != MACHINE]
    return {
        "criteria": _criteria(answers, asked, reference=str(session.reference_id or "")),
        "dialogs": _dialogs(session, cards),
        "disagreements": [asdict(one) for one in disagreements(people)],
    }


def _criteria(answers: Sequence[Answered], asked: dict[str, Criterion], *, reference: str = "") -> list[dict[str, Any]]:
    found = []
    for code, criterion in asked.items():
        own = [one for one in answers if one.criterion == code]
        if len({one.rater for one in own if one.rater != MACHINE}) < LEAST_RATERS:
            continue
        offered = asked_of(criterion)
        agreement = agreement_of(
            own,
            categories=len(offered.options) + offered.may_be_na,
            is_ordinal=len(offered.options) > LEAST_RATERS,
            machine=MACHINE,
            reference=reference,
        )
        found.append({"criterion": criterion.pk, "code": code, **_plain(agreement)})
    return found


def _plain(agreement: Agreement) -> dict[str, Any]:
    return {**asdict(agreement), "level": str(agreement.level)}


def _dialogs(session: CalibrationSession, cards: Sequence[Review]) -> list[dict[str, Any]]:
    """Each conversation with everybody's score, the widest gap first."""
    rows = []
    for score in {card.score_id: card.score for card in cards}.values():
        own = {str(card.reviewer_id): _number(card.value) for card in cards if card.score_id == score.pk}
        machine = {MACHINE: _number(score.value)} if session.with_checks else {}
        rows.append({"score": score.pk, "values": own | machine, "gap": gap(own)})
    return sorted(rows, key=lambda row: (row["gap"] is None, -(row["gap"] or 0), row["score"]))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
