"""Eight weeks of chats by eight agents: said, scored and asked about in their own time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation
from identity.models import Borrower, User
from quality.actions.forecasts import forecast_complaint
from quality.actions.ratings import rate_conversation
from quality.actions.scores import score_conversation
from quality.actions.surveys import answer_survey, ask_after_dialog
from quality.models import SurveyInvite
from supportdesk.demo.clock import PastClock, past
from supportdesk.demo.quality.dialogs import Drawn, Habits, draw
from supportdesk.demo.quality.people import agents, borrower
from tickets.actions.assignments import assign
from tickets.actions.tickets import resolve
from tickets.models import Assignment, Ticket

DAYS = 58
DIALOGS = 200
FIRST_HOUR, LAST_HOUR = 9, 20
MATCH_TIME = 4
# how Елена, Дмитрий, Айгуль, Павел, Светлана, Кирилл, Ирина and Ринат work
HABITS = (
    Habits(0.97, 0.95, 0.95), Habits(0.6, 0.5, 0.4), Habits(0.92, 0.9, 0.85), Habits(0.9, 0.85, 0.6),
    Habits(0.88, 0.9, 0.7), Habits(0.75, 0.8, 0.6), Habits(0.85, 0.75, 0.7), Habits(0.8, 0.7, 0.65),
)  # fmt: skip
LEARNT = 30  # days ago: those who try to sum up began to, and a talk was held
TRYING = (0, 3, 4, 5)  # who sums up
COACHED = 1


def tell_the_past(dialogs: int = DIALOGS) -> int:
    """Whatever of these conversations is not there yet, the oldest first; returns how many were told."""
    known = Conversation.objects.filter(borrower__customer_id__startswith="C-2").count()
    staff = agents()
    for number in range(known, dialogs):
        place = number % len(staff)
        days_ago = DAYS - number * DAYS // dialogs
        told = _drawn(number, staff[place], place, days_ago)
        _tell(told, of=borrower(number // 2), agent=staff[place], began=_moment(number, days_ago))
    return max(dialogs - known, 0)


def _drawn(number: int, agent: User, place: int, days_ago: int) -> Drawn:
    habits, is_later = HABITS[place], days_ago < LEARNT
    if is_later and place == COACHED:
        habits = Habits(0.9, 0.6, 0.85)
    if is_later and place in TRYING:
        habits = Habits(1, max(habits.quick, 0.95), 1, sums_up=True)
    return draw(number, name=borrower(number // 2).first_name, agent=agent.display_name, habits=habits)


def _moment(number: int, days_ago: int) -> datetime:
    hour = FIRST_HOUR + number * 5 % (LAST_HOUR - FIRST_HOUR)
    today = timezone.localtime().replace(hour=hour, minute=number * 7 % 60, second=0, microsecond=0)
    return today - timedelta(days=max(days_ago, 1))


def _tell(told: Drawn, *, of: Borrower, agent: User, began: datetime) -> None:
    with past(began) as clock:
        conversation = chat.start_conversation(
            channel="chat", borrower=of, page="Мой займ", language="ru", context={"topic": told.topic}
        )
        speak(told, clock=clock, conversation=conversation, people={"b": of, "a": agent})
        clock.pass_time(20)
        resolve(ticket=Ticket.objects.get(conversation=conversation), by=agent)
        clock.pass_time(30)
        if told.rating:
            rate_conversation(conversation=conversation, borrower=of, rating=told.rating, solved=told.solved)
        score = score_conversation(conversation=Conversation.objects.get(pk=conversation.pk))
        if score is not None:
            forecast_complaint(score=score)
        clock.pass_time(60)
        answer(ask_after_dialog(conversation=conversation), told.rating or 3)


def speak(told: Drawn, *, clock: PastClock, conversation: Conversation, people: dict[str, Borrower | User]) -> None:
    """Every line in its time; the agent gets the conversation after the borrower's first words."""
    for number, (who, seconds, body) in enumerate(told.lines):
        clock.pass_time(seconds)
        chat.post_message(conversation=conversation, author=people[who], body=body)
        agent = people["a"]
        if number == 0 and isinstance(agent, User):
            clock.pass_time(MATCH_TIME)
            ticket = Ticket.objects.get(conversation=conversation)
            assign(ticket=ticket, agent=agent, reason=Assignment.Reason.MATCHED)


def answer(invite: SurveyInvite | None, rating: int) -> None:
    """Two of three answer what they are asked after a chat."""
    if invite is None or invite.pk % 3 == 0:
        return
    answers = dict(_said(invite, rating))
    answer_survey(invite=invite, answers=answers)


def _said(invite: SurveyInvite, rating: int) -> Iterator[tuple[str, int | str]]:
    """Each question on its own scale, as high as the chat was rated."""
    for question in invite.version.questions:
        if question.get("options"):
            yield question["code"], "yes" if rating > 3 else "no"
            continue
        lowest, highest = question.get("lowest", 1), question.get("highest", 5)
        yield question["code"], lowest + round((highest - lowest) * (rating - 1) / 4)
