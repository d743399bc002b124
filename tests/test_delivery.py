"""The live protocol: acknowledged means stored, nothing twice, nothing out of order, nothing to strangers."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chat import actions as chat
from chat.models import Entry
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
SocketFor = Callable[..., Socket]


@pytest.fixture
def conversation(anna: Any, elena: Any, transactional_db: None) -> Any:
    """Anna's chat, in which Elena takes part."""
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    started.refresh_from_db()
    return started


def test_a_message_is_acknowledged_once_it_is_stored_and_reaches_the_agent(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    answer = borrower.posted(conversation.pk, "Здравствуйте! Как продлить заём?")
    stored = Entry.objects.get(client_id=answer["id"])
    assert (stored.public_seq, stored.body) == (answer["seq"], "Здравствуйте! Как продлить заём?")
    assert answer["duplicate"] is False
    (shown,) = agent.entries(1)
    assert (shown["seq"], shown["entry"]["body"]) == (stored.seq, stored.body)
    assert shown["entry"]["author"] == {"kind": "borrower", "id": str(anna.pk), "name": anna.full_name}
    (own,) = borrower.entries(1)
    assert own["entry"]["id"] == answer["id"]
