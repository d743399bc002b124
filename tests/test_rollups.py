"""Roll-ups: the numbers of a plain recomputation from raw rows, whatever happens to the worker that writes them."""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests import made_log, workshop
from tests.made_log import AGES, DAY, at, make_log
from tests.workshop import until
from tickets.actions.rollups import promise_changed, promise_roll_ups, roll_up_day
from tickets.models import DayFigure, HalfHourFigure, Job, RolledDay, TicketEvent
from tickets.queries.rollups import Asked, figures, hours
from tickets.rules import metrics
from tickets.rules.histograms import bucket_of, median_interval, middle_of, sparse, sparse_percentile

NOW = at(AGES, 0)
COUNTED = ("opened", "first_response", "next_response", "resolution", "handle_time", "left", "contact")
NAMES = ("date", "by", "measure", "channel", "agent", "topic", "n", "k", "total", "counts")


def numbers() -> list[tuple[Any, ...]]:
    """All that stands in the two tables, in one order."""
    days = [tuple(map(str, row)) for row in DayFigure.objects.values_list(*NAMES)]
    halves = HalfHourFigure.objects.values_list("half_hour", *NAMES[:-1])
    return sorted([*days, *(tuple(map(str, row)) for row in halves)])


def test_a_bucket_is_a_second_and_later_at_most_eight_in_a_thousand() -> None:
    for seconds in (0, 1, 39, 255, 256, 257, 511, 512, 3600, 86_400, 2_000_000):
        apart = abs(middle_of(bucket_of(seconds)) - seconds)
        assert apart <= max(0 if seconds < 256 else seconds * 0.004, 0), seconds
    assert [bucket_of(each) for each in range(600)] == sorted(bucket_of(each) for each in range(600))


def test_a_percentile_of_buckets_is_that_of_the_values() -> None:
    values = [5.0, 39, 41, 60, 200, 900, 4000, 86_000]
    for share in (0, 0.5, 0.9, 1):
        assert sparse_percentile(sparse(values), share) == pytest.approx(metrics.percentile(values, share), rel=0.004)
    assert sparse_percentile({}, 0.5) is None
    low, high = median_interval(sparse(range(100)))  # type: ignore[misc]
    assert (low, high) == (40, 59), "the 40th and the 60th of a hundred values"


@pytest.mark.django_db
def test_every_figure_is_what_plain_python_finds_in_the_raw_rows(elena: Any, dmitry: Any) -> None:
    made = make_log(agents=[elena, dmitry], tickets=60)
    days = [DAY + timedelta(days=ahead) for ahead in range(3)]
    for on in days:
        roll_up_day(on=on, now=NOW)
    expected = made_log.told(made, days, NOW)
    for measure in COUNTED:
        known: dict[tuple[Any, ...], list[tuple[float, bool]]] = defaultdict(list)
        for on, agent, topic, channel, value, success, _ in expected[measure]:
            for by, who, what in ((0, None, None), (1, agent, None), (2, None, topic), (3, agent, topic)):
                known[on, by, who, what, channel].append((value, success))
        rows = DayFigure.objects.filter(measure=measure)
        stored = {(row.date, row.by, row.agent_id, row.topic_id, row.channel): row for row in rows}
        assert stored.keys() == known.keys() and known, measure
        for key, values in known.items():
            row = stored[key]
            assert (row.n, row.k) == (len(values), sum(success for _, success in values)), (measure, key)
            assert row.total == pytest.approx(sum(value for value, _ in values), abs=0.002)
            if measure in ("first_response", "next_response", "resolution", "handle_time"):
                buckets = Counter(bucket_of(value) for value, _ in values)
                assert {int(at): n for at, n in row.counts.items()} == buckets, (measure, key)


@pytest.mark.django_db
def test_agents_time_is_what_every_single_second_says(elena: Any, dmitry: Any) -> None:
    make_log(agents=[elena, dmitry], tickets=25, days=1)
    roll_up_day(on=DAY, now=NOW)
    expected = made_log.seconds_of(0, [elena, dmitry])
    rows = DayFigure.objects.filter(measure__in=("chat_time", "spent"), by=3)
    stored = {(row.measure, row.agent_id, row.topic_id, row.channel): row.total for row in rows}
    rows = DayFigure.objects.filter(measure__in=("busy", "line_time"), by=1)
    stored |= {(row.measure, row.agent_id, None, row.channel): row.total for row in rows}
    assert stored.keys() == expected.keys()
    assert {name for name, *_ in stored} == {"chat_time", "spent", "busy", "line_time"}
    for key, seconds in expected.items():
        assert stored[key] == pytest.approx(seconds, abs=0.01), key
    busy = DayFigure.objects.get(measure="busy", by=0)
    parallel = sum(int(level) * seconds for level, seconds in busy.counts.items())
    chats = DayFigure.objects.get(measure="chat_time", by=0, channel="chat").total
    assert parallel == pytest.approx(chats, abs=0.01), "seconds at each level are the seconds of all chats"


@pytest.mark.django_db
def test_half_hours_add_up_to_the_day_and_days_to_any_period(elena: Any, dmitry: Any) -> None:
    make_log(agents=[elena, dmitry], tickets=40)
    for ahead in range(3):
        roll_up_day(on=DAY + timedelta(days=ahead), now=NOW)
    asked = Asked(since=DAY, until=DAY + timedelta(days=2))
    whole = figures(asked)
    for measure in ("opened", "first_response"):
        cells = hours(asked, measure)
        found = [one for (name, _), one in whole.items() if name == measure]
        assert sum(one.n for one in cells.values()) == sum(one.n for one in found) > 0
    for agent in (elena, dmitry):
        assert figures(Asked(asked.since, asked.until, agent=agent.pk))["first_response", "chat"].n
    mine = [figures(Asked(asked.since, asked.until, agent=one.pk))["first_response", "chat"] for one in (elena, dmitry)]
    assert sum(one.n for one in mine) == whole["first_response", "chat"].n


