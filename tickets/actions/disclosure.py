"""What may not leave by mail to somebody whose identity is not verified: asked before the answer is queued."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from chat.rules.entries import StoredEntry
from identity.rules.disclosure import disclosures
from identity.rules.verification import DISCLOSED_FROM
from tickets.access import disclosure_level
from tickets.errors import Disclosure
from tickets.models import Ticket
from tickets.queries.identity import decision_of


def refuse_disclosures(answers: Sequence[StoredEntry]) -> None:
    """The staff's messages that are about to become letters; raising takes their transaction back whole."""
    conversations = {each.conversation_id for each in answers}
    found = Ticket.objects.filter(conversation__in=conversations).select_related("conversation")
    tickets = {ticket.conversation_id: ticket for ticket in found}
    for each in answers:
        if each.is_public:
            recipients = [*each.data.get("to", ()), *each.data.get("cc", ())]
            refuse_disclosure(ticket=tickets[each.conversation_id], body=each.body, recipients=recipients)


def refuse_disclosure(*, ticket: Ticket, body: str, recipients: Iterable[str] = ()) -> None:
    """Raise ``Disclosure`` when the text names what these people have not proved to be theirs.

    A level holds for the address it was reached at: an answer that goes to others too is below it.
    """
    if disclosure_level(ticket) >= DISCLOSED_FROM and not _others(ticket, recipients):
        return
    if found := disclosures(body, allowed=[settings.LENDER_PHONE]):
        raise Disclosure(found)


def _others(ticket: Ticket, recipients: Iterable[str]) -> set[str]:
    decision = decision_of(ticket)
    own = ticket.conversation.correspondent_address
    proved = decision.address if decision else own
    return {each.casefold() for each in (list(recipients) or [own])} - {proved.casefold()}
