"""Roll-ups of quality add up to what the rows say, and metrics come from them with interval and n."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation
from quality import actions as quality
from quality.actions.metrics import roll_up_day
from quality.models import (
    MetricDay,
    PlantedBorrower,
    Rating,
    Review,
    ReviewTask,
    SamplingPlan,
    Score,
    StandardVersion,
    Survey,
    SurveyAnswer,
    SurveyInvite,
    SurveyResponse,
    SurveyVersion,
)
from quality.queries.metrics import metric
from quality.rules.metrics import KNOWN
from quality.rules.statistics import indices, sampling
from quality.rules.statistics.intervals import mean_interval, wilson
from quality.serializers.metrics import TITLES
from quality.tasks import roll_up_today
from tickets.models import TicketEvent, Topic

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=timezone.get_default_timezone())
DAY = NOON.date()
NOW = NOON + timedelta(days=40)
WEEK = {"since": DAY, "until": DAY + timedelta(days=6)}


@pytest.fixture
def version(db: None) -> StandardVersion:
    quality.seed_default_standard()
    return StandardVersion.objects.get(status="published")


@pytest.fixture
def closed(anna: Any, elena: Any) -> Callable[..., Conversation]:
    """A conversation that began and ended some days after the first."""

    def hold(days: float = 0, *, borrower: Any = None, topic: Topic | None = None, channel: str = "chat") -> Any:
        conversation = chat.start_conversation(channel=channel, borrower=borrower or anna)
        chat.close_conversation(conversation=conversation, by=elena)
        began = NOON + timedelta(days=days)
        Conversation.objects.filter(pk=conversation.pk).update(
            started_at=began, closed_at=began + timedelta(minutes=20)
        )
        conversation.ticket.__class__.objects.filter(pk=conversation.ticket.pk).update(
            topic=topic, opened_at=began, channel=channel
        )
        TicketEvent.objects.filter(ticket=conversation.ticket).delete()
        return conversation

    return hold


@pytest.fixture
def scored(closed: Callable[..., Conversation], version: StandardVersion, elena: Any) -> Callable[..., Score]:
    def make(value: float | None, days: float = 0, *, agent: Any = None, **facts: Any) -> Score:
        return Score.objects.create(
            conversation=closed(days, **facts),
            version=version,
            agent=agent or elena,
            value=None if value is None else Decimal(str(value)),
            engine_version=1,
            content_hash=random.randbytes(16).hex(),
        )

    return make


@pytest.fixture
def reviewed(scored: Callable[..., Score], olga: Any) -> Callable[..., Review]:
    """A review of a conversation that a plan drew with this chance (or that somebody chose: None)."""
    plan = SamplingPlan.objects.create(kind="random", title="Каждую неделю", created_by=olga)

    def make(
        value: float, *, checks: float | None = 80, chance: float | None = 1.0, days: float = 0, **facts: Any
    ) -> Any:
        score = scored(checks, days, **facts)
        task = ReviewTask.objects.create(plan=plan, score=score, inclusion_probability=chance)
        return Review.objects.create(
            score=score, agent=score.agent, reviewer=olga, task=task, value=Decimal(str(value))
        )

    return make


def rolled(days: int = 7) -> None:
    for ahead in range(days):
        roll_up_day(on=DAY + timedelta(days=ahead), now=NOW)


def one(name: str, **asked: Any) -> Any:
    return metric(name, **{**WEEK, **asked})[0].estimate


def test_scores_of_days_agents_topics_and_channels_add_up_to_what_the_rows_say(
    scored: Callable[..., Score], elena: Any, dmitry: Any
) -> None:
    chance = random.Random(1)
    topics = [Topic.objects.create(code=code, title_ru=code, title_en=code) for code in ("extension", "refund")]
    for number in range(24):
        scored(
            round(chance.uniform(40, 100), 2),
            chance.randrange(5),
            agent=chance.choice([elena, dmitry]),
            topic=chance.choice([*topics, None]),
            channel=chance.choice(["chat", "email"]) if number % 2 else "chat",
        )
    rolled()
    values = [float(value) for value in Score.objects.values_list("value", flat=True)]
    everything = one("auto_score")
    assert (everything.value, everything.lo) == pytest.approx((mean_interval(values).value, mean_interval(values).lo))
    for group, path in (
        ("agent", "agent"),
        ("topic", "conversation__ticket__topic"),
        ("channel", "conversation__channel"),
    ):
        rows = {row.key: row.estimate for row in metric("auto_score", group_by=group, **WEEK)}
        for key in set(Score.objects.values_list(path, flat=True)):
            theirs = Score.objects.filter(**{path: key}) if key else Score.objects.filter(**{f"{path}__isnull": True})
            own = mean_interval([float(value) for value in theirs.values_list("value", flat=True)])
            assert rows[key].value == pytest.approx(own.value), (group, key)
            assert rows[key].n == own.n
    assert sum(row.estimate.n for row in metric("auto_score", group_by="day", **WEEK)) == 24


def test_rolling_up_again_gives_the_same_numbers_and_nothing_twice(
    reviewed: Callable[..., Review], scored: Callable[..., Score]
) -> None:
    for value in (91.37, 12.01, 77.77):
        reviewed(value, chance=0.3)
        scored(value)
    rolled(2)
    fields = ("date", "metric", "agent", "topic", "channel", "n", "k", "sum", "sum_of_squares", "base", "base_products")
    before = set(MetricDay.objects.values_list(*fields))
    assert before
    rolled(2)
    assert set(MetricDay.objects.values_list(*fields)) == before
    assert MetricDay.objects.count() == len(before)


def test_the_last_score_of_a_conversation_is_the_one_that_counts(scored: Callable[..., Score]) -> None:
    first = scored(20)
    Score.objects.create(
        conversation=first.conversation,
        version=first.version,
        agent=first.agent,
        value=90,
        engine_version=2,
        content_hash=first.content_hash,
    )
    rolled()
    assert (one("auto_score").value, one("auto_score").n, one("coverage").value) == (90, 1, 1)


def test_planted_borrowers_count_nowhere(scored: Callable[..., Score], sergey: Any, olga: Any) -> None:
    scored(80)
    scored(0, borrower=sergey)
    PlantedBorrower.objects.create(borrower=sergey, added_by=olga)
    rolled()
    assert (one("auto_score").value, one("auto_score").n) == (80, 1)


def test_iqs_is_weighted_by_the_chance_of_being_drawn(reviewed: Callable[..., Review]) -> None:
    given = [(100, 0.1), (90, 0.1), (20, 1.0), (0, 1.0), (85, 0.5)]
    for value, chance in given:
        reviewed(value, chance=chance)
    reviewed(0, chance=None)  # somebody chose it: in no weighted figure
    rolled()
    expected = sampling.weighted_mean(*zip(*given, strict=True))
    found = one("iqs")
    assert (found.value, found.lo, found.n) == pytest.approx((expected.value, max(0, expected.lo), 5))
    assert one("review_score").n == 6
    shares = sampling.weighted_share([value >= 80 for value, _ in given], [chance for _, chance in given])
    assert (one("pass_rate").value, one("pass_rate").lo) == pytest.approx((shares.value, shares.lo))


def test_people_and_checks_together_are_the_model_assisted_mean(
    reviewed: Callable[..., Review], scored: Callable[..., Score]
) -> None:
    pairs = [(75.0, 80.0), (88.0, 90.0), (71.0, 70.0), (60.0, 66.0)]
    for human, machine in pairs:
        reviewed(human, checks=machine, chance=0.4)
    others = [82.0, 91.0, 55.5, 97.25, 70.0, 64.0]
    for value in others:
        scored(value)
    rolled()
    expected = sampling.model_assisted_mean([machine for _, machine in pairs] + others, pairs)
    found = one("assisted_score")
    assert (found.value, found.lo, found.hi) == pytest.approx((expected.value, expected.lo, expected.hi))


def test_critical_errors_are_counted_by_class_and_craft_is_told_without_them(
    reviewed: Callable[..., Review], version: StandardVersion
) -> None:
    criteria = {one.code: one for section in version.sections.all() for one in section.criteria.all()}
    critical = next(one for one in criteria.values() if one.critical_class == "compliance")
    usual = next(one for one in criteria.values() if not one.critical_class)
    for value, place in ((0, 0), (100, 1), (100, 1), (100, None)):
        review = reviewed(value)
        Rating.objects.create(review=review, criterion=critical, value=place)
        Rating.objects.create(review=review, criterion=usual, value=1)
    rolled()
    assert (one("accuracy_compliance").value, one("accuracy_compliance").n) == (pytest.approx(2 / 3), 3)
    assert one("iqs").value == 75
    assert one("craft").value == pytest.approx((300 + 100 * usual.weight / (usual.weight + critical.weight)) / 4)
    assert one(f"criterion.{usual.code}").value == 1


def test_ratings_and_surveys_make_the_indices_they_would_make_by_hand(
    closed: Callable[..., Conversation], anna: Any, elena: Any
) -> None:
    for rating, solved in ((5, "yes"), (4, "partly"), (1, "no"), (5, "")):
        answer = SurveyAnswer.objects.create(conversation=closed(), borrower=anna, rating=rating, solved=solved)
        SurveyAnswer.objects.filter(pk=answer.pk).update(created_at=NOON)
    said = {
        "nps": [{"recommend": answer} for answer in (10, 9, 3, 8, 10)],
        "ces": [{"ease": answer} for answer in (7, 2, 6)],
        "acsi": [{"overall": 8, "expected": 7, "ideal": 6}, {"overall": 10, "expected": 10, "ideal": 9}],
        "csi": [
            {"speed.importance": 10, "speed.satisfaction": 8, "clarity.importance": 5, "clarity.satisfaction": 4},
            {"speed.importance": 10, "speed.satisfaction": 6, "clarity.importance": 5, "clarity.satisfaction": 10},
        ],
    }
    for kind, answers in said.items():
        wording = SurveyVersion.objects.create(
            survey=Survey.objects.create(code=f"test-{kind}", kind=kind), number=1, questions=[]
        )
        for number, given in enumerate([*answers, None]):
            invite = SurveyInvite.objects.create(
                version=wording, borrower=anna, agent=elena, way="widget", sent_at=NOON, expires_at=NOW
            )
            if given:
                SurveyResponse.objects.create(invite=invite, answers=given)
            assert number < 9
    rolled(1)
    assert one("csat").value == 0.75
    assert one("rating").value == 3.75
    assert (one("fcr_survey").value, one("fcr_survey").n) == (pytest.approx(1 / 3), 3)
    nps = indices.nps([10, 9, 3, 8, 10])
    assert (one("nps").value, one("nps").hi, one("nps").is_weak) == (nps.value, nps.hi, True)
    assert one("ces").value == indices.ces([7, 2, 6]).value
    assert one("acsi").value == indices.acsi([(8, 7, 6), (10, 10, 9)]).index.value
    csi = indices.csi([[(10, 8), (5, 4)], [(10, 6), (5, 10)]])
    assert (one("csi").value, one("csi").lo) == pytest.approx((csi.value, csi.lo))
    assert (one("response_rate").value, one("response_rate").n) == (pytest.approx(12 / 16), 16)
    assert one("nps", filters={"agent": elena.pk}).n == 5


def answered(conversation: Conversation, agent: Any, *, wait: float, first: bool = True, limit: float = 60) -> None:
    data = {"first": first, "wait": wait, "working_wait": wait, "in_time": wait <= limit}
    TicketEvent.objects.create(ticket=conversation.ticket, kind="answered", user=agent, at=NOON, data=data)


def test_waiting_is_rolled_up_without_answers_that_were_called_back(
    closed: Callable[..., Conversation], elena: Any
) -> None:
    for wait in (20, 40, 90):
        answered(closed(), elena, wait=wait)
    answered(closed(), elena, wait=30, first=False)
    back = closed()
    answered(back, elena, wait=5000)
    TicketEvent.objects.create(
        ticket=back.ticket,
        kind="withdrawn",
        at=NOON + timedelta(minutes=1),
        data={"answered_at": NOON.astimezone(UTC).isoformat()},
    )
    rolled(1)
    assert one("first_response_time").value == 50
    assert one("first_response_in_time").value == pytest.approx(wilson(2, 3).value)
    assert (one("next_response_time").value, one("next_response_time").n) == (30, 1)


def test_a_ticket_that_was_reopened_since_is_not_resolved(closed: Callable[..., Conversation], elena: Any) -> None:
    for minutes, again in ((10, False), (50, True)):
        ticket = closed().ticket
        at = NOON + timedelta(minutes=minutes)
        TicketEvent.objects.create(ticket=ticket, kind="resolved", user=elena, at=at)
        if again:
            TicketEvent.objects.create(ticket=ticket, kind="reopened", at=at + timedelta(days=9))
    rolled(1)
    assert (one("resolution_time").value, one("resolution_time").n) == (600, 1)


def test_first_contacts_are_judged_when_their_window_is_over(
    closed: Callable[..., Conversation], sergey: Any, settings: Any
) -> None:
    hard, usual = (Topic.objects.create(code=code, title_ru=code, title_en=code) for code in ("court", "extension"))
    settings.TOPICS_NOT_SOLVED_AT_ONCE = ["court"]
    closed(0, topic=usual)  # Anna comes again after five days
    closed(5, topic=usual, channel="email")
    closed(0, topic=hard)
    closed(0, topic=usual, borrower=sergey)
    rolled(7)
    assert (one("fcr_system").value, one("fcr_system").n) == (pytest.approx(2 / 3), 3)
    assert (one("fcr_system_3d").value, one("fcr_system_3d").n) == (1, 4)
    assert (one("fcr_net").value, one("fcr_net").n) == (0.5, 2)
    roll_up_day(on=DAY, now=NOON + timedelta(days=6))
    assert one("fcr_system").n == 0, "a week has not passed yet"


def test_the_command_and_the_clock_roll_up(scored: Callable[..., Score], capsys: Any) -> None:
    score = scored(88)
    Conversation.objects.filter(pk=score.conversation_id).update(closed_at=timezone.now() - timedelta(days=3))
    since = timezone.localdate() - timedelta(days=3)
    call_command("roll_up", since=since.isoformat(), json=True)
    assert '"days": 4' in capsys.readouterr().out
    assert metric("auto_score", since=since, until=timezone.localdate())[0].estimate.value == 88
    Conversation.objects.filter(pk=score.conversation_id).update(closed_at=timezone.now())
    assert roll_up_today() > 0
    with pytest.raises(CommandError, match="is not a date"):
        call_command("roll_up", since="вчера")


def ask(client: Any, **asked: Any) -> Any:
    return client.get(
        "/api/v1/quality/metrics", {"from": DAY.isoformat(), "to": (DAY + timedelta(6)).isoformat(), **asked}
    )


def test_a_supervisor_asks_for_any_metric_and_gets_value_interval_and_n(
    scored: Callable[..., Score], as_staff: Callable[[Any], Any], olga: Any, elena: Any, dmitry: Any
) -> None:
    for value, agent in ((80, elena), (90, elena), (40, dmitry)):
        scored(value, agent=agent)
    rolled(1)
    answer = ask(as_staff(olga), metric="auto_score", group="agent").json()
    rows = {row["title"]: row for row in answer["rows"]}
    assert rows["Елена Воронова"]["value"] == 85
    assert rows["Елена Воронова"]["lo"] == max(0, mean_interval([80, 90]).lo)
    assert (rows["Дмитрий Орлов"]["n"], rows["Дмитрий Орлов"]["lo"], rows["Дмитрий Орлов"]["is_weak"]) == (
        1,
        None,
        True,
    )
    assert (answer["unit"], answer["since"], answer["is_better_up"]) == ("points", DAY.isoformat(), True)
    assert ask(as_staff(olga), metric="auto_score", agent=str(dmitry.pk)).json()["rows"][0]["value"] == 40
    assert ask(as_staff(olga), metric="auto_score", topic="no-such").json()["rows"][0]["value"] is None
    for name in KNOWN:
        assert ask(as_staff(olga), metric=name, group="month").status_code == 200, name


def test_an_agent_sees_their_own_only_and_a_borrower_none(
    scored: Callable[..., Score], as_staff: Callable[[Any], Any], as_borrower: Any, elena: Any, dmitry: Any, anna: Any
) -> None:
    scored(80, agent=elena)
    scored(40, agent=dmitry)
    rolled(1)
    assert ask(as_staff(elena), metric="auto_score").json()["rows"][0]["value"] == 80
    assert ask(as_staff(elena), metric="auto_score", agent=str(dmitry.pk)).json()["rows"][0]["value"] == 80
    rows = ask(as_staff(elena), metric="auto_score", group="agent").json()["rows"]
    assert [row["title"] for row in rows] == ["Елена Воронова"]
    assert ask(as_borrower(anna), metric="auto_score").status_code in {401, 403}


def test_what_makes_no_sense_is_refused(as_staff: Callable[[Any], Any], olga: Any) -> None:
    client = as_staff(olga)
    assert ask(client, metric="happiness").status_code == 404
    assert ask(client, metric="iqs", group="moon").status_code == 400
    assert ask(client, metric="iqs", **{"from": "2026-12-01"}).status_code == 400
    assert ask(client).status_code == 400


def test_every_metric_is_defined_and_called_something() -> None:
    defined = Path(__file__).parent.parent.joinpath("docs", "metrics.md").read_text()
    assert not [name for name in KNOWN if f"`{name}`" not in defined]
    assert not KNOWN.keys() - TITLES.keys()
