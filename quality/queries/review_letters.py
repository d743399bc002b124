"""Letters about public reviews, for whoever reads them."""

from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.raw import raw_letter
from tickets.mailboxes.reader import read_in_child
from tickets.models import InboundLetter
from tickets.rules.email.domains import organisation, shown_domain

SHOWN = 20_000  # characters


def text_of(letter: InboundLetter) -> str:
    """What is written there; empty where it cannot be read."""
    try:
        return read_in_child(raw_letter(letter.sha256)).text[:SHOWN]
    except (LetterUnreadable, OSError):
        return ""


def site_of(letter: InboundLetter) -> str:
    """Whose letter it is, as a first thought for the site."""
    return shown_domain(organisation(letter.sender.rpartition("@")[2]))[:60]
