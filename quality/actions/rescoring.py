"""Scoring the past anew, and trying a draft on it: in slices of a worker, never in a request.

A slice is one transaction: its scores, how far it came and the promise of the next slice are kept together or not at
all. So it may be stopped, or its worker killed, at any moment, and goes on behind the last conversation that was done.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from chat.models import Conversation
from identity.actions import record_audit
from identity.models import User
from quality import jobs
from quality.actions.scores import score_conversation
from quality.errors import NothingInForce
from quality.models import Rescoring, Score, StandardVersion
from quality.queries.checks import switches
from quality.queries.rescoring import count_of, next_of
from quality.queries.standards import Card, card_of, in_force_of
from quality.queries.transcripts import transcript_of
from quality.rules import trials
from quality.rules.engine import Switches, judge
from quality.rules.transcript import Transcript
from tickets.actions.outbox import enqueue

SLICE = 25  # conversations of one transaction
RUNNING, STOPPED, DONE = Rescoring.Status.RUNNING, Rescoring.Status.STOPPED, Rescoring.Status.DONE


@transaction.atomic
def start_rescoring(*, version: StandardVersion, by: User | None, since: datetime | None = None) -> Rescoring:
    """Score again what ended since a day, by this version; what it has scored with this engine already stays."""
    if version.status != StandardVersion.Status.PUBLISHED:
        raise NothingInForce
    rescoring = Rescoring(version=version, since=since, started_by=by)
    return _start(rescoring, by)


@transaction.atomic
def start_trial(*, version: StandardVersion, by: User | None) -> Rescoring:
    """Try a draft on the last dialogs; nothing is stored but what the trial adds up."""
    if in_force_of(version.standard) is None:
        raise NothingInForce
    Rescoring.objects.filter(version=version, is_trial=True, status=RUNNING).update(status=STOPPED)
    return _start(Rescoring(version=version, is_trial=True, started_by=by, results=trials.empty()), by)


@transaction.atomic
def stop_rescoring(*, rescoring: Rescoring, by: User) -> Rescoring:
    """The slice under way is finished, and no other begins."""
    rescoring = _locked(rescoring.pk)
    if rescoring.status == RUNNING:
        rescoring.status = STOPPED
        rescoring.save(update_fields=["status"])
        _record("rescoring_stopped", rescoring, by)
    return rescoring


@transaction.atomic
def resume_rescoring(*, rescoring: Rescoring, by: User | None) -> Rescoring:
    """Go on behind the last conversation that was done."""
    rescoring = _locked(rescoring.pk)
    if rescoring.status in {STOPPED, Rescoring.Status.FAILED}:
        rescoring.status = RUNNING
        rescoring.save(update_fields=["status"])
        _promise_slice(rescoring)
        _record("rescoring_resumed", rescoring, by)
    return rescoring


@transaction.atomic
def rescore_slice(*, id: int, done: int) -> bool:  # noqa: A002
    """Of the worker: the next conversations; false when there is nothing to do.

    ``done`` is how far it was when this slice was promised; of two promises of the same slice one is in vain.
    """
    rescoring = _locked(id)
    if rescoring.status != RUNNING or rescoring.done != done:
        return False
    batch = next_of(rescoring, limit=SLICE)
    (_try if rescoring.is_trial else _rescore)(rescoring, batch)
    rescoring.done += len(batch)
    if batch:
        rescoring.last_conversation = batch[-1].pk
        rescoring.total = max(rescoring.total, rescoring.done)
        _promise_slice(rescoring)
    else:
        rescoring.status, rescoring.finished_at = DONE, timezone.now()
        rescoring.total = rescoring.done
    rescoring.save()
    return bool(batch)


def _start(rescoring: Rescoring, by: User | None) -> Rescoring:
    rescoring.total = count_of(rescoring)
    rescoring.save()
    _promise_slice(rescoring)
    _record("rescoring_started", rescoring, by)
    return rescoring


def _promise_slice(rescoring: Rescoring) -> None:
    payload = {"rescoring": rescoring.pk, "done": rescoring.done}
    enqueue(kind=jobs.RESCORE, key=f"rescore:{rescoring.pk}:{rescoring.done}:{uuid4()}", payload=payload)


def _rescore(rescoring: Rescoring, batch: list[Conversation]) -> None:
    """Every conversation once; counted as changed when its newest score was another."""
    as_set = switches()
    for conversation in batch:
        before = Score.objects.filter(conversation=conversation).order_by("-pk").values_list("value", flat=True).first()
        made = score_conversation(conversation=conversation, version=rescoring.version, as_set=as_set)
        rescoring.changed += made is not None and made.value != before


def _try(rescoring: Rescoring, batch: list[Conversation]) -> None:
    version = in_force_of(rescoring.version.standard)
    if version is None:
        raise NothingInForce
    now, draft, as_set = card_of(version), card_of(rescoring.version), switches()
    for conversation in batch:
        transcript = transcript_of(conversation)
        if not transcript.can_be_scored:
            continue
        before, after = _tried(now, transcript, as_set), _tried(draft, transcript, as_set)
        marks = (now.text.pass_mark, draft.text.pass_mark)
        agent = transcript.main_author_id
        trials.add(rescoring.results, before=before, after=after, agent=agent, marks=marks)
        rescoring.changed += before.value != after.value


def _tried(card: Card, transcript: Transcript, as_set: Switches) -> trials.Tried:
    judgement = judge(card.text, transcript, as_set)
    answers = trials.answers_of(card.text, judgement.answers)
    return trials.Tried(judgement.value, answers, judgement.result.critical_to_confirm)


def _locked(id: int) -> Rescoring:  # noqa: A002
    locked = Rescoring.objects.select_for_update(of=("self",)).select_related("version__standard")
    return locked.get(pk=id)


def _record(code: str, rescoring: Rescoring, by: User | None) -> None:
    """Without a person it was asked for on the server."""
    record_audit(
        code=code,
        actor=by,
        object_kind="rescoring",
        object_id=rescoring.pk,
        version=rescoring.version_id,
        is_trial=rescoring.is_trial,
    )
