"""What is around a conversation when a complaint is foreseen, what was foreseen, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncMonth

from chat.models import Conversation, Entry, EntryKind
from identity.lender import loans_of
from identity.models import Borrower
from quality.models import ComplaintForecast, Score, Verdict
from quality.queries.planted import genuine
from quality.rules.forecasting import REPEAT_DAYS, Surroundings
from quality.rules.statistics.calibration import Bin, auc, calibration_table, lift, precision_at_top
from quality.rules.statistics.estimates import Estimate

LEAST_OF_TOPIC = 30  # conversations of a topic before its own rate is believed
RATE_DAYS = 180
MOST = 20_000
OF_BORROWERS = genuine("score__conversation")


@dataclass(frozen=True)
class Judgement:
    """How right the forecasts of a month were."""

    month: datetime
    n: int
    came: int
    auc: Estimate
    precision: Estimate
    lift: Estimate
    table: list[Bin]


def score_by_id(id: int) -> Score | None:  # noqa: A002
    related = ("conversation__borrower", "conversation__ticket__topic")
    return Score.objects.select_related(*related).filter(pk=id).first()


def is_planted(conversation: Conversation) -> bool:
    """Of the lender's test segment: nothing is foreseen of them."""
    borrower = conversation.borrower
    return borrower is not None and Borrower.objects.filter(pk=borrower.pk, planted__isnull=False).exists()


def surroundings_of(score: Score) -> Surroundings:
    conversation = score.conversation
    others = same_person(conversation).exclude(pk=conversation.pk).filter(started_at__lt=conversation.started_at)
    since = conversation.started_at - timedelta(days=REPEAT_DAYS)
    failed = score.findings.filter(verdict=Verdict.FAIL).values_list("check_code", flat=True)
    return Surroundings(
        repeats=others.filter(started_at__gte=since).count(),
        past_complaints=others.filter(ticket__topic__is_complaint=True).count(),
        topic_rate=_topic_rate(conversation),
        is_overdue=_is_overdue(conversation),
        failed_checks=frozenset(failed),
    )


def same_person(conversation: Conversation) -> QuerySet[Conversation]:
    """Every conversation of this borrower, or of this unproved correspondent's address."""
    if conversation.borrower_id:
        return Conversation.objects.filter(borrower=conversation.borrower_id)
    if conversation.correspondent_address:
        return Conversation.objects.filter(correspondent_address__iexact=conversation.correspondent_address)
    return Conversation.objects.filter(pk=conversation.pk)


def complaint_after(forecast: ComplaintForecast) -> datetime | None:
    """When the person complained within the horizon, in another conversation; None when they did not."""
    conversation = forecast.score.conversation
    until = forecast.created_at + timedelta(days=forecast.horizon)
    later = same_person(conversation).exclude(pk=conversation.pk)
    complaints = later.filter(ticket__topic__is_complaint=True, started_at__gt=forecast.created_at)
    found = complaints.filter(started_at__lte=until).order_by("started_at").values_list("started_at", flat=True)
    return found.first()


def undecided(now: datetime) -> QuerySet[ComplaintForecast]:
    """Forecasts of which it is not known yet what came, the oldest first."""
    waiting = ComplaintForecast.objects.filter(came__isnull=True, created_at__lt=now).order_by("created_at")
    return waiting.select_related("score__conversation")


def foreseen(*, by_model: bool) -> QuerySet[ComplaintForecast]:
    """The newest forecast of each conversation whose outcome is open or came: by chance, or by strong words."""
    newest = Score.objects.order_by("conversation", "-pk").distinct("conversation").values("pk")
    of_kind = Q(probability__isnull=False) if by_model else Q(markers__gt=0)
    found = ComplaintForecast.objects.filter(of_kind, OF_BORROWERS, score__in=newest).exclude(came=False)
    related = ("score__conversation__borrower", "score__conversation__ticket__topic")
    order = ("-probability", "-created_at") if by_model else ("-markers", "-created_at")
    return found.select_related(*related).order_by(*order)


def messages_of(conversations: Iterable[UUID]) -> dict[UUID, dict[int, str]]:
    """What was said in these conversations, by seq."""
    said = Entry.objects.filter(conversation__in=list(conversations), kind=EntryKind.MESSAGE)
    texts: dict[UUID, dict[int, str]] = {}
    for conversation, seq, body in said.values_list("conversation", "seq", "body"):
        texts.setdefault(conversation, {})[seq] = body
    return texts


def judgements(months: int = 6) -> list[Judgement]:
    """Month by month, newest first: forecasts of which it is known what came."""
    known = ComplaintForecast.objects.filter(OF_BORROWERS, came__isnull=False, probability__isnull=False)
    rows = known.annotate(month=TruncMonth("created_at")).order_by("-created_at")
    by_month: dict[datetime, list[tuple[float, bool]]] = {}
    for month, chance, came in rows.values_list("month", "probability", "came")[:MOST]:
        by_month.setdefault(month, []).append((chance or 0.0, bool(came)))
    return [_judgement(month, pairs) for month, pairs in list(by_month.items())[:months]]


def _judgement(month: datetime, pairs: list[tuple[float, bool]]) -> Judgement:
    return Judgement(
        month=month,
        n=len(pairs),
        came=sum(came for _, came in pairs),
        auc=auc(pairs),
        precision=precision_at_top(pairs),
        lift=lift(pairs),
        table=calibration_table(pairs),
    )


def _topic_rate(conversation: Conversation) -> float | None:
    """The share of this topic's conversations after which a complaint came; None while there are too few."""
    ticket = getattr(conversation, "ticket", None)
    if ticket is None or ticket.topic_id is None:
        return None
    since = conversation.started_at - timedelta(days=RATE_DAYS)
    known = ComplaintForecast.objects.filter(OF_BORROWERS, came__isnull=False, created_at__gte=since)
    outcomes = known.filter(score__conversation__ticket__topic=ticket.topic_id).values_list("came", flat=True)
    counted = list(outcomes[:MOST])
    return round(sum(map(bool, counted)) / len(counted), 4) if len(counted) >= LEAST_OF_TOPIC else None


def _is_overdue(conversation: Conversation) -> bool | None:
    if conversation.borrower is None:
        return None
    loans = loans_of(conversation.borrower.customer_id)
    return None if loans is None else any(loan.overdue_days > 0 for loan in loans.active)