@pytest.mark.django_db
def test_a_day_computed_again_has_the_same_numbers_and_the_command_says_so(elena: Any, dmitry: Any) -> None:
    make_log(agents=[elena, dmitry], tickets=30, days=1)
    roll_up_day(on=DAY, now=NOW)
    before = numbers()
    said = io.StringIO()
    call_command("rollups", "--rebuild", DAY.isoformat(), stdout=said)
    assert (numbers(), "the same numbers" in said.getvalue()) == (before, True)
    TicketEvent.objects.filter(kind="opened").last().delete()
    said = io.StringIO()
    call_command("rollups", "--rebuild", DAY.isoformat(), "--json", stdout=said)
    (done,) = json.loads(said.getvalue())
    assert (done["same"], numbers() == before) == (False, False)
    with pytest.raises(CommandError, match="is no day"):
        call_command("rollups", "--rebuild", "вчера")


@pytest.mark.django_db
def test_a_day_is_promised_once_until_it_is_rolled_up_and_again_when_the_log_says_something_new(
    elena: Any, dmitry: Any
) -> None:
    (ticket, *_rest) = make_log(agents=[elena, dmitry], tickets=10, days=1)
    jobs = Job.objects.filter(kind="roll_up")
    promise_roll_ups(now=NOW)
    promise_roll_ups(now=NOW)
    assert jobs.count() == len({job.payload["date"] for job in jobs}) > 0
    roll_up_day(on=DAY, now=NOW)
    jobs.delete()
    promise_roll_ups(now=NOW)
    assert DAY.isoformat() not in {job.payload["date"] for job in jobs}, "it is over, and judged"
    RolledDay.objects.update(computed_at=NOW - timedelta(days=30))
    jobs.delete()
    promise_changed(back=timedelta(days=1))
    assert not jobs.exists()
    TicketEvent.objects.create(ticket=ticket, kind="topic_set", at=timezone.now())
    promise_changed(back=timedelta(days=1))
    assert {job.payload["date"] for job in jobs} == {DAY.isoformat()}


@pytest.mark.django_db
def test_a_desk_without_a_log_owes_nothing(db: None) -> None:
    assert promise_roll_ups() == 0
    said = io.StringIO()
    call_command("rollups", stdout=said)
    assert "Every day is rolled up" in said.getvalue()


@pytest.mark.django_db
def test_planted_borrowers_count_nowhere(elena: Any, dmitry: Any, olga: Any) -> None:
    from quality.models import PlantedBorrower

    made = make_log(agents=[elena, dmitry], tickets=12, days=1)
    for ticket in made:
        borrower = ticket.conversation.borrower
        PlantedBorrower.objects.get_or_create(borrower=borrower, defaults={"added_by": olga})
    roll_up_day(on=DAY, now=NOW)
    assert not DayFigure.objects.exclude(measure="line_time").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["outbox.claimed", "rollups.erased", "rollups.written", "outbox.after_effect"])
def test_a_worker_killed_at_any_moment_leaves_the_same_numbers(elena: Any, dmitry: Any, moment: str) -> None:
    make_log(agents=[elena, dmitry], tickets=15, days=1)
    roll_up_day(on=DAY, now=NOW)
    before = numbers()
    if moment != "rollups.erased":  # once a day that stood there, otherwise one that did not
        RolledDay.objects.all().delete()
        DayFigure.objects.all().delete()
        HalfHourFigure.objects.all().delete()
    promise(DAY)
    killed = workshop.worker("report", REDIS_URL=workshop.NOWHERE, SD_FAILPOINT=f"{moment}:kill")
    assert killed.wait(workshop.PATIENCE) == -9
    assert numbers() in ([], before), "nothing, or what was there"
    Job.objects.update(due_at=at(0, 0))
    other = workshop.worker("report", REDIS_URL=workshop.NOWHERE)
    try:
        until(lambda: Job.objects.exclude(done_at=None).count() == 1, "the day is rolled up")
    finally:
        other.kill()
        other.wait()
    assert numbers() == before


def promise(on: date) -> None:
    from tickets.actions.outbox import enqueue

    enqueue(kind="roll_up", key=f"roll_up:{on}:test", payload={"date": on.isoformat()})


@pytest.mark.django_db
def test_a_report_reads_no_large_table_from_end_to_end(elena: Any, dmitry: Any, explain: Callable[..., str]) -> None:
    make_log(agents=[elena, dmitry], tickets=30)
    for ahead in range(2):
        roll_up_day(on=DAY + timedelta(days=ahead), now=NOW)
    plans = explain(lambda: figures(Asked(since=DAY, until=DAY + timedelta(days=29))))
    assert "Index" in plans and "Seq Scan" not in plans, plans


@pytest.fixture
def explain(db: None) -> Callable[[Callable[[], Any]], str]:
    """The plans of everything that is read, with sequential scans as dear as they are in large tables."""

    def of(work: Callable[[], Any]) -> str:
        from django.test.utils import CaptureQueriesContext

        with connection.cursor() as cursor:
            cursor.execute("set local enable_seqscan = off")
            with CaptureQueriesContext(connection) as read:
                work()
            plans = []
            for query in read.captured_queries:
                cursor.execute(f"explain {query['sql']}")
                plans += [line for (line,) in cursor.fetchall()]
        return "\n".join(plans)

    return of
