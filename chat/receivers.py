"""What follows in the chat from facts of the apps below."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from chat.events import close_event
from identity.signals import access_ended
from supportdesk.realtime import publish_all_on_commit

SESSION_ENDED = 4440


@receiver(access_ended, dispatch_uid="chat.close_sockets")
def close_sockets(session_ids: list[UUID], **_: Any) -> None:
    """Close the sockets of ended sessions as soon as the end is committed; the poll is the fallback."""
    publish_all_on_commit([close_event(session_ids, SESSION_ENDED)])
