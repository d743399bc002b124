"""Who is mentioned in a note hears of it, with the ticket it stands in."""

from collections.abc import Iterable
from uuid import UUID

from chat.rules.entries import StoredEntry
from supportdesk.realtime import publish_on_commit
from tickets.models import Ticket


def tell_mentioned(entries: Iterable[StoredEntry]) -> None:
    """After commit, tell everybody mentioned but the author; without the words of the note."""
    notes = [entry for entry in entries if entry.kind == "note" and entry.data.get("mentions")]
    if not notes:
        return
    conversations = {note.conversation_id for note in notes}
    found = Ticket.objects.filter(conversation__in=conversations).values_list("conversation_id", "number")
    numbers: dict[UUID, int] = dict(found)
    for note in notes:
        frame = {
            "type": "mention.made",
            "conversation": str(note.conversation_id),
            "ticket": numbers.get(note.conversation_id),
            "author": {"kind": note.author_kind, "id": str(note.author_id), "name": note.author_name},
        }
        for person in note.data["mentions"]:
            if person != str(note.author_id):
                publish_on_commit(f"actor.{person}", frame)
