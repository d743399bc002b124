"""Reviews from the draft to the settled dispute: evidence, causes, who may, what is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity.models import AuditEntry
from quality import actions as quality
from quality.actions.disputes import finish_unanswered
from quality.models import Confirmation, Dispute, FindingLabel, Rating, Review, ReviewRevision, Score
from tests.reviewing import criterion, failed, form_of, hold, threat

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    return hold(anna, elena)


@pytest.fixture
def client_of(as_staff: Callable[[Any], Client]) -> Callable[[Any], Client]:
    return as_staff


def begin(client: Client, score: Score) -> dict[str, Any]:
    answer = client.post("/api/v1/quality/reviews", {"score": score.pk}, content_type=JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return getattr(client, method)(f"/api/v1/quality/{path}", body or {}, content_type=JSON)


def submitted(client: Client, score: Score, **entries: Any) -> dict[str, Any]:
    review = begin(client, score)
    ratings = {str(criterion(score, code).pk): entry for code, entry in entries.items()}
    answer = send(client, "post", f"reviews/{review['id']}/submit", {"edition": review["edition"], "ratings": ratings})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_failure_needs_its_cause_the_words_and_a_comment(score: Score, client_of: Any, olga: Any) -> None:
    client = client_of(olga)
    review = begin(client, score)
    pk = criterion(score, "lawful").pk
    beyond = {**threat(score), "end": 9999}
    for wrong in ({"cause": ""}, {"comment": " "}, {"evidence": []}, {"evidence": [beyond]}, {"answer": "0.3"}):
        body = {"edition": review["edition"], "ratings": {str(pk): failed(score, "lawful", **wrong)}}
        answer = send(client, "post", f"reviews/{review['id']}/submit", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "incomplete"), wrong
    assert Review.objects.get().status == "draft"
    assert not Rating.objects.exists()


def test_a_critical_failure_makes_the_score_zero_and_an_incident(score: Score, client_of: Any, olga: Any) -> None:
    assert Confirmation.objects.get().is_confirmed is None
    answer = submitted(client_of(olga), score, lawful=failed(score, "lawful"), understanding={"answer": "0.75"})
    assert (answer["value"], answer["is_critical"], answer["status"]) == (0, True, "submitted")
    rating = Rating.objects.get(criterion__code="lawful")
    assert (rating.verdict, rating.checks_verdict, rating.evidence) == ("fail", "fail", [threat(score)])
    assert Rating.objects.get(criterion__code="understanding").verdict == "partial"
    confirmation = Confirmation.objects.get()
    assert (confirmation.is_confirmed, confirmation.decided_by) == (True, olga)
    score.refresh_from_db()
    assert (score.value, score.critical_to_confirm) == (0, False)
    assert FindingLabel.objects.filter(verdict="fail", by=olga).exists()
    assert AuditEntry.objects.filter(code="critical_confirmed").exists()
    assert AuditEntry.objects.get(code="review_submitted").detail["value"] == "0.00"


def test_a_refused_alarm_leaves_the_score_and_teaches_the_check(score: Score, client_of: Any, ivan: Any) -> None:
    before = score.value
    client = client_of(ivan)
    path = f"/quality/critical/{Confirmation.objects.get().pk}/"
    assert "Гарантируем" in client.get("/quality/critical/").content.decode()
    assert client.post(path, {"answer": "no", "comment": ""}).status_code == 400
    assert client.post(path, {"answer": "no", "comment": "Это цитата"}).status_code == 302
    assert client.post(path, {"answer": "yes", "comment": "Ещё раз"}).status_code == 409
    score.refresh_from_db()
    assert score.value is not None and before is not None and score.value >= before
    assert not score.critical_to_confirm
    assert FindingLabel.objects.get().verdict == "pass"


def test_a_draft_survives_and_two_windows_cannot_mix(score: Score, client_of: Any, olga: Any) -> None:
    client = client_of(olga)
    review = begin(client, score)
    pk = str(criterion(score, "wording").pk)
    kept = {"edition": 0, "ratings": {pk: {"comment": "Начни с поддержки"}}, "seconds": 42}
    assert send(client, "patch", f"reviews/{review['id']}", kept).json()["edition"] == 1
    stale = send(client, "patch", f"reviews/{review['id']}", {"edition": 0, "ratings": {}})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    html = client.get(f"/quality/scores/{score.pk}/").content.decode()
    assert "Начни с поддержки" in html and 'value="42"' in html
    assert begin(client, score)["id"] == review["id"]


def test_the_page_keeps_what_is_not_complete(score: Score, client_of: Any, olga: Any) -> None:
    client = client_of(olga)
    path = f"/quality/scores/{score.pk}/review/"
    answer = client.post(path, form_of(score, "lawful", failed(score, "lawful", comment="")), follow=True)
    assert "Проверка заполнена не до конца" in answer.content.decode()
    assert Review.objects.get().status == "draft"
    strange = {f"answer-{number}": "1" for number in ("²", "9" * 40, "-1", "")}
    fields = {**strange, **form_of(score, "lawful", failed(score, "lawful")), "comment": "В целом", "seconds": "65"}
    assert client.post(path, fields).status_code == 302
    review = Review.objects.get()
    assert (review.status, review.value, review.seconds, review.comment) == ("submitted", 0, 65, "В целом")


def test_its_reviewer_changes_it_until_it_is_acknowledged(score: Score, client_of: Any, olga: Any, elena: Any) -> None:
    client = client_of(olga)
    first = submitted(client, score, lawful=failed(score, "lawful"))
    second = submitted(client, score, lawful={"answer": "1", "cause": "", "evidence": []})
    assert second["id"] == first["id"] and second["value"] > 0
    assert ReviewRevision.objects.get().before["value"] == "0.00"
    assert send(client_of(elena), "post", f"reviews/{first['id']}/acknowledge").json()["status"] == "acknowledged"
    late = send(client, "post", f"reviews/{first['id']}/submit", {"edition": second["edition"]})
    assert (late.status_code, late.json()["code"]) == (409, "review_settled")


def test_blind_hides_what_the_checks_said_until_submitted(score: Score, client_of: Any, olga: Any) -> None:
    from quality.models import ReviewTask

    ReviewTask.objects.create(score=score, assignee=olga, is_blind=True)
    client = client_of(olga)
    path = f"/quality/scores/{score.pk}/"
    html = client.get(path).content.decode()
    assert (
        "Система предлагает" not in html
        and "Нужно было раньше думать" in html
        and '<mark class="ev ev--bad" data' not in html
    )
    review = begin(client, score)
    assert review["is_blind"]
    done = submitted(client, score, understanding={"answer": "1"})
    assert done["value"] == 100  # nothing of the checks is in it
    assert ReviewTask.objects.get().status == "done"


def disputed(client: Client, review: dict[str, Any], **over: Any) -> Any:
    body = {"kind": "score", "text": "Это была цитата из договора", **over}
    return send(client, "post", f"reviews/{review['id']}/dispute", body)


def test_a_critical_dispute_is_settled_by_somebody_else_and_scored_anew(
    score: Score, client_of: Any, olga: Any, ivan: Any, elena: Any, dmitry: Any
) -> None:
    review = submitted(client_of(olga), score, lawful=failed(score, "lawful"))
    pk = str(criterion(score, "lawful").pk)
    assert disputed(client_of(elena), review, text=" ").status_code == 400
    assert disputed(client_of(dmitry), review).status_code == 404
    answer = disputed(client_of(elena), review, proposed={pk: "1"})
    assert answer.status_code == 201
    assert disputed(client_of(elena), review).status_code == 409
    dispute = answer.json()["id"]
    decision = {"status": "accepted", "words": "Согласен, это цитата"}
    path = f"disputes/{dispute}/resolve"
    assert send(client_of(olga), "post", path, decision).status_code == 403
    assert send(client_of(elena), "post", path, decision).status_code == 403
    assert send(client_of(dmitry), "post", path, decision).status_code == 404
    assert send(client_of(ivan), "post", path, {**decision, "words": ""}).status_code == 400
    settled = send(client_of(ivan), "post", path, decision).json()
    assert settled["status"] == "accepted" and settled["delta"] > 0
    stored = Review.objects.get()
    assert stored.status == "final" and stored.value is not None and stored.value > 0
    assert ReviewRevision.objects.get().before["value"] == "0.00"
    assert AuditEntry.objects.filter(code="dispute_settled").exists()
    page = client_of(elena).get(f"/quality/disputes/{dispute}/").content.decode()
    assert "Согласен, это цитата" in page
    figures = client_of(ivan).get("/quality/disputes/").content.decode()
    assert "Ольга Седова" in figures


def test_an_agent_disputes_on_the_page_and_the_reviewer_settles_what_is_not_critical(
    score: Score, client_of: Any, olga: Any, elena: Any
) -> None:
    submitted(client_of(olga), score, understanding={"answer": "0.5", "cause": "x"})
    review = Review.objects.get()
    agent, supervisor = client_of(elena), client_of(olga)
    html = agent.get(f"/quality/scores/{score.pk}/").content.decode()
    assert "Согласиться" in html or "Согласен" in html
    said = {"kind": "evidence", "text": "Уточнять было нечего"}
    assert agent.post(f"/quality/reviews/{review.pk}/dispute/", said).status_code == 302
    dispute = Dispute.objects.get()
    assert agent.get(f"/quality/disputes/{dispute.pk}/").status_code == 200
    assert (
        agent.post(f"/quality/disputes/{dispute.pk}/settle/", {"status": "accepted", "words": "да"}).status_code == 403
    )
    rejected = {"status": "rejected", "words": "Нужно было спросить о сроке"}
    assert supervisor.post(f"/quality/disputes/{dispute.pk}/settle/", rejected).status_code == 302
    dispute.refresh_from_db()
    assert (dispute.status, dispute.delta) == ("rejected", 0)
    assert Review.objects.get().status == "final"


def test_the_wrong_person_is_let_go_and_the_right_one_may_answer(
    score: Score, client_of: Any, olga: Any, elena: Any, dmitry: Any
) -> None:
    review = submitted(client_of(olga), score, understanding={"answer": "1"})
    dispute = disputed(client_of(elena), review, kind="wrong_person", text="Отвечал Дмитрий").json()["id"]
    decision = {"status": "accepted", "words": "Верно", "agent": str(dmitry.pk)}
    assert send(client_of(olga), "post", f"disputes/{dispute}/resolve", decision).status_code == 200
    stored = Review.objects.get()
    assert (stored.agent, stored.status) == (dmitry, "submitted")
    assert send(client_of(dmitry), "get", f"reviews/{review['id']}").status_code == 200
    assert send(client_of(elena), "get", f"reviews/{review['id']}").status_code == 404


def test_without_an_answer_a_review_becomes_final(score: Score, client_of: Any, olga: Any, elena: Any) -> None:
    review = submitted(client_of(olga), score, understanding={"answer": "1"})
    assert finish_unanswered() == 0
    Review.objects.update(submitted_at=timezone.now() - timedelta(days=10))
    assert disputed(client_of(elena), review).json()["code"] == "too_late"
    assert finish_unanswered() == 1
    assert Review.objects.get().status == "final"


def test_the_export_is_streamed_without_personal_data_or_formulas(
    score: Score, client_of: Any, olga: Any, elena: Any
) -> None:
    comment = '=HYPERLINK("http://x") карта 4276 5500 1234 5677'
    submitted(client_of(olga), score, lawful=failed(score, "lawful", comment=comment))
    answer = client_of(olga).get("/api/v1/quality/export/reviews.csv")
    assert answer.streaming
    text = b"".join(answer).decode()
    assert "4276 5500" not in text and "'=HYPERLINK" in text and "lawful" in text
    assert client_of(elena).get("/api/v1/quality/export/reviews.csv").status_code == 403


def test_nobody_reviews_their_own_and_an_agent_reviews_nobody(anna: Any, client_of: Any, olga: Any, elena: Any) -> None:
    own = hold(anna, olga)
    assert send(client_of(olga), "post", "reviews", {"score": own.pk}).status_code == 403
    assert send(client_of(elena), "post", "reviews", {"score": own.pk}).status_code == 403
    assert quality.open_review(of=own, reviewer=elena).counts  # the door is in the edges, not in the action
