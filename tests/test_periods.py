"""Closing a month: afterwards a review changes with a reason and a second person only, and its history stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Conversation
from identity.models import AuditEntry
from quality.models import ClosedPeriod, LateChange, Review, ReviewRevision, Score
from tests.reviewing import criterion, hold

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"
CLOSE = "/quality/periods/close/"


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    """A conversation that ended two months ago."""
    score = hold(anna, elena)
    Conversation.objects.filter(pk=score.conversation_id).update(closed_at=timezone.now() - timedelta(days=62))
    return Score.objects.get(pk=score.pk)


def month(score: Score) -> dict[str, str]:
    return {"month": f"{timezone.localtime(score.conversation.closed_at):%Y-%m}"}


def answer(score: Score, value: str) -> dict[str, str]:
    return {f"answer-{criterion(score, 'understanding').pk}": value}


def final_review(client: Client, score: Score) -> Review:
    client.post(f"/quality/scores/{score.pk}/review/", answer(score, "1"))
    Review.objects.update(status="final", final_at=timezone.now())
    return Review.objects.get()


def test_a_month_closes_when_it_is_over_and_nothing_of_it_waits(
    score: Score, as_staff: Any, olga: Any, elena: Any
) -> None:
    supervisor = as_staff(olga)
    assert as_staff(elena).post(CLOSE, month(score)).status_code == 403
    this_month = {"month": f"{timezone.localdate():%Y-%m}"}
    supervisor.post(f"/quality/scores/{score.pk}/review/", answer(score, "1"))
    for refused in (this_month, month(score), {"month": "nonsense"}):
        assert supervisor.post(CLOSE, refused).status_code == 302
        assert not ClosedPeriod.objects.exists()
    Review.objects.update(status="final", final_at=timezone.now())
    supervisor.post(CLOSE, month(score))
    supervisor.post(CLOSE, month(score))
    assert ClosedPeriod.objects.get().closed_by == olga
    page = supervisor.get("/quality/periods/").content.decode()
    assert "Закрыт" in page and "Ольга Седова" in page and "уже закрыт" in page
    assert AuditEntry.objects.filter(code="period_closed").count() == 1


def test_in_a_closed_month_two_people_change_a_review_and_its_history_stays(
    score: Score, as_staff: Any, olga: Any, ivan: Any, elena: Any
) -> None:
    supervisor, administrator = as_staff(olga), as_staff(ivan)
    review = final_review(supervisor, score)
    before = review.value
    supervisor.post(CLOSE, month(score))
    assert "Предложить позднее изменение" in supervisor.get(f"/quality/scores/{score.pk}/").content.decode()
    path = f"/quality/reviews/{review.pk}/late/"
    without_reason = supervisor.post(path, {**answer(score, "0.5"), "comment": "Слова целы", "reason": " "})
    assert without_reason.status_code == 400 and "Слова целы" in without_reason.content.decode()
    assert supervisor.post(path, {**answer(score, "0.5"), "reason": "Нашли вторую запись"}).status_code == 302
    review.refresh_from_db()
    assert review.value == before
    change = LateChange.objects.get()
    decide = f"/quality/periods/changes/{change.pk}/"
    assert as_staff(elena).post(decide, {"answer": "yes"}).status_code == 403
    assert supervisor.post(decide, {"answer": "yes"}).status_code == 403
    assert "Нашли вторую запись" in administrator.get("/quality/periods/").content.decode()
    administrator.post(decide, {"answer": "yes"})
    administrator.post(decide, {"answer": "no"})
    review.refresh_from_db()
    assert review.status == "final" and review.value is not None and before is not None and review.value < before
    revision = ReviewRevision.objects.get()
    assert (revision.by, revision.agreed_by, revision.reason) == (olga, ivan, "Нашли вторую запись")
    assert revision.before["value"] == str(before)
    assert AuditEntry.objects.filter(code="late_change_agreed").exists()


def test_a_review_that_comes_late_is_kept_and_waits_for_the_second_person(
    score: Score, as_staff: Any, olga: Any, ivan: Any
) -> None:
    supervisor = as_staff(olga)
    supervisor.post(CLOSE, month(score))
    late = supervisor.post(f"/quality/scores/{score.pk}/review/", {**answer(score, "1"), "comment": "Поздно"})
    review = Review.objects.get()
    assert late.headers["Location"] == f"/quality/reviews/{review.pk}/late/" and review.status == "draft"
    page = supervisor.get(late.headers["Location"]).content.decode()
    assert "Поздно" in page and "Месяц этого диалога закрыт" in page
    over_api = supervisor.post(
        f"/api/v1/quality/reviews/{review.pk}/submit", {"edition": review.edition, "ratings": {}}, content_type=JSON
    )
    assert (over_api.status_code, over_api.json()["code"]) == (409, "period_closed")
    supervisor.post(late.headers["Location"], {**answer(score, "1"), "comment": "Поздно", "reason": "Отпуск"})
    as_staff(ivan).post(f"/quality/periods/changes/{LateChange.objects.get().pk}/", {"answer": "yes"})
    review.refresh_from_db()
    assert (review.status, review.comment, review.draft) == ("final", "Поздно", {})


def test_a_refused_change_leaves_the_review(score: Score, as_staff: Any, olga: Any, ivan: Any) -> None:
    supervisor = as_staff(olga)
    review = final_review(supervisor, score)
    supervisor.post(f"/quality/reviews/{review.pk}/late/", {**answer(score, "0.5"), "reason": "Рано"})
    assert not LateChange.objects.exists()  # the month is not closed
    supervisor.post(CLOSE, month(score))
    supervisor.post(f"/quality/reviews/{review.pk}/late/", {**answer(score, "0.5"), "reason": "Надо"})
    as_staff(ivan).post(f"/quality/periods/changes/{LateChange.objects.get().pk}/", {"answer": "no"})
    assert Review.objects.get().value == review.value and not ReviewRevision.objects.exists()
