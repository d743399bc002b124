"""Borrowers' answers one by one, as the roll-ups of tickets want them: the same answers as in ``rollups.voice``."""

from collections.abc import Iterator
from datetime import datetime

from quality.queries.rollups.days import Period
from quality.queries.rollups.scores import newest_agent
from quality.queries.rollups.voice import rating_totals, ratings_given, responses_given, said
from tickets.rules.voices import MEASURES, Voice


def voices_between(since: datetime, until: datetime) -> Iterator[Voice]:
    """Ratings given in this time, and what was answered to surveys sent in it."""
    period = Period(since, until)
    given = ratings_given(period).annotate(agent=newest_agent("conversation"))
    for at, conversation, agent, rating in given.values_list("created_at", "conversation", "agent", "rating"):
        totals = rating_totals(rating)
        yield Voice("rating", at, conversation, agent, totals.sum, totals.k > 0)
    fields = ("sent_at", "conversation", "agent", "version__survey__kind")
    rows = responses_given(period).values_list(*(f"invite__{name}" for name in fields), "answers")
    for at, conversation, agent, kind, answers in rows:
        for measure, totals in said(kind, answers):
            if measure in MEASURES:
                is_success = totals.k > 0 if measure == "rating" else totals.sum > 0
                yield Voice(measure, at, conversation, agent, totals.sum, is_success)
