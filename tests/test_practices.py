"""New ways of working: a hypothesis, two groups, an effect with its interval, a verdict in words, a criterion."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

SAID = {
    "title": "Сначала срок, потом условия",
    "hypothesis": "Если назвать срок в первом ответе, балл вырастет.",
    "metric": "auto_score",
    "direction": "up",
    "min_effect": "3",
}


@pytest.fixture
def agents(db: None) -> list[Any]:
    from identity import actions as identity

    return [
        identity.create_staff(
            email=f"agent{number}@lad.example",
            full_name=f"Агент {number}",
            display_name=f"Агент {number}",
            role="agent",
            password="тихая река у моста 41",
        )
        for number in range(10)
    ]


@pytest.fixture
def supervisor(olga: Any, as_staff: Callable[[Any], Client]) -> Client:
    return as_staff(olga)


@pytest.fixture
def piloted(agents: list[Any], supervisor: Client) -> Any:
    """A practice of five agents against five, rolled out four weeks ago."""
    from quality.models import Practice

    day = timezone.localdate() - timedelta(days=28)
    arms = {"treated": [str(one.pk) for one in agents[:5]], "control": [str(one.pk) for one in agents[5:]]}
    answer = supervisor.post("/quality/practices/propose/", SAID | arms | {"rollout_on": day.isoformat()})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    practice = Practice.objects.get()
    supervisor.post(f"/quality/practices/{practice.pk}/move/", {"to": "pilot"})
    practice.refresh_from_db()
    return practice


def roll_up(agents: list[Any], rollout: Any, *, lift: float, season: float = 0.0) -> None:
    """Eight weeks of daily scores: everybody moves by ``season``, the first five by ``lift`` more."""
    from quality.models import MetricDay

    rows = []
    for number, agent in enumerate(agents):
        for day in range(-28, 28):
            wave = ((number * 7 + day * 3) % 5 - 2) * 0.6
            value = 70 + number + wave + (day >= 0) * (season + lift * (number < 5))
            date = timezone.localdate(rollout) + timedelta(days=day)
            rows.append(
                MetricDay(
                    date=date,
                    metric="auto_score",
                    agent=agent,
                    channel="chat",
                    n=4,
                    sum=4 * value,
                    sum_of_squares=4 * value**2,
                )
            )
    MetricDay.objects.bulk_create(rows)


def measured(supervisor: Client, practice: Any) -> Any:
    from quality.models import PracticeEffect

    supervisor.post(f"/quality/practices/{practice.pk}/evaluate/")
    return PracticeEffect.objects.latest("computed_at")


def test_what_works_is_said_to_work_whatever_the_season(piloted: Any, agents: list[Any], supervisor: Client) -> None:
    roll_up(agents, piloted.rollout_at, lift=5, season=-9)
    effect = measured(supervisor, piloted)
    assert effect.verdict == "works"
    assert effect.lo < 5.5
    assert effect.hi > 4.5
    page = supervisor.get(f"/quality/practices/{piloted.pk}/").content.decode()
    assert "Работает" in page
    assert "<svg" in page


def test_a_season_alone_is_no_effect(piloted: Any, agents: list[Any], supervisor: Client) -> None:
    roll_up(agents, piloted.rollout_at, lift=0, season=9)
    effect = measured(supervisor, piloted)
    assert effect.verdict == "no_evidence"
    assert abs(effect.estimate) < 1


def test_what_harms_is_said_to_harm(piloted: Any, agents: list[Any], supervisor: Client) -> None:
    roll_up(agents, piloted.rollout_at, lift=-6)
    assert measured(supervisor, piloted).verdict == "harmful"


def test_two_agents_a_group_are_not_enough(piloted: Any, agents: list[Any], supervisor: Client) -> None:
    piloted.treated.set(agents[:2])
    piloted.control.set(agents[5:7])
    roll_up(agents, piloted.rollout_at, lift=20)
    assert measured(supervisor, piloted).verdict == "not_enough"


def test_before_a_week_has_passed_nothing_is_measured(piloted: Any, supervisor: Client) -> None:
    from quality.models import PracticeEffect

    piloted.rollout_at = timezone.now() - timedelta(days=3)
    piloted.save()
    supervisor.post(f"/quality/practices/{piloted.pk}/evaluate/")
    assert not PracticeEffect.objects.exists()


def test_nobody_is_in_both_groups_and_what_was_typed_stays(agents: list[Any], supervisor: Client) -> None:
    both = [str(agents[0].pk)]
    answer = supervisor.post("/quality/practices/propose/", SAID | {"treated": both, "control": both})
    assert answer.status_code == 400
    assert SAID["hypothesis"] in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "value"), [("regex", "("), ("regex", ".*"), ("regex", "(а+)+б"), ("check", "нет такой"), ("step", "0")]
)
def test_what_cannot_be_looked_for_is_refused(agents: list[Any], supervisor: Client, kind: str, value: str) -> None:
    from quality.models import Practice

    said = SAID | {"treated": [str(agents[0].pk)], "kind": kind, "value": value}
    assert supervisor.post("/quality/practices/propose/", said).status_code == 400
    assert not Practice.objects.exists()


def test_adoption_is_read_from_what_agents_wrote(anna: Any, elena: Any, dmitry: Any, olga: Any) -> None:
    from chat import actions as chat
    from quality import actions as quality
    from quality.actions.practices import count_adoption, propose_practice
    from quality.models import PracticeAdoption

    quality.seed_default_standard()
    practice = propose_practice(
        by=olga,
        treated=[elena],
        control=[dmitry],
        title="Срок",
        hypothesis="…",
        metric="auto_score",
        min_effect=3,
        detection={"kind": "regex", "value": r"ответ\w{0,2} до \d+"},
    )
    for agent, words in ((elena, "Ответим до 18 часов."), (dmitry, "Ответим позже.")):
        conversation = chat.start_conversation(channel="chat", borrower=anna)
        chat.post_message(conversation=conversation, author=anna, body="Когда ответите?")
        chat.add_participant(conversation=conversation, user=agent)
        chat.post_message(conversation=conversation, author=agent, body=words)
        chat.close_conversation(conversation=conversation, by=agent)
        quality.score_conversation(conversation=conversation)
    count_adoption(practice=practice, day=timezone.localdate())
    count_adoption(practice=practice, day=timezone.localdate())
    rows = {row.agent: (row.eligible, row.adopted) for row in PracticeAdoption.objects.all()}
    assert rows == {elena: (1, 1), dmitry: (1, 0)}


def test_a_practice_that_worked_becomes_a_criterion_of_a_draft(piloted: Any, supervisor: Client) -> None:
    from quality import actions as quality
    from quality.models import Criterion

    quality.seed_default_standard()
    said = {"code": "term_first", "text_ru": "Назвал срок сразу", "text_en": "Named the term at once"}
    supervisor.post(f"/quality/practices/{piloted.pk}/standard/", said)
    assert not Criterion.objects.filter(code="term_first").exists()  # a pilot is not rolled out yet
    supervisor.post(f"/quality/practices/{piloted.pk}/move/", {"to": "rolled_out"})
    supervisor.post(f"/quality/practices/{piloted.pk}/standard/", said)
    criterion = Criterion.objects.get(code="term_first")
    assert (criterion.weight, criterion.section.version.status) == (0, "draft")
    piloted.refresh_from_db()
    assert piloted.status == "standard"


def test_an_agent_sees_no_practices(elena: Any, as_staff: Callable[[Any], Client]) -> None:
    assert as_staff(elena).get("/quality/practices/").status_code == 403
