"""The first page of quality: figures with n, what waits, what an agent is told, what blind raters do not learn."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quality.models import ComplaintForecast, OpenedNotice, ReviewTask, Score
from quality.rules.spans import Length, span_of
from quality.tasks import roll_up_today
from tests.reviewing import criterion, hold
from tests.test_calibration import card_of, rate, session_of

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    return hold(anna, elena)


def overview(client: Any, query: str = "") -> Any:
    answer = client.get(f"/quality/{query}")
    assert answer.status_code == 200
    return answer


def review(client: Any, score: Score, **over: Any) -> int:
    begun = client.post("/api/v1/quality/reviews", {"score": score.pk}, content_type=JSON).json()
    entries = {str(criterion(score, "understanding").pk): {"answer": "1"}, **over}
    sent = client.post(
        f"/api/v1/quality/reviews/{begun['id']}/submit", {"edition": begun["edition"], "ratings": entries}, JSON
    )
    assert sent.status_code == 200, sent.content
    return int(begun["id"])


def test_a_fresh_desk_says_what_happens_next(as_staff: Any, olga: Any, elena: Any) -> None:
    page = overview(as_staff(olga)).content.decode()
    assert "Пока ничего не оценено" in page and 'class="stats' not in page
    assert "Нового нет" in overview(as_staff(elena)).content.decode()


def test_every_figure_has_its_n_its_definition_and_a_page_behind_it(score: Score, as_staff: Any, olga: Any) -> None:
    roll_up_today()
    answer = overview(as_staff(olga))
    page = answer.content.decode()
    assert answer.context["figures"].checks.n == 1 and answer.context["checks"].is_weak
    assert answer.context["figures"].coverage.value == 1
    assert page.count('class="def"') == 9 and "1/π" in page
    for behind in ("queue", "critical", "disputes", "forecasts", "voice", "calibration", "checks", "drivers"):
        assert f'href="/quality/{behind}/"' in page
    assert f'href="/quality/agents/{score.agent_id}/"' in page and 'class="trend"' in page


def test_the_time_it_speaks_of_is_a_week_a_month_or_a_quarter(score: Score, as_staff: Any, olga: Any) -> None:
    roll_up_today()
    supervisor = as_staff(olga)
    for length in Length:
        assert overview(supervisor, f"?period={length}").context["figures"].checks.n == 1
        before = span_of(length, timezone.localdate()).before.first
        past = overview(supervisor, f"?period={length}&on={before}").context
        assert past["figures"].checks.n == 0 and past["span"].holds(before) and not past["is_now"]
    assert overview(supervisor, "?period=ever&on=31").context["span"].length == Length.MONTH


def test_months_and_quarters_follow_one_another() -> None:
    from datetime import date

    quarter = span_of(Length.QUARTER, date(2026, 12, 31))
    assert (quarter.first, quarter.last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.after == span_of(Length.QUARTER, date(2027, 1, 1)) and quarter.before.quarter == 3
    assert span_of(Length.MONTH, date(2028, 2, 9)).last == date(2028, 2, 29)
    assert span_of(Length.WEEK, date(2026, 11, 29)).first == date(2026, 11, 23)


def told(client: Any) -> list[Any]:
    return list(overview(client).context["notices"])


def test_an_agent_is_told_what_is_new_until_it_is_opened_and_answered(
    score: Score, as_staff: Any, olga: Any, elena: Any, dmitry: Any
) -> None:
    supervisor, agent = as_staff(olga), as_staff(elena)
    number = review(supervisor, score)
    supervisor.post(f"/quality/scores/{score.pk}/pin/", {"comment": "Мягкий отказ", "is_praise": "on"})
    due = timezone.localdate() + timedelta(days=3)
    talk = {"held_on": timezone.localdate().isoformat(), "due_on": due.isoformat()}
    talk |= {"criteria": ["wording"], "agreed": "Говорить, что можно"}
    assert supervisor.post(f"/quality/agents/{elena.pk}/coaching/", talk).status_code == 302
    assert [one.is_new for one in told(agent)] == [True, True, True]
    assert "data-quality>3<" in agent.get("/inbox/").content.decode()
    assert told(as_staff(dmitry)) == []
    assert as_staff(dmitry).get(f"/quality/notices/review/{number}/").status_code == 404
    followed = [agent.get(one.address).headers["Location"] for one in told(agent)]
    assert sorted(set(followed)) == [f"/quality/agents/{elena.pk}/#co-h", f"/quality/scores/{score.pk}/"]
    assert OpenedNotice.objects.filter(agent=elena).count() == 3
    assert next((one.is_new, bool(one.due)) for one in told(agent)) == (False, True)
    assert "data-quality>1<" in agent.get("/inbox/").content.decode()  # the review still waits for an answer
    agent.post(f"/quality/reviews/{number}/acknowledge/")
    assert "data-quality" not in agent.get("/inbox/").content.decode()


def test_an_agent_is_told_how_their_dispute_ended(score: Score, as_staff: Any, olga: Any, elena: Any) -> None:
    supervisor, agent = as_staff(olga), as_staff(elena)
    number = review(supervisor, score)
    said = {"kind": "score", "text": "Не согласна"}
    assert agent.post(f"/quality/reviews/{number}/dispute/", said).status_code == 302
    dispute = score.reviews.get().disputes.get()
    assert not any("/decision/" in one.address for one in told(agent))
    supervisor.post(f"/quality/disputes/{dispute.pk}/settle/", {"status": "rejected", "words": "Оценка верна"})
    dispute.refresh_from_db()
    assert dispute.decided_at is not None
    news = next(one for one in told(agent) if "/decision/" in one.address)
    assert news.is_new and agent.get(news.address).headers["Location"] == f"/quality/disputes/{dispute.pk}/"


def blind_by_calibration(as_staff: Any, olga: Any, ivan: Any, score: Score) -> Any:
    session = session_of(as_staff(olga), olga, ivan)
    return lambda reader: rate(as_staff(reader), card_of(session, reader), understanding="1")


def blind_by_review(as_staff: Any, olga: Any, ivan: Any, score: Score) -> Any:
    ReviewTask.objects.create(score=score, assignee=ivan, is_blind=True)
    return lambda reader: review(as_staff(reader), score)


@pytest.mark.parametrize("blind", [blind_by_calibration, blind_by_review])
def test_blind_nothing_of_the_checks_opinion_is_told_by_lists_or_sums_until_ones_own_is_sent(
    score: Score, as_staff: Any, olga: Any, ivan: Any, blind: Any
) -> None:
    ComplaintForecast.objects.filter(score=score).delete()
    ComplaintForecast.objects.create(score=score, model="", markers=2, horizon=30)
    roll_up_today()
    reader = as_staff(ivan)
    metric = "/api/v1/quality/metrics?metric=auto_score"

    def known() -> dict[str, bool]:
        page = overview(reader).context
        return {
            "mean": page["figures"].checks.n > 0,
            "agents": bool(page["agents"]),
            "line": bool(page["trend"].pictures),
            "list": bool(page["rows"]),
            "foreseen": page["forecasts"] > 0,
            "to confirm": page["to_confirm"] > 0,
            "waits": b"data-quality>" in reader.get("/inbox/").content
            or b"data-quality>" in reader.get("/quality/").content,
            "critical": "Гарантируем" in reader.get("/quality/critical/").content.decode(),
            "flags": str(score.conversation_id) in b"".join(reader.get("/quality/export/flags.csv")).decode(),
            "metric": reader.get(metric).json()["rows"][0]["n"] > 0,
            "forecasts": f"/quality/scores/{score.pk}/" in reader.get("/quality/forecasts/").content.decode(),
            "findings": reader.get(f"/quality/scores/{score.pk}/findings/").status_code == 200,
            "autoscore": reader.get(f"/api/v1/quality/dialogs/{score.conversation_id}/autoscore").status_code == 200,
        }

    assert all(known().values()), known()
    confirmation = score.confirmations.get()
    send = blind(as_staff, olga, ivan, score)
    assert not any(known().values()), known()
    answer = {"answer": "yes", "comment": "Да"}
    assert reader.post(f"/quality/critical/{confirmation.pk}/", answer).status_code == 404
    send(ivan)
    assert all(known().values()), known()
