"""Links in letters the desk sends by itself: only the letter that leaves holds the token, nothing keeps it."""

from django.conf import settings

from tickets.mailboxes.passwords import mail_key
from tickets.models import OutboundLetter
from tickets.rules import signed

MARK = "‹›"  # in the body: where the address of the link stands when it leaves


def token_of(letter: OutboundLetter) -> str:
    """What the link ends with; it is kept nowhere, and made again when the letter is tried again."""
    return signed.make_token(letter.pk, purpose=letter.link_path, key=mail_key())


def letter_by_token(token: str, *, link_path: str) -> OutboundLetter | None:
    """The letter whose link was followed; a token of another kind of letter opens nothing."""
    number = signed.number_of(token, purpose=link_path, key=mail_key())
    return OutboundLetter.objects.filter(pk=number, link_path=link_path).first() if number else None


def body_to_send(letter: OutboundLetter) -> str:
    """The text as it leaves, the same at every retry."""
    return letter.body.replace(MARK, f"{settings.PUBLIC_URL}{letter.link_path}{token_of(letter)}/")
