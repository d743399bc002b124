"""A rule tried on the week that is over: it is told how often it would have worked, and nothing is changed."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.models import EventRule, Job, RuleTrial, Ticket
from tickets.queries.event_rules import (
    Past,
    moments_of,
    plain_rule,
    text_of,
    tickets_between,
    tickets_of,
    topics_by_code,
)
from tickets.rules.event_rules import Rule, has_words, holds_apart_from_words

KIND = "try_rule"
A_WEEK = timedelta(days=7)
PIECE = 200  # tickets between two signs of progress
LISTED = 100


@transaction.atomic
def try_rule(*, rule: EventRule, by: User) -> RuleTrial:
    """Ask for a trial on the last seven days; a new one takes the place of the old one."""
    RuleTrial.objects.filter(rule=rule).delete()
    now = timezone.now()
    trial = RuleTrial.objects.create(rule=rule, since=now - A_WEEK, until=now)
    record_audit(code="event_rule.tried", actor=by, object_kind="event_rule", object_id=str(rule.pk), name=rule.name)
    enqueue(kind=KIND, key=f"{KIND}:{trial.pk}", payload={"trial": str(trial.pk)})
    return trial


@jobs.outside_handler(KIND, work=jobs.REPORT, seconds=900.0)
def run_trial(job: Job) -> None:
    """Begun again from the first ticket after a crash; a rule that was changed meanwhile has no trial any more."""
    trial = RuleTrial.objects.select_related("rule").filter(pk=job.payload["trial"], finished_at=None).first()
    if trial is None:
        return
    rule, topics = plain_rule(trial.rule), topics_by_code()
    numbers = tickets_between(rule.event, trial.since, trial.until)
    found: dict[int, int] = {}
    _say(trial, expected=len(numbers), looked=0)
    for piece in _pieces(numbers):
        for ticket in tickets_of(piece):
            if times := _times(rule, ticket, trial, topics):
                found[ticket.number] = times
        trial.looked += len(piece)
        if not _say(trial, looked=trial.looked, events=sum(found.values()), tickets=len(found)):
            return
    _say(trial, numbers=sorted(found, reverse=True)[:LISTED], finished_at=timezone.now())


def _times(rule: Rule, ticket: Ticket, trial: RuleTrial, topics: dict[str, int]) -> int:
    """How often it would have worked on this ticket."""
    past, times = Past(ticket, topics), 0
    for moment in moments_of(ticket, rule.event, trial.since, trial.until):
        if holds_apart_from_words(rule, past.facts_at(moment.at)):
            text = text_of(ticket, rule.event, seq=moment.seq, at=moment.at) if rule.words else ""
            times += has_words(rule, text)
    return times


def _pieces(numbers: list[int]) -> list[list[int]]:
    return [numbers[start : start + PIECE] for start in range(0, len(numbers), PIECE)]


def _say(trial: RuleTrial, **facts: Any) -> int:
    """Where it stands; nothing, where nobody waits for it any more."""
    return RuleTrial.objects.filter(pk=trial.pk).update(**facts)
