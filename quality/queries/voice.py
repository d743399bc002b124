"""What borrowers say, as indices with their intervals, their response rates, and how they moved.

Conversations of mystery visits and of planted borrowers count nowhere here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from chat.models import Channel, Conversation
from quality.models import Survey, SurveyAnswer, SurveyInvite, SurveyResponse
from quality.queries.planted import genuine
from quality.rules.statistics import indices
from quality.rules.statistics.contacts import survey_fcr
from quality.rules.statistics.estimates import Estimate

Kind = Survey.Kind
Answers = list[dict[str, Any]]
SHARES = {Kind.CSAT, Kind.FCR}  # the others are points


@dataclass(frozen=True)
class Wave:
    """One month of one index; ``answered`` of ``asked`` is the response rate beside it."""

    month: datetime
    index: Estimate
    asked: int
    answered: int


@dataclass(frozen=True)
class Index:
    """An index over the whole time, its response rate, and its months, oldest first.

    ``change`` compares the last two months that have answers, in points and in per cent.
    """

    kind: str
    title: str
    index: Estimate
    rate: Estimate
    waves: list[Wave] = field(default_factory=list)
    change: indices.Change | None = None

    @property
    def is_share(self) -> bool:
        return self.kind in SHARES


def indices_between(since: datetime, until: datetime) -> list[Index]:
    """Every index with its months; answers count in the month in which they were asked."""
    asked = _asked(since, until)
    given = _given(since, until)
    return [_index(str(kind.value), str(kind.label), asked, given) for kind in Kind]


def _index(kind: str, title: str, asked: dict[tuple[str, datetime], int], given: dict[Any, Answers]) -> Index:
    # whoever answered was asked, also when the chat was opened again since
    months = sorted({month for each, month in [*asked, *given] if each == kind})
    waves = [
        Wave(
            month=month,
            index=index_of(kind, given.get((kind, month), [])),
            asked=max(asked.get((kind, month), 0), len(given.get((kind, month), []))),
            answered=len(given.get((kind, month), [])),
        )
        for month in months
    ]
    everything = [one for month in months for one in given.get((kind, month), [])]
    rate = indices.response_rate(sum(wave.answered for wave in waves), sum(wave.asked for wave in waves))
    spoken = [wave.index for wave in waves if wave.index.value is not None]
    change = indices.change(spoken[-2], spoken[-1]) if len(spoken) > 1 else None
    return Index(kind=kind, title=title, index=index_of(kind, everything), rate=rate, waves=waves, change=change)


def index_of(kind: str, answers: Answers) -> Estimate:
    """The index of one kind from answers by the code of the question."""
    if kind == Kind.CSAT:
        return indices.csat(_values(answers, "rating"))
    if kind == Kind.NPS:
        return indices.nps(_values(answers, "recommend"))
    if kind == Kind.CES:
        return indices.ces(_values(answers, "ease"))
    if kind == Kind.FCR:
        return survey_fcr([str(one.get("solved", "")) for one in answers])
    if kind == Kind.ACSI:
        three = [(one["overall"], one["expected"], one["ideal"]) for one in answers]
        return indices.acsi_own(three).index
    return indices.csi([_pairs(one) for one in answers])


def _values(answers: Answers, code: str) -> list[int]:
    return [one[code] for one in answers if code in one]


def _pairs(answer: dict[str, Any]) -> list[tuple[float, float]]:
    """(importance, satisfaction) of each attribute of a CSI."""
    names = sorted({code.rpartition(".")[0] for code in answer if "." in code})
    return [(answer[f"{name}.importance"], answer[f"{name}.satisfaction"]) for name in names]


def _asked(since: datetime, until: datetime) -> dict[tuple[str, datetime], int]:
    invites = _without_planted(SurveyInvite.objects.filter(sent_at__gte=since, sent_at__lt=until))
    by_month = invites.annotate(month=TruncMonth("sent_at")).values("version__survey__kind", "month")
    found = {(row["version__survey__kind"], row["month"]): row["n"] for row in by_month.annotate(n=Count("pk"))}
    for month, n in _months_of_chats(since, until):
        for kind in (str(Kind.CSAT), str(Kind.FCR)):  # the card under a chat asks both
            found[kind, month] = found.get((kind, month), 0) + n
    return found


def _months_of_chats(since: datetime, until: datetime) -> Iterable[tuple[datetime, int]]:
    """The rating is offered under every chat that ended."""
    chats = Conversation.objects.filter(channel=Channel.CHAT, closed_at__gte=since, closed_at__lt=until)
    chats = chats.filter(genuine(""), public_seq__gt=0)
    return chats.annotate(month=TruncMonth("closed_at")).values_list("month").annotate(n=Count("pk"))


def _given(since: datetime, until: datetime) -> dict[tuple[str, datetime], Answers]:
    found: dict[tuple[str, datetime], Answers] = {}
    responses = SurveyResponse.objects.filter(invite__sent_at__gte=since, invite__sent_at__lt=until)
    responses = responses.filter(invite__borrower__planted__isnull=True)
    rows = responses.annotate(month=TruncMonth("invite__sent_at"))
    for kind, month, answers in rows.values_list("invite__version__survey__kind", "month", "answers"):
        found.setdefault((kind, month), []).append(answers)
    for month, rating, solved in _ratings(since, until):
        found.setdefault((str(Kind.CSAT), month), []).append({"rating": rating})
        if solved:
            found.setdefault((str(Kind.FCR), month), []).append({"solved": solved})
    return found


def _ratings(since: datetime, until: datetime) -> Iterable[tuple[datetime, int, str]]:
    """Ratings under chats, by the month in which the chat ended (or, of one reopened since, of the rating)."""
    rows = SurveyAnswer.objects.filter(created_at__gte=since, created_at__lt=until)
    rows = rows.filter(genuine("conversation"))
    return rows.annotate(month=TruncMonth("created_at")).values_list("month", "rating", "solved")


def _without_planted(invites: QuerySet[SurveyInvite]) -> QuerySet[SurveyInvite]:
    return invites.filter(borrower__planted__isnull=True)
