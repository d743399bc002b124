"""What borrowers say: ratings under chats and answers to surveys.

An answer counts on the day on which it was asked; a rating under a chat on the day it was given.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet

from quality.models import Survey, SurveyAnswer, SurveyInvite, SurveyResponse
from quality.queries.planted import genuine
from quality.queries.rollups.days import Day, Found, Key, Period, totals_of
from quality.queries.rollups.scores import newest_agent
from quality.rules.statistics.indices import acsi_answer, ces_sign, csi_answer, nps_sign
from quality.rules.statistics.sums import Totals, one_success, one_value

Answers = dict[str, Any]
Kind = Survey.Kind
SATISFIED = 4
KEYS = ("agent", "conversation__ticket__topic", "conversation__channel")


def found(day: Day) -> Iterator[Found]:
    yield from _ratings(day)
    yield from _responses(day)
    yield from _rate(day)


def ratings_given(day: Day | Period) -> QuerySet[SurveyAnswer]:
    """Ratings under chats that count."""
    return SurveyAnswer.objects.filter(day.holds("created_at"), genuine("conversation"))


def responses_given(day: Day | Period) -> QuerySet[SurveyResponse]:
    """Answers, whenever they came, to surveys sent on the day or in the period."""
    return SurveyResponse.objects.filter(day.holds("invite__sent_at"), invite__borrower__planted__isnull=True)


def _ratings(day: Day) -> Iterator[Found]:
    rows = ratings_given(day).annotate(agent=newest_agent("conversation")).values_list(*KEYS, "rating", "solved")
    for agent, topic, channel, rating, solved in rows:
        yield Key("rating", agent, topic, channel), rating_totals(rating)
        if solved:
            yield Key("fcr_survey", agent, topic, channel), one_success(solved == "yes")


def _responses(day: Day) -> Iterator[Found]:
    given = responses_given(day)
    keys = (f"invite__{name}" for name in KEYS)
    for agent, topic, channel, kind, answers in given.values_list(*keys, "invite__version__survey__kind", "answers"):
        for metric, totals in said(kind, answers):
            yield Key(metric, agent, topic, channel or ""), totals


def said(kind: str, answers: Answers) -> Iterator[tuple[str, Totals]]:
    """What one answered survey adds to each metric; questions left out add nothing."""
    for code, metric, totals in SINGLE:
        if code in answers and (kind != Kind.FCR or metric == "fcr_survey"):
            yield metric, totals(answers[code])
    three = [answers.get(code) for code in ("overall", "expected", "ideal")]
    if None not in three:
        yield "acsi", one_value(acsi_answer(tuple(three)))  # type: ignore[arg-type]
    names = sorted({code.rpartition(".")[0] for code in answers if "." in code})
    pairs = [(answers.get(f"{name}.importance"), answers.get(f"{name}.satisfaction")) for name in names]
    whole = [(weight, degree) for weight, degree in pairs if weight is not None and degree is not None]
    if whole:
        yield "csi", csi_answer(whole)


def rating_totals(rating: int) -> Totals:
    """The totals of one rating of five."""
    return one_value(rating, is_success=rating >= SATISFIED)


SINGLE: tuple[tuple[str, str, Callable[[Any], Totals]], ...] = (
    ("rating", "rating", rating_totals),
    ("recommend", "nps", lambda answer: one_value(nps_sign(answer))),
    ("ease", "ces", lambda answer: one_value(ces_sign(answer))),
    ("solved", "fcr_survey", lambda answer: one_success(answer == "yes")),
)


def _rate(day: Day) -> Iterator[Found]:
    """Invitations of the day, and how many were answered."""
    asked = SurveyInvite.objects.filter(day.holds("sent_at"), borrower__planted__isnull=True)
    rows = asked.values(*KEYS).annotate(n=Count("pk"), k=Count("pk", filter=Q(response__isnull=False)))
    for row in rows:
        agent, topic, channel = (row[name] for name in KEYS)
        yield Key("response_rate", agent, topic, channel or ""), totals_of(row)
