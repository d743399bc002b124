"""What a sampling plan may draw from: the conversations that ended in a period, each with what makes it likely."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from chat.models import EntryKind
from quality.models import ComplaintForecast, Finding, Review, ReviewTask, SamplingPlan, Score
from quality.queries.planted import genuine
from quality.queries.scores import counting, newest_of_each
from quality.rules.sampling_plans import Candidate

LOW = 2  # a borrower's rating that makes a conversation risky
PROMISES = ("promise_late", "promise_open")


def candidates_of(plan: SamplingPlan, since: datetime, until: datetime) -> list[Candidate]:
    """Conversations of the period that the plan has not drawn before."""
    scores = Score.objects.filter(genuine("conversation"), agent__isnull=False, value__isnull=False).exclude(
        conversation__in=ReviewTask.objects.filter(plan=plan).values("score__conversation")
    )
    listed = newest_of_each(_filtered(scores, plan.filters))
    if plan.kind == SamplingPlan.Kind.SECOND:
        reviewed = Review.objects.filter(counting(), submitted_at__gte=since, submitted_at__lt=until)
        listed = listed.filter(pk__in=reviewed.values("score"))
    else:
        ended = listed.annotate(ended_at=Coalesce("conversation__closed_at", "created_at"))
        listed = ended.filter(ended_at__gte=since, ended_at__lt=until)
    entries = "conversation__entries"
    counted = listed.annotate(
        messages=Count(entries, filter=Q(**{f"{entries}__kind": EntryKind.MESSAGE})),
        transfers=Count(entries, filter=Q(**{f"{entries}__kind": EntryKind.TRANSFERRED})),
    ).order_by("id")
    found = counted.prefetch_related("confirmations")
    chances = _chances([score.pk for score in found])
    return [_candidate(score, chances.get(score.pk)) for score in found]


def reviewers_barred(scores: Iterable[int], *, is_second: bool) -> dict[int, frozenset[str]]:
    """Who may not review each: its agent, and for a second review whoever wrote the first."""
    barred = {
        score.pk: {str(score.agent_id)} for score in Score.objects.filter(pk__in=list(scores)).only("pk", "agent_id")
    }
    if is_second:
        for review in Review.objects.filter(counting(), score__in=list(barred)):
            barred[review.score_id].add(str(review.reviewer_id))
    return {pk: frozenset(people) for pk, people in barred.items()}


def _filtered(scores: QuerySet[Score], filters: dict[str, Any]) -> QuerySet[Score]:
    columns = {"channels": "conversation__channel", "topics": "conversation__ticket__topic__code", "agents": "agent"}
    wanted = {f"{column}__in": filters[name] for name, column in columns.items() if filters.get(name)}
    return scores.filter(**wanted)


def _chances(scores: list[int]) -> dict[int, float]:
    rows = ComplaintForecast.objects.filter(score__in=scores, probability__isnull=False)
    return {score: float(chance or 0) for score, chance in rows.values_list("score", "probability")}


def _candidate(score: Any, chance: float | None) -> Candidate:
    conversation = score.conversation
    ended = conversation.closed_at or score.created_at
    ticket = getattr(conversation, "ticket", None)
    findings = list(score.findings.all())
    return Candidate(
        id=score.pk,
        agent=str(score.agent_id),
        channel=conversation.channel,
        topic=ticket.topic.code if ticket and ticket.topic else "",
        day=timezone.localtime(ended).date(),
        agent_age=(ended - score.agent.created_at).days,
        messages=score.messages,
        duration=(ended - conversation.started_at).total_seconds(),
        transfers=score.transfers,
        signals=tuple(_signals(score, findings)),
        chance_of_complaint=chance,
        failed_checks=frozenset(one.check_code for one in findings if one.verdict == "fail"),
        passed_checks=frozenset(one.check_code for one in findings if one.verdict == "pass"),
    )


def _signals(score: Any, findings: list[Finding]) -> Iterable[str]:
    """Why a conversation is a risk: what a person confirmed, what the borrower said, what was promised."""
    if any(one.is_confirmed for one in score.confirmations.all()):
        yield "critical"
    answer = getattr(score.conversation, "survey_answer", None)
    if answer is not None and answer.rating <= LOW:
        yield "low_rating"
    if any(one.check_code == "promise" and one.reason in PROMISES for one in findings):
        yield "broken_promise"
