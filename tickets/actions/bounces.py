"""Reports about our own letters: shown at the message, owed again, and the address given up where it is dead."""

from django.db import transaction

from identity.actions import record_audit
from identity.models import User
from tickets.actions.deliveries import announce_delivery
from tickets.actions.tickets import owe_again
from tickets.models import InboundLetter, OutboundLetter, Suppression
from tickets.queries.threads import letter_reported_by
from tickets.rules.email import Letter
from tickets.rules.email.dsn import BounceFacts

State = OutboundLetter.State


def hear_report(*, letter: InboundLetter, reading: Letter) -> OutboundLetter | None:
    """What a report changes, in the transaction that takes it in: nothing, unless it carries a signature of ours."""
    facts = reading.bounce
    sent = letter_reported_by(letter, reading) if facts is not None else None
    if facts is None or sent is None:
        return None
    named = [each for each in facts.recipients if each in {one.lower() for one in sent.recipients}]
    if facts.recipients and not named:
        return None  # a report about somebody we never wrote to
    if facts.is_final:
        _come_back(sent, facts)
    if facts.kind == "hard":
        _give_up(sent, facts)
    return sent


def _come_back(sent: OutboundLetter, facts: BounceFacts) -> None:
    """The letter did not arrive: it shows at the message, and the answer is owed again."""
    sent.state, sent.error = State.BOUNCED, (facts.diagnostic or facts.status or facts.kind)[:300]
    sent.save(update_fields=["state", "error"])
    announce_delivery(sent)
    if sent.entry is not None:
        owe_again(ticket=sent.ticket, answered_at=sent.entry.created_at)


def _give_up(sent: OutboundLetter, facts: BounceFacts) -> None:
    """A dead address is not written to any more; only one that this very letter went to."""
    own = {each.lower(): each for each in sent.recipients}
    dead = [each for each in facts.dead if each in own] or ([*own] if len(own) == 1 and not facts.recipients else [])
    reason = (facts.diagnostic or facts.status)[:120]
    rows = [Suppression(address=each, reason=reason, letter=sent) for each in dead]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    for _ in dead:
        record_audit(code="address.suppressed", object_kind="ticket", object_id=str(sent.ticket_id), letter=sent.pk)


@transaction.atomic
def lift_suppression(*, suppression: Suppression, by: User) -> None:
    """A supervisor says that the address may be written to again."""
    record_audit(
        code="address.allowed",
        actor=by,
        object_kind="ticket",
        object_id=str(suppression.letter.ticket_id) if suppression.letter else "",
        letter=suppression.letter_id,
    )
    suppression.delete()
