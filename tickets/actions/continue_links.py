"""Links in answers that lead into the chat: made with the letter that carries them, written out when it leaves."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tickets.mailboxes.passwords import mail_key
from tickets.models import ContinueLink, OutboundLetter
from tickets.rules import continuing, signed


@transaction.atomic
def offer_chat(*, letters: Sequence[OutboundLetter]) -> list[ContinueLink]:
    """A link for each of these letters whose text asks for one, in the transaction that queues the letter."""
    return [_offer(letter) for letter in letters if continuing.has_mark(letter.body)]


def _offer(letter: OutboundLetter) -> ContinueLink:
    now = timezone.now()
    link = ContinueLink.objects.create(
        ticket=letter.ticket, letter=letter, made_at=now, expires_at=now + continuing.LIVES
    )
    link.token_hash = signed.digest(_token_of(link))
    link.save(update_fields=["token_hash"])
    return link


def body_to_send(letter: OutboundLetter) -> str:
    """The text as it leaves: with the address of the link, the same at every retry. Nowhere else does it stand."""
    if not continuing.has_mark(letter.body):
        return letter.body
    link = ContinueLink.objects.filter(letter=letter).first()
    return continuing.with_address(letter.body, address_of(link) if link else settings.CONTINUE_URL)


def address_of(link: ContinueLink) -> str:
    """Where the link leads: the lender's own site, which asks people to sign in."""
    return f"{settings.CONTINUE_URL}#{continuing.FRAGMENT}={_token_of(link)}"


def _token_of(link: ContinueLink) -> str:
    return signed.make_token(link.pk, purpose=continuing.PURPOSE, key=mail_key())
