"""The order of one sender's messages on one connection, where some were refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError

from chat import actions as chat
from chat.signals import messages_posted
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_client_has_given_up_does_not_hold_back_its_later_messages(
    socket_for: Callable[..., Socket], anna: Any
) -> None:
    """It was stored by another connection, or its author thought better of it: it will not come again."""
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    socket = socket_for(anna)
    fails = [True]

    def fail(**_: Any) -> None:
        if fails.pop() if fails else False:
            raise DatabaseError("so it was arranged")

    messages_posted.connect(fail)
    given_up = socket.post(conversation.pk, "не дошло")
    assert socket.wait_for("refused", id=given_up)["code"] == "database"
    later, latest = socket.post(conversation.pk, "раз"), socket.post(conversation.pk, "два")
    assert [socket.wait_for("refused", id=id_)["code"] for id_ in (later, latest)] == ["order", "order"]
    socket.post(conversation.pk, "раз", id=later)
    socket.post(conversation.pk, "два", id=latest)
    assert socket.wait_for("posted", id=later)["seq"] < socket.wait_for("posted", id=latest)["seq"]
