"""Letters that tell of public reviews: read by rule when they come, or by a person."""

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.actions.public_reviews import Imported, import_reviews
from quality.rules.public_reviews import ReviewText
from quality.rules.review_letters import Told, read_review_letter
from tickets.actions.letters_reviews import settle_review_letter
from tickets.models import InboundLetter
from tickets.rules.email import Letter


def take_in_letter(*, letter: InboundLetter, reading: Letter) -> bool:
    """Keep the reviews the letter tells of; False when it does not say which words are one."""
    told = Told(
        subject=reading.subject,
        text=reading.text,
        html=reading.html,
        sender=reading.from_address,
        own=letter.mailbox.address.rpartition("@")[2],
        came_on=timezone.localdate(letter.arrived_at or letter.received_at),
    )
    found = read_review_letter(told)
    if found is None:
        return False
    import_reviews(source=found.source, found=found.reviews, by=None, letter=letter)
    return True


@transaction.atomic
def enter_letter(*, letter: InboundLetter, source: str, review: ReviewText, by: User) -> Imported:
    """A person has read a held letter and typed its review. Raises ``LetterSettled``."""
    settle_review_letter(letter=letter, is_review=True)
    record_audit(code="review_letter_entered", actor=by, object_kind="letter", object_id=str(letter.pk))
    return import_reviews(source=source, found=[review], by=by, letter=letter)


@transaction.atomic
def put_letter_away(*, letter: InboundLetter, by: User) -> None:
    """A person has read a held letter, and there is no review in it. Raises ``LetterSettled``."""
    settle_review_letter(letter=letter, is_review=False)
    record_audit(code="review_letter_put_away", actor=by, object_kind="letter", object_id=str(letter.pk))
