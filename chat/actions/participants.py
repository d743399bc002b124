"""Who of the staff takes part in a conversation."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from chat.events import drop_event
from chat.models import Conversation, Participant
from identity.models import User
from supportdesk.realtime import publish_all_on_commit


@transaction.atomic
def add_participant(*, conversation: Conversation, user: User) -> Participant:
    """From now on the user may read and write there. Adding twice changes nothing."""
    participant, _ = Participant.objects.get_or_create(conversation=conversation, user=user, until=None)
    return participant


def add_participants(*, pairs: Iterable[tuple[Conversation, User]]) -> None:
    """The same for several at once, in one statement."""
    rows = [Participant(conversation=conversation, user=user) for conversation, user in pairs]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def remove_participant(*, conversation: Conversation, user: User) -> None:
    """The user's right ends now; their sockets drop the subscription unless another right remains."""
    ended = Participant.objects.filter(conversation=conversation, user=user, until=None).update(until=timezone.now())
    if ended:
        publish_all_on_commit([drop_event(conversation.pk, user.pk)])


def share_conversation(*, conversation: Conversation) -> None:
    """Nobody leads it: every agent may read it and take it up."""
    Conversation.objects.filter(pk=conversation.pk).update(is_shared=True)


def unshare_conversation(*, conversation: Conversation) -> None:
    """Somebody leads it: from now on it is theirs alone; open sockets of others are dropped by the right's recheck."""
    Conversation.objects.filter(pk=conversation.pk).update(is_shared=False)
