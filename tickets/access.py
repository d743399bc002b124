"""Who may see and do which work."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from chat.access import conversations_visible_to
from chat.models import Channel
from identity.access import Actor
from identity.errors import NotAllowed
from identity.models import Borrower, Role, StaffSession, User
from identity.rules.verification import DISCLOSED_FROM
from tickets.errors import Invalid, NotVisible, NotYours, TooOld, TopicMissing
from tickets.models import Exchange, InboundLetter, Job, Mailbox, OutboundLetter, Suppression, Ticket, Topic
from tickets.queries.identity import candidates_of, level_of
from tickets.queries.topics import topic_row, why_not_finished_with


def tickets_visible_to(actor: Actor) -> QuerySet[Ticket]:
    """The tickets of the conversations the actor may read."""
    conversations = conversations_visible_to(actor)
    tickets = Ticket.objects.select_related("conversation__borrower", "assignee", "topic")
    return tickets.filter(conversation__in=conversations)


def ticket_for(actor: Actor, number: int) -> Ticket:
    """The ticket, if the actor may read it; otherwise there is none."""
    ticket = tickets_visible_to(actor).filter(number=number).first()
    if ticket is None:
        raise NotVisible
    return ticket


def may_open(actor: Actor, number: int | None) -> bool:
    """Whether there is such a ticket for the actor."""
    return number is not None and tickets_visible_to(actor).filter(number=number).exists()


def ticket_of(actor: Actor, conversation_id: UUID | str) -> Ticket:
    """The same by conversation."""
    try:
        ticket = tickets_visible_to(actor).filter(conversation_id=UUID(str(conversation_id))).first()
    except ValueError:
        ticket = None
    if ticket is None:
        raise NotVisible
    return ticket


def letter_to_take(user: User, number: int) -> Ticket:
    """A letter, even one a colleague has just taken: the refusal then says who."""
    letters = Ticket.objects.select_related("conversation__borrower", "assignee", "topic")
    return letters.exclude(channel=Channel.CHAT).filter(number=number).first() or ticket_for(user, number)


def led_ticket_for(user: User, number: int) -> Ticket:
    """A ticket the user may act on: their own, or any for a supervisor."""
    ticket = ticket_for(user, number)
    if ticket.assignee_id != user.pk and not user.is_supervisor:
        raise NotYours
    return ticket


def reopenable_ticket_of(actor: Actor, conversation_id: UUID | str) -> Ticket:
    """The borrower's own finished ticket, while it may still be taken up again."""
    ticket = ticket_of(borrower_of(actor), conversation_id)
    ended_at = ticket.conversation.closed_at or ticket.resolved_at
    if ended_at is None:
        raise Invalid("not_resolved")
    if ended_at < timezone.now() - timedelta(hours=settings.REOPEN_HOURS):
        raise TooOld
    return ticket


def given_ticket_for(user: User, number: int) -> Ticket:
    """A ticket that the user may have given away a moment ago, to take it back: no longer visible to them perhaps."""
    given = Q(assignments__agent=user)
    ticket = Ticket.objects.filter(given, number=number).select_related("conversation", "assignee").first()
    if ticket is None:
        raise NotVisible
    return ticket


def staff_of(actor: object) -> User:
    """The actor as a staff member; a borrower finds nothing here."""
    if not isinstance(actor, User):
        raise NotVisible
    return actor


def borrower_of(actor: object) -> Borrower:
    """The actor as a borrower; staff find nothing here."""
    if not isinstance(actor, Borrower):
        raise NotVisible
    return actor


def supervisor_of(actor: object) -> User:
    """The actor as somebody who may see everybody's work."""
    user = staff_of(actor)
    if not user.is_supervisor:
        raise NotAllowed
    return user


def administrator_of(actor: object) -> User:
    """The actor as whoever runs the desk; for everybody else there is nothing here."""
    user = staff_of(actor)
    if user.role != Role.ADMIN:
        raise NotVisible
    return user


def mailbox_for(user: User, mailbox_id: int) -> Mailbox:
    """A mailbox, for whoever runs the desk."""
    administrator_of(user)
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        raise NotVisible
    return mailbox


def exchange_for(user: User, exchange_id: int) -> Exchange:
    """A telephone exchange, for whoever runs the desk."""
    administrator_of(user)
    exchange = Exchange.objects.filter(pk=exchange_id).first()
    if exchange is None:
        raise NotVisible
    return exchange


def failed_job_for(user: User, job_id: int) -> Job:
    """A job that was given up, for an administrator."""
    administrator_of(user)
    job = Job.objects.filter(pk=job_id, failed_at__isnull=False, done_at=None).first()
    if job is None:
        raise NotVisible
    return job


def colleague_for(user_id: UUID | str | None) -> User | None:
    """The colleague a ticket is handed to; None means the queue."""
    if user_id is None:
        return None
    try:
        colleague = User.objects.filter(pk=user_id, deactivated_at=None).exclude(role=Role.PROBE).first()
    except (ValidationError, ValueError):
        colleague = None
    if colleague is None:
        raise Invalid("unknown_agent")
    return colleague


