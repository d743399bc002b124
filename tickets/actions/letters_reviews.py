"""Letters that tell of public reviews: handed to the app above, never a ticket, never answered."""

from django.db import transaction

from tickets.errors import LetterSettled
from tickets.models import InboundLetter, Mailbox
from tickets.models.reasons import Reason
from tickets.rules.email import Letter
from tickets.rules.email.domains import organisation
from tickets.signals import review_letter_came

State = InboundLetter.State


def is_about_reviews(*, mailbox: Mailbox, sender: str) -> bool:
    """Whether the mailbox is kept for public reviews, or the sender is one of those who tell of them."""
    if mailbox.purpose == Mailbox.Purpose.REVIEWS:
        return True
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    return any(
        each == address or ("@" not in each and domain and each in {domain, organisation(domain)})
        for each in mailbox.review_senders
    )


def outcome_of_review_letter(*, letter: InboundLetter, reading: Letter) -> tuple[str, str]:
    """Its state and the reason: taken in, or held for somebody who reads it."""
    answers = review_letter_came.send(sender=InboundLetter, letter=letter, reading=reading)
    if any(is_taken for _, is_taken in answers):
        return State.REVIEW, ""
    return State.HELD, Reason.REVIEW_UNREAD


@transaction.atomic
def settle_review_letter(*, letter: InboundLetter, is_review: bool) -> None:
    """A person read a held letter. Raises ``LetterSettled``."""
    letter = InboundLetter.objects.select_for_update().get(pk=letter.pk)
    if (letter.state, letter.error) != (State.HELD, Reason.REVIEW_UNREAD):
        raise LetterSettled
    letter.state, letter.error = (State.REVIEW, "") if is_review else (State.IGNORED, "no_review")
    letter.save(update_fields=["state", "error"])
