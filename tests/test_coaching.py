"""An agent's own page, pins and talks: what is shown to whom, and whether a talk helped."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import actions as identity
from quality.models import CoachingSession, Finding, Pin, Score
from quality.rules.coaching import effect_of_one, windows
from quality.tasks import measure_talks, roll_up_today
from tests.reviewing import criterion, hold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    return hold(anna, elena)


def page_of(client: Client, agent: Any) -> str:
    answer = client.get(f"/quality/agents/{agent.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def talk(client: Client, agent: Any, **over: Any) -> Any:
    fields = {"held_on": timezone.localdate().isoformat(), "criteria": ["wording"], "agreed": "Говорить, что можно"}
    return client.post(f"/quality/agents/{agent.pk}/coaching/", {**fields, **over})


def test_an_agents_page_shows_scores_reviews_and_weak_points_with_n(
    score: Score, as_staff: Any, olga: Any, elena: Any
) -> None:
    pk = criterion(score, "understanding").pk
    as_staff(olga).post(f"/quality/scores/{score.pk}/review/", {f"answer-{pk}": "1", "comment": "Внимательно"})
    roll_up_today()
    for reader in (as_staff(olga), as_staff(elena)):
        page = page_of(reader, elena)
        assert "Елена Воронова" in page and "n = 1" in page and "Слабое место" in page
        assert "Ольга Седова" in page and 'class="trend"' in page
    assert f"/quality/agents/{elena.pk}/" in as_staff(elena).get("/quality/").content.decode()


def test_no_address_leads_to_a_colleagues_page(score: Score, as_staff: Any, elena: Any, dmitry: Any, olga: Any) -> None:
    as_staff(olga).post(f"/quality/scores/{score.pk}/pin/", {"comment": "Секрет", "is_praise": ""})
    colleague = as_staff(dmitry)
    assert colleague.get(f"/quality/agents/{elena.pk}/").status_code == 404
    assert talk(colleague, elena).status_code == 403
    assert colleague.post(f"/quality/scores/{score.pk}/pin/", {"comment": "x"}).status_code == 404
    assert colleague.post(f"/quality/pins/{Pin.objects.get().pk}/remove/").status_code == 403
    assert "Секрет" not in page_of(colleague, dmitry)
    assert as_staff(olga).get(f"/quality/agents/{olga.pk}/").status_code == 404  # no agent


def test_a_pin_stands_on_the_agents_page_until_its_author_takes_it_away(
    score: Score, as_staff: Any, olga: Any, ivan: Any, elena: Any
) -> None:
    supervisor = as_staff(olga)
    path = f"/quality/scores/{score.pk}/pin/"
    assert supervisor.post(path, {"comment": "Мягкий отказ", "is_praise": "on"}).status_code == 302
    assert supervisor.post(path, {"comment": "Хороший отказ", "is_praise": "on"}).status_code == 302
    pin = Pin.objects.get()
    assert (pin.agent, pin.is_praise, pin.comment) == (elena, True, "Хороший отказ")
    assert "Хороший отказ" in page_of(as_staff(elena), elena)
    assert as_staff(ivan).post(f"/quality/pins/{pin.pk}/remove/").status_code == 403
    assert as_staff(elena).post(path, {"comment": "сама"}).status_code == 403
    supervisor.post(f"/quality/pins/{pin.pk}/remove/")
    assert not Pin.objects.exists()


def test_a_talk_is_written_down_with_its_pins_and_a_refused_one_keeps_the_words(
    score: Score, as_staff: Any, olga: Any, elena: Any
) -> None:
    supervisor = as_staff(olga)
    supervisor.post(f"/quality/scores/{score.pk}/pin/", {"comment": "", "is_praise": ""})
    later = (timezone.localdate() + timedelta(days=1)).isoformat()
    for over in ({"criteria": []}, {"criteria": ["nothing"]}, {"held_on": later}, {"pins": ["0"]}):
        refused = talk(supervisor, elena, **over)
        assert refused.status_code == 400 and "Говорить, что можно" in refused.content.decode(), over
    assert talk(supervisor, elena, pins=[str(Pin.objects.get().pk)]).status_code == 302
    session = CoachingSession.objects.get()
    assert (session.coach, session.criteria, session.pins.count()) == (olga, ["wording"], 1)
    page = page_of(as_staff(elena), elena)
    assert "Говорить, что можно" in page and "Ещё не измерено" in page and "Записать разбор" not in page


def test_a_talk_is_measured_against_everybody_else_once_enough_dialogs_came(
    score: Score, as_staff: Any, olga: Any, elena: Any, dmitry: Any
) -> None:
    held_on = timezone.localdate() - timedelta(days=29)
    talk(as_staff(olga), elena, held_on=held_on.isoformat())
    assert measure_talks() == 1
    assert CoachingSession.objects.get().effect == {"is_final": True}  # too few dialogs, and the time is over
    CoachingSession.objects.update(effect={})
    others = [dmitry, *(colleague(place) for place in range(3))]
    for agent, early, late in ((elena, "fail", "pass"), *((one, "partial", "partial") for one in others)):
        for place in range(10):
            copy_of(score, agent, held_on - timedelta(days=5), early, place)
            copy_of(score, agent, held_on + timedelta(days=5), late, place)
    measure_talks()
    effect = CoachingSession.objects.get().effect
    assert (effect["before"], effect["after"], effect["verdict"]) == (0, 100, "works")
    assert (effect["dialogs"], effect["others"], effect["estimate"]["value"]) == ([10, 10], 4, 100)
    assert "Помогло" in page_of(as_staff(elena), elena)


def colleague(place: int) -> Any:
    return identity.create_staff(
        email=f"agent{place}@desk.example",
        full_name=f"Агент {place}",
        display_name="Агент",
        role="agent",
        password="тихая река 41",
    )


def copy_of(score: Score, agent: Any, day: date, verdict: str, place: int) -> None:
    """A scored conversation that ended on a day, judged by one check of the coached criterion."""
    from chat import actions as chat
    from chat.models import Conversation

    at = timezone.now() - timedelta(days=(timezone.localdate() - day).days)
    conversation = chat.start_conversation(channel="email", correspondent_name="Анна", subject=f"{agent}{day}{place}")
    Conversation.objects.filter(pk=conversation.pk).update(closed_at=at)
    copied = Score.objects.create(
        conversation=conversation, version=score.version, agent=agent, value=80, engine_version=1, content_hash="x"
    )
    said = {"check_code": "forbidden_wording", "check_version": 1, "reason": "found", "verdict": verdict}
    Finding.objects.create(score=copied, criterion=criterion(score, "wording"), counts=True, **said)


def test_the_effect_of_one_agent_needs_colleagues_and_knows_their_spread() -> None:
    few, word = effect_of_one(10.0, [0.0, 1.0])
    assert (few.value, few.has_interval, word) == (9.5, False, "not_enough")
    wide, word = effect_of_one(10.0, [-20.0, 20.0, -10.0, 10.0])
    assert wide.lo is not None and wide.lo < 0 and word == "not_enough"
    sure, word = effect_of_one(-10.0, [0.0, 1.0, -1.0, 0.5, -0.5])
    assert sure.hi is not None and sure.hi < 0 and word == "harmful"
    assert windows(date(2026, 11, 1), date(2026, 11, 10)) == (
        (date(2026, 10, 4), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 9)),
    )
