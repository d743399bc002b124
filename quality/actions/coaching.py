"""Conversations kept to be talked about, talks with an agent, and whether they helped."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.errors import NotAllowed
from identity.models import User
from quality.models import CoachingSession, Pin, Score
from quality.queries.agents import means_by_agent
from quality.rules.coaching import LEAST_DIALOGS, effect_of_one, is_over, windows


@dataclass(frozen=True)
class Talk:
    """What a talk was about and what came of it."""

    held_on: date
    criteria: Sequence[str]
    pins: Sequence[Pin]
    agreed: str
    due_on: date | None = None


@transaction.atomic
def pin_score(*, score: Score, by: User, comment: str, is_praise: bool) -> Pin:
    """Keep a conversation for its agent; pinned anew the words are replaced."""
    if score.agent is None or score.agent_id == by.pk:
        raise NotAllowed
    said = {"agent": score.agent, "comment": comment.strip(), "is_praise": is_praise}
    pin, _is_new = Pin.objects.update_or_create(score=score, by=by, defaults=said)
    record_audit(code="pinned", actor=by, object_kind="score", object_id=score.pk, is_praise=is_praise)
    return pin


@transaction.atomic
def remove_pin(*, pin: Pin, by: User) -> None:
    """Only whoever pinned it takes it away."""
    if pin.by_id != by.pk:
        raise NotAllowed
    record_audit(code="unpinned", actor=by, object_kind="score", object_id=pin.score_id)
    pin.delete()


@transaction.atomic
def hold_coaching(*, agent: User, by: User, talk: Talk) -> CoachingSession:
    session = CoachingSession.objects.create(
        agent=agent,
        coach=by,
        criteria=list(talk.criteria),
        agreed=talk.agreed.strip(),
        held_on=talk.held_on,
        due_on=talk.due_on,
    )
    session.pins.set(talk.pins)
    record_audit(code="coaching_held", actor=by, object_kind="coaching", object_id=session.pk, agent=str(agent.pk))
    return session


@transaction.atomic
def measure_coaching(*, session: CoachingSession) -> CoachingSession:
    """Four weeks after against four weeks before, the agent's change against everybody else's; as far as they go."""
    session = CoachingSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    today = timezone.localdate()
    early, late = windows(session.held_on, today)
    before, after = (means_by_agent(session.criteria, *window) for window in (early, late))
    mine, then = before.get(session.agent_id), after.get(session.agent_id)
    if mine is None or then is None or min(mine[1], then[1]) < LEAST_DIALOGS:
        return _kept(session, {"is_final": True} if is_over(session.held_on, today) else {})
    others = [
        after[agent][0] - mean
        for agent, (mean, n) in before.items()
        if agent != session.agent_id and agent in after and min(n, after[agent][1]) >= LEAST_DIALOGS
    ]
    estimate, word = effect_of_one(then[0] - mine[0], others)
    found = {"before": mine[0], "after": then[0], "dialogs": [mine[1], then[1]], "others": len(others)}
    stored = {"estimate": asdict(estimate), "verdict": str(word), "measured_on": today.isoformat()}
    return _kept(session, {**found, **stored, "is_final": is_over(session.held_on, today)})


def _kept(session: CoachingSession, effect: dict[str, object]) -> CoachingSession:
    session.effect = effect
    session.save(update_fields=["effect"])
    return session
