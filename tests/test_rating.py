"""A borrower rates a conversation that is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chat import actions as chat
from chat.models import Conversation
from quality.models import SurveyAnswer
from quality.queries.ratings import ratings_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(anna: Any) -> Conversation:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    return chat.close_conversation(conversation=conversation, by=anna)


def address(conversation: Conversation) -> str:
    return f"/api/v1/conversations/{conversation.pk}/rating"


def test_a_borrower_rates_a_closed_conversation(
    over: Conversation, anna: Any, as_borrower: Callable[[Any], Any]
) -> None:
    client = as_borrower(anna)
    assert client.get(address(over)).json()["rating"] is None
    answer = client.post(address(over), {"rating": 4, "solved": "yes", "comment": "Быстро"}, format="json")
    assert answer.status_code == 201
    said = {"conversation": str(over.pk), "rating": 4, "solved": "yes", "comment": "Быстро"}
    assert said.items() <= answer.json().items()
    assert client.get(address(over)).json() == answer.json()
    assert client.get("/api/v1/ratings").json() == {str(over.pk): 4}
    assert ratings_of([over.pk]) == {over.pk: 4}


def test_a_borrower_finds_their_own_rating_in_the_history(
    over: Conversation, anna: Any, as_borrower: Callable[[Any], Any]
) -> None:
    client = as_borrower(anna)
    assert [row["rating"] for row in client.get("/api/v1/history").json()] == [None]
    client.post(address(over), {"rating": 4}, format="json")
    chat.start_conversation(channel="chat", borrower=anna)
    rows = {row["id"]: row["rating"] for row in client.get("/api/v1/history").json()}
    assert len(rows) == 2
    assert rows.pop(str(over.pk)) == 4
    assert list(rows.values()) == [None]


def test_an_open_conversation_cannot_be_rated_yet(anna: Any, as_borrower: Callable[[Any], Any]) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    answer = as_borrower(anna).post(address(conversation), {"rating": 5}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_closed")


def test_a_rating_may_be_changed_for_an_hour(over: Conversation, anna: Any, as_borrower: Callable[[Any], Any]) -> None:
    client = as_borrower(anna)
    client.post(address(over), {"rating": 2}, format="json")
    assert client.post(address(over), {"rating": 5, "comment": "Разобрались"}, format="json").status_code == 201
    stored = SurveyAnswer.objects.get()
    assert (stored.rating, stored.changed_at is not None) == (5, True)
    SurveyAnswer.objects.update(created_at=stored.created_at - timedelta(minutes=61))
    refused = client.post(address(over), {"rating": 1}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "rating_settled")
    repeated = client.post(address(over), {"rating": 5, "comment": "Разобрались"}, format="json")
    assert repeated.status_code == 201


@pytest.mark.parametrize(
    "body",
    [{}, {"rating": 0}, {"rating": 6}, {"rating": "много"}, {"rating": 3, "solved": "maybe"},
     {"rating": 3, "comment": "а" * 2001}],
)  # fmt: skip
def test_what_is_not_a_rating_is_refused_in_words(
    over: Conversation, anna: Any, as_borrower: Callable[[Any], Any], body: dict[str, Any]
) -> None:
    answer = as_borrower(anna).post(address(over), body, format="json")
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert not SurveyAnswer.objects.exists()


def test_nobody_else_rates_or_sees_the_rating(
    over: Conversation,
    anna: Any,
    sergey: Any,
    elena: Any,
    as_borrower: Callable[[Any], Any],
    as_staff: Callable[[Any], Any],
) -> None:
    as_borrower(anna).post(address(over), {"rating": 4}, format="json")
    stranger = as_borrower(sergey)
    assert stranger.get(address(over)).status_code == 404
    assert stranger.post(address(over), {"rating": 1}, format="json").status_code == 404
    assert stranger.get("/api/v1/ratings").json() == {}
    agent = as_staff(elena)
    assert agent.get(address(over)).status_code in {401, 403}
    assert agent.post(address(over), {"rating": 5}, content_type="application/json").status_code in {401, 403}
    assert SurveyAnswer.objects.get().rating == 4