def topic_by_code(code: str) -> Topic | None:
    """The topic of this code; an empty code takes the topic away."""
    if not code:
        return None
    topic = Topic.objects.filter(code=code).first()
    if topic is None:
        raise Invalid("unknown_topic")
    return topic


def topic_to_set(code: str) -> Topic | None:
    """The same where a ticket is to have it: one that a ticket may be finished with."""
    topic = topic_by_code(code)
    if topic is not None and (wrong := why_not_finished_with(topic)):
        raise TopicMissing(wrong)
    return topic


def topic_for(user: User, topic_id: int) -> Topic:
    """A topic, for whoever runs the desk."""
    administrator_of(user)
    topic = topic_row(topic_id)
    if topic is None:
        raise NotVisible
    return topic


def known_borrower_of(ticket: Ticket) -> Borrower:
    """Whose ticket it is; while identity is not verified it is nobody's."""
    if ticket.conversation.borrower is None or not may_disclose(ticket):
        raise NotVisible
    return ticket.conversation.borrower


def disclosure_level(ticket: Ticket) -> int:
    """How far the other side is proved: 0 unknown, 1 probable, 2 verified in this ticket, 3 signed in."""
    return level_of(ticket)


def may_disclose(ticket: Ticket) -> bool:
    """Whether the borrower's data may be on the page and in the answer at all."""
    return disclosure_level(ticket) >= DISCLOSED_FROM


def candidate_for(ticket: Ticket, borrower_id: str, *, query: str = "") -> Borrower:
    """One of the borrowers who may have written this letter; nobody else is chosen here."""
    known = (each.borrower for each in candidates_of(ticket, query=query))
    found = next((each for each in known if str(each.pk) == borrower_id), None)
    if found is None:
        raise Invalid("unknown_borrower")
    return found


def borrower_visible_to(user: User, borrower_id: UUID) -> Borrower:
    """A borrower with whom the staff member has a conversation to read; otherwise there is none."""
    conversation = conversations_visible_to(user).filter(borrower=borrower_id).select_related("borrower").first()
    if conversation is None or conversation.borrower is None:
        raise NotVisible
    return conversation.borrower


def letter_for(actor: Actor, letter_id: int) -> InboundLetter:
    """A raw letter of the import journal: for supervisors."""
    supervisor_of(actor)
    letter = InboundLetter.objects.select_related("mailbox", "ticket").filter(pk=letter_id).first()
    if letter is None:
        raise NotVisible
    return letter


def answer_for(user: User, number: int, seq: int) -> OutboundLetter:
    """The letter that one's own message became; any for a supervisor."""
    ticket = ticket_for(user, number)
    letter = OutboundLetter.objects.select_related("entry").filter(ticket=ticket, entry__seq=seq).first()
    if letter is None or letter.entry is None:
        raise NotVisible
    if letter.entry.author_id != user.pk and not user.is_supervisor:
        raise NotYours
    return letter


def suppression_for(user: User, number: int) -> Suppression:
    """An address that was given up, for a supervisor."""
    supervisor_of(user)
    found = Suppression.objects.select_related("letter").filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def strangers_letter_for(user: User, number: int, seq: int) -> InboundLetter:
    """A letter that stands in one's ticket as a note because its sender takes no part there."""
    ticket = led_ticket_for(user, number)
    letter = InboundLetter.objects.filter(ticket=ticket, entry__seq=seq, entry__kind="note").first()
    if letter is None:
        raise NotVisible
    return letter


# A letter as its sender made it

PICTURE_TIME = 300  # seconds an address of a letter's picture is good for: the page asks for them at once
PICTURE_SALT = "letter.picture"


def shown_letter_for(user: object, letter_id: int) -> InboundLetter:
    """A letter of a ticket that the staff member may read, to be shown as it was sent."""
    staff = staff_of(user)
    letter = InboundLetter.objects.select_related("ticket").filter(pk=letter_id, ticket__isnull=False).first()
    if letter is None or letter.ticket is None:
        raise NotVisible
    ticket_for(staff, letter.ticket.number)
    return letter


def picture_address(letter: InboundLetter, session: StaffSession, kind: str, value: str) -> str:
    """A signed address: the page of a letter has no cookie of its own to show."""
    signed = signing.dumps([letter.pk, session.pk.hex, kind, value], salt=PICTURE_SALT, compress=True)
    return reverse("letter-picture", args=[signed])


def picture_at(signed: str) -> tuple[InboundLetter, str, str]:
    """The letter, the kind and the name of a picture, while its address is fresh and whoever looks may still look."""
    try:
        letter_id, session, kind, value = signing.loads(signed, salt=PICTURE_SALT, max_age=PICTURE_TIME)
    except signing.BadSignature:
        raise NotVisible from None
    looking = StaffSession.objects.live().select_related("user").filter(pk=UUID(session)).first()
    if looking is None:
        raise NotVisible
    return shown_letter_for(looking.user, letter_id), kind, value
