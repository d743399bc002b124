"""Makes the demo's data by the same actions that people use; what exists is left as it is."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation
from identity import actions as identity
from identity.models import Borrower, User
from quality.actions.ratings import rate_conversation
from supportdesk.demo.clock import PastClock, past
from supportdesk.demo.doubt import write_doubtful_letter
from supportdesk.demo.lender.people import PEOPLE
from supportdesk.demo.phone import register_a_paper_letter, write_down_a_call
from supportdesk.demo.staff import MAILBOX, SLOTS, STAFF
from supportdesk.demo.stories import LETTERS, STORIES, Letter, Story
from supportdesk.demo.voice import propose_a_practice, write_public_reviews
from tickets.actions import seed_desk
from tickets.actions.assignments import assign, take
from tickets.actions.mailboxes import ensure_mailbox
from tickets.actions.slots import ensure_slots
from tickets.actions.tickets import resolve
from tickets.actions.verification import confirm_by_sign_in
from tickets.models import Assignment, Ticket
from tickets.queries.promises import promises
from tickets.rules.sla import add_working

READ_TIME = 540  # seconds an agent has a letter before the answer
MATCH_TIME = 4  # seconds between a borrower's first words and an agent's place


def make_staff() -> int:
    """Whoever is missing; returns how many were made."""
    known = set(User.objects.values_list("email", flat=True))
    missing = [one for one in STAFF if one.email not in known]
    for one in missing:
        user = identity.create_staff(
            email=one.email,
            full_name=one.full_name,
            display_name=one.display_name,
            role=one.role,
            password=one.password,
        )
        if one.role == "agent":
            ensure_slots(user=user, capacity=SLOTS)
    return len(missing)


def make_desk() -> None:
    """Topics, promises, hours, prepared answers, and the mailbox at the demo's mail server."""
    seed_desk()
    imap, smtp = (settings.SERVICES[name].rpartition(":") for name in ("IMAP_URL", "SMTP_URL"))
    ensure_mailbox(
        address=MAILBOX,
        name=f"{settings.LENDER_NAME}, поддержка",
        password=settings.SERVICES["MAILBOX_PASSWORD"],
        imap_host="127.0.0.1",
        imap_port=int(imap[2]),
        imap_security="plain",
        smtp_host="127.0.0.1",
        smtp_port=int(smtp[2]),
        smtp_security="plain",
    )


def make_borrowers() -> None:
    """Everybody the demo lender knows, as their tokens will describe them."""
    for person in PEOPLE:
        identity.refresh_borrower(claims=person.claims)


def make_past() -> int:
    """The conversations the desk has already had, on a desk that has had none; returns how many."""
    if Conversation.objects.exists():
        return 0
    today = timezone.localtime().replace(second=0, microsecond=0)
    said: list[Story | Letter] = [*STORIES, *LETTERS]
    for one in sorted(said, key=lambda one: (-one.days_ago, one.hour)):
        began = today.replace(hour=one.hour, minute=one.minute) - timedelta(days=one.days_ago)
        if isinstance(one, Letter):
            answer_letter(one, began=began)
        else:
            tell(one, began=began)
    write_doubtful_letter()
    agent = User.objects.get(email=next(one.email for one in STAFF if one.role == "agent"))
    write_down_a_call(agent=agent)
    register_a_paper_letter(by=agent)
    write_public_reviews()
    propose_a_practice()
    return Conversation.objects.count()


def answer_letter(letter: Letter, *, began: datetime) -> None:
    """One letter that an agent took and answered, so much working time after it came."""
    borrower = Borrower.objects.get(customer_id=letter.customer_id)
    agent = User.objects.get(email=letter.agent)
    with past(began) as clock:
        conversation = chat.start_conversation(
            channel="email",
            borrower=borrower,
            correspondent_name=borrower.full_name,
            correspondent_address=borrower.email,
            subject=letter.subject,
            language=borrower.language,
            is_shared=True,
            context={"topic": letter.topic},
        )
        chat.post_message(conversation=conversation, author=borrower, body=letter.asked)
        ticket = Ticket.objects.get(conversation=conversation)
        answered = add_working(promises().week, clock.moment, letter.answer_minutes * 60)
        clock.pass_time((answered - clock.moment).total_seconds() - READ_TIME)
        take(ticket=ticket, by=agent)
        clock.pass_time(READ_TIME)
        confirm_by_sign_in(ticket=ticket, borrower=borrower)
        chat.post_message(conversation=conversation, author=agent, body=letter.answer)
        clock.pass_time(30)
        resolve(ticket=ticket, by=agent)


def tell(story: Story, *, began: datetime) -> None:
    """One conversation from its first word to its rating, dated from ``began``."""
    borrower = Borrower.objects.get(customer_id=story.customer_id)
    agent = User.objects.get(email=story.agent)
    with past(began) as clock:
        conversation = chat.start_conversation(
            channel="chat",
            borrower=borrower,
            page="Мой займ",
            language=borrower.language,
            context={"topic": story.topic},
        )
        speak(story, clock=clock, conversation=conversation, people={"b": borrower, "a": agent, "n": agent})
        clock.pass_time(40)
        resolve(ticket=Ticket.objects.get(conversation=conversation), by=agent)
        clock.pass_time(25)
        if story.rating:
            rate_conversation(
                conversation=conversation,
                borrower=borrower,
                rating=story.rating,
                solved=story.solved,
                comment=story.comment,
            )


def speak(story: Story, *, clock: PastClock, conversation: Conversation, people: dict[str, Borrower | User]) -> None:
    """Every line in its time; the agent gets the conversation after the borrower's first words."""
    for number, (who, seconds, body) in enumerate(story.lines):
        clock.pass_time(seconds - MATCH_TIME if number == 1 else seconds)
        kind = "note" if who == "n" else "message"
        chat.post_message(conversation=conversation, author=people[who], body=body, kind=kind)
        if number == 0:
            clock.pass_time(MATCH_TIME)
            ticket = Ticket.objects.get(conversation=conversation)
            agent = people["a"]
            assert isinstance(agent, User)
            assign(ticket=ticket, agent=agent, reason=Assignment.Reason.MATCHED)
