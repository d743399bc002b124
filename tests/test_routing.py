"""Chats come by themselves: the cap holds under any race, the least loaded gets the next, nobody twice the same."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chat import actions as chat
from chat.models import Conversation, Entry, Participant
from identity.models import Borrower, User
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions.slots import take_slot
from tickets.models import Assignment, Slot, Ticket, TicketEvent
from tickets.rules.routing import AgentOnLine, WaitingChat, choose, expected_wait, plan

EARLY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def agent(number: int, *, free: int = 5, load: int = 0, idle: int = 0) -> AgentOnLine:
    return AgentOnLine(UUID(int=number), free, load, EARLY + timedelta(minutes=idle))


def test_the_least_loaded_gets_the_next_chat() -> None:
    assert choose(WaitingChat(1), [agent(1, free=2, load=3), agent(2, free=4, load=1)]).id == UUID(int=2)


def test_a_tie_goes_to_the_longest_idle() -> None:
    assert choose(WaitingChat(1), [agent(1, idle=5), agent(2, idle=1), agent(3, idle=9)]).id == UUID(int=2)


def test_a_chat_is_not_offered_again_to_whoever_let_it_lapse() -> None:
    lapsed = WaitingChat(1, refused=frozenset({UUID(int=1)}))
    assert choose(lapsed, [agent(1), agent(2, free=1, load=4)]).id == UUID(int=2)
    assert choose(lapsed, [agent(1), agent(2, free=0, load=5)]) is None, "the other one will have a place"
    assert choose(lapsed, [agent(1)]).id == UUID(int=1), "unless nobody else is here"


def test_a_chat_on_hold_returns_to_its_agent_even_if_another_has_less_to_do() -> None:
    held = WaitingChat(1, returns_to=UUID(int=1))
    assert choose(held, [agent(1, free=1, load=4), agent(2)]).id == UUID(int=1)
    assert choose(held, [agent(1, free=0, load=5), agent(2)]).id == UUID(int=2)


agents_on_line = st.lists(
    st.builds(agent, st.integers(1, 30), free=st.integers(0, 5), load=st.integers(0, 5), idle=st.integers(0, 100)),
    unique_by=lambda each: each.id,
    max_size=12,
)


@given(st.integers(0, 80), agents_on_line)
def test_a_plan_fills_every_place_once_and_keeps_the_order_of_the_queue(
    waiting: int, agents: list[AgentOnLine]
) -> None:
    free = {each.id: each.free for each in agents}
    pairs = plan([WaitingChat(number) for number in range(waiting)], agents)
    assert [number for number, _ in pairs] == list(range(min(waiting, sum(free.values()))))
    assert all(count <= free[each] for each, count in Counter(each for _, each in pairs).items())


def test_the_expected_wait_grows_with_the_people_ahead_and_shrinks_with_places() -> None:
    assert expected_wait(ahead=0, free=1, places=5, handle_time=600) == 0
    assert expected_wait(ahead=0, free=0, places=5, handle_time=600) == 120
    assert expected_wait(ahead=3, free=0, places=5, handle_time=600) == 480
    assert expected_wait(ahead=3, free=0, places=0, handle_time=600) is None


def borrower(number: int) -> Borrower:
    name = f"Борис {number}"
    return Borrower.objects.create(customer_id=f"B-{number}", full_name=name, first_name="Борис")


def ask(person: Borrower, body: str = "Здравствуйте, есть вопрос") -> Ticket:
    """The borrower opens a chat and writes the first message."""
    conversation = chat.start_conversation(channel="chat", borrower=person, context={})
    chat.post_message(conversation=conversation, author=person, body=body)
    return Ticket.objects.get(conversation=conversation)


def come(*people: User, capacity: int = 5) -> None:
    """They connect and say that they are on the line."""
    for person in people:
        tickets.ensure_slots(user=person, capacity=capacity)
        tickets.set_availability(user=person, state="available")
    tickets.renew_presence(user_ids=[person.pk for person in people])


def staff(number: int) -> User:
    return User.objects.create(email=f"agent{number}@lad.example", full_name=f"Агент {number}", display_name="Агент")


def run_at_once(jobs: Iterable[Callable[[], Any]], threads: int) -> list[Any]:
    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


def refresh(ticket: Ticket) -> Ticket:
    ticket.refresh_from_db()
    return ticket


live = pytest.mark.usefixtures("commits")
real_commits = pytest.mark.django_db(transaction=True)  # several connections must see each other's work


@real_commits
def test_the_cap_of_five_holds_under_fifty_concurrent_matchers() -> None:
    waiting = [ask(borrower(number)) for number in range(80)]
    agents = [staff(number) for number in range(12)]
    with transaction.atomic():
        transaction.set_rollback(False)
        come(*agents)
        connection.run_on_commit.clear()  # nobody matches before the fifty do
    begun = time.monotonic()
    given = run_at_once([tickets.match] * 50, threads=50)
    took = time.monotonic() - begun
    assert sum(given) == 60
    loads = Counter(Slot.objects.filter(ticket__isnull=False).values_list("agent", flat=True))
    assert set(loads.values()) == {5}
    assert len(loads) == 12
    assigned = [ticket.number for ticket in map(refresh, waiting) if ticket.assignee_id]
    assert assigned == [ticket.number for ticket in waiting[:60]], "the longest waiting first"
    assert Assignment.objects.filter(until=None).count() == 60
    assert Participant.objects.filter(until=None).count() == 60
    print(f"{60 / took:.0f} chats a second")


@real_commits
def test_fifty_transfers_at_once_cannot_overfill_an_agent() -> None:
    agents = [staff(number) for number in range(10)]
    target = staff(99)
    come(*agents)
    led = [ask(borrower(number)) for number in range(50)]
    come(target)

    def hand_over(ticket: Ticket) -> bool:
        try:
            tickets.transfer(ticket=ticket, to=target, by=refresh(ticket).assignee, summary="Вопрос по графику")
        except tickets_errors().NoFreeSlot:
            return False
        return True

    outcomes = run_at_once([lambda ticket=ticket: hand_over(ticket) for ticket in led], threads=50)
    assert outcomes.count(True) == 5
    assert Slot.objects.filter(agent=target, ticket__isnull=False).count() == 5
    assert Ticket.objects.filter(assignee=target).count() == 5


def tickets_errors() -> Any:
    from tickets import errors

    return errors


def test_a_sixth_place_cannot_exist_twice(elena: User) -> None:
    tickets.ensure_slots(user=elena)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(agent=elena, number=5)


def test_a_ticket_cannot_hold_two_places(elena: User, anna: Borrower) -> None:
    tickets.ensure_slots(user=elena)
    ticket = ask(anna)
    assert take_slot(agent=elena, ticket=ticket, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        take_slot(agent=elena, ticket=ticket, at=timezone.now())


def test_the_capacity_is_counted_from_rows_and_follows_them(elena: User) -> None:
    tickets.ensure_slots(user=elena)
    tickets.ensure_slots(user=elena, capacity=3)
    assert list(Slot.objects.filter(agent=elena).values_list("number", flat=True)) == [1, 2, 3]


def test_a_taken_place_above_a_lowered_capacity_goes_when_its_chat_ends(
    elena: User, anna: Borrower, sergey: Borrower
) -> None:
    tickets.ensure_slots(user=elena, capacity=2)
    chats = [ask(borrower) for borrower in (anna, sergey)]
    for ticket in chats:
        tickets.assign(ticket=ticket, agent=elena, reason="matched")
    tickets.ensure_slots(user=elena, capacity=1)
    numbers = Slot.objects.filter(agent=elena).values_list("number", flat=True)
    assert list(numbers) == [1, 2], "nobody is thrown out"
    resolve(ticket=chats[1], by=elena)
    assert list(numbers.all()) == [1]
    resolve(ticket=chats[0], by=elena)
    assert list(numbers.all()) == [1], "a place within the capacity is kept"


def test_a_capacity_raised_again_keeps_the_taken_place(elena: User, anna: Borrower, sergey: Borrower) -> None:
    tickets.ensure_slots(user=elena, capacity=2)
    chats = [ask(borrower) for borrower in (anna, sergey)]
    for ticket in chats:
        tickets.assign(ticket=ticket, agent=elena, reason="matched")
    for capacity in (1, 2):
        tickets.ensure_slots(user=elena, capacity=capacity)
    resolve(ticket=chats[1], by=elena)
    assert Slot.objects.filter(agent=elena).count() == 2


@live
def test_a_chat_reaches_a_free_agent_with_the_message_itself(anna: Borrower, elena: User) -> None:
    come(elena)
    ticket = ask(anna)
    assert ticket.assignee == elena
    assert ticket.slot.number == 1
    assert Participant.objects.filter(conversation=ticket.conversation, user=elena, until=None).exists()
    fact = Entry.objects.get(conversation=ticket.conversation, kind="assigned")
    assert fact.public_seq is not None
    assert fact.data == {"agent": "Елена", "waited": 0, "channel": "chat"}


@live
def test_a_started_chat_without_a_word_takes_nobodys_place(anna: Borrower, elena: User) -> None:
    come(elena)
    conversation = chat.start_conversation(channel="chat", borrower=anna, context={})
    assert conversation.ticket.assignee is None
    assert not Slot.objects.filter(ticket__isnull=False).exists()


@live
def test_letters_take_no_place_of_the_chats(anna: Borrower, elena: User) -> None:
    come(elena)
    for number in range(7):
        letter = chat.start_conversation(
            channel="email", correspondent_address=f"w{number}@mail.example", is_shared=True, context={}
        )
        tickets.take(ticket=letter.ticket, by=elena)
    assert ask(anna).assignee == elena
    assert Slot.objects.filter(ticket__isnull=False).count() == 1


@live
def test_the_chats_are_spread_evenly(elena: User, dmitry: User) -> None:
    come(elena, dmitry)
    asked = [ask(borrower(number)) for number in range(6)]
    assert Counter(ticket.assignee for ticket in asked) == {elena: 3, dmitry: 3}


@live
def test_a_waiting_chat_is_served_when_a_place_frees(anna: Borrower, sergey: Borrower, elena: User) -> None:
    come(elena, capacity=1)
    first, second = ask(anna), ask(sergey)
    assert second.assignee is None
    assert second.queued_at is not None
    resolve(ticket=first, by=elena)
    assert refresh(second).assignee == elena


@live
def test_a_waiting_chat_is_served_when_somebody_comes(anna: Borrower, elena: User) -> None:
    ticket = ask(anna)
    assert ticket.queued_at is not None
    come(elena)
    assert refresh(ticket).assignee == elena


@live
@pytest.mark.parametrize("why", ["break", "away", "absent", "left", "deactivated"])
def test_nobody_who_is_not_here_gets_a_chat(why: str, anna: Borrower, elena: User) -> None:
    come(elena)
    if why in {"break", "away"}:
        tickets.set_availability(user=elena, state=why, reason="обед")
    elif why == "deactivated":
        User.objects.filter(pk=elena.pk).update(deactivated_at=timezone.now())
    else:
        past = timezone.now() - timedelta(seconds=1)
        type(elena.presence).objects.filter(user=elena).update(expires_at=past)
    assert ask(anna).assignee is None


def let_the_lease_lapse(ticket: Ticket) -> None:
    past = timezone.now() - timedelta(seconds=1)
    assert Assignment.objects.filter(ticket=ticket, until=None).update(answer_due_at=past) == 1


@live
def test_an_unanswered_chat_is_offered_to_another_and_that_is_said(anna: Borrower, elena: User, dmitry: User) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    let_the_lease_lapse(ticket)
    assert tickets.release_unanswered() == 1
    assert refresh(ticket).assignee == dmitry
    assert ticket.slot.agent == dmitry
    fact = Entry.objects.get(conversation=ticket.conversation, kind="unassigned")
    assert fact.public_seq is None, "the borrower is not told about staff"
    assert fact.data["reason"] == "unanswered"
    assert fact.data["agent"] == "Елена"
    assert not Participant.objects.filter(conversation=ticket.conversation, user=elena, until=None).exists()
    assert TicketEvent.objects.filter(ticket=ticket, kind="lapsed", user=elena).exists()


@live
def test_the_one_who_let_it_lapse_is_not_asked_again_while_another_is_here(
    anna: Borrower, elena: User, dmitry: User
) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    let_the_lease_lapse(ticket)
    tickets.release_unanswered()
    let_the_lease_lapse(ticket)
    tickets.set_availability(user=elena, state="available")
    assert tickets.release_unanswered() == 0, "only Elena is left, and she let it lapse"
    assert refresh(ticket).assignee == dmitry


@live
def test_with_nobody_else_on_the_line_the_lease_begins_again(anna: Borrower, elena: User) -> None:
    come(elena)
    ticket = ask(anna)
    let_the_lease_lapse(ticket)
    assert tickets.release_unanswered() == 0
    assert refresh(ticket).assignee == elena
    assert Assignment.objects.get(ticket=ticket, until=None).answer_due_at > timezone.now()
    assert TicketEvent.objects.filter(ticket=ticket, kind="lapsed").count() == 1


@live
def test_an_answered_chat_is_never_taken_away(anna: Borrower, elena: User, dmitry: User) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Здравствуйте, Анна")
    chat.post_message(conversation=ticket.conversation, author=anna, body="А когда?")
    let_the_lease_lapse(ticket)
    assert tickets.release_unanswered() == 0
    assert refresh(ticket).assignee == elena


def make_it_silent(ticket: Ticket, settings: Any) -> None:
    past = timezone.now() - timedelta(seconds=settings.IDLE_TIME + 1)
    fields = {"staff_wrote_at": past, "borrower_wrote_at": past, "assigned_at": past}
    Ticket.objects.filter(pk=ticket.pk).update(**fields)


@live
def test_a_silent_chat_gives_its_place_up_and_returns_to_the_same_agent(
    anna: Borrower, elena: User, dmitry: User, settings: Any
) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Пришлите, пожалуйста, номер")
    make_it_silent(ticket, settings)
    assert tickets.hold_silent() == 1
    assert refresh(ticket).assignee == elena
    assert ticket.held_at is not None
    assert not Slot.objects.filter(ticket=ticket).exists()
    chat.post_message(conversation=ticket.conversation, author=anna, body="Вот номер")
    assert refresh(ticket).assignee == elena
    assert ticket.held_at is None
    assert ticket.slot.agent == elena
    facts = Entry.objects.filter(conversation=ticket.conversation, kind="assigned")
    assert facts.count() == 1, "the same agent needs no second introduction"


@live
def test_a_chat_from_hold_goes_to_a_colleague_when_its_agent_is_gone(
    anna: Borrower, elena: User, dmitry: User, settings: Any
) -> None:
    come(elena)
    ticket = ask(anna)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Пришлите, пожалуйста, номер")
    make_it_silent(ticket, settings)
    tickets.hold_silent()
    tickets.set_availability(user=elena, state="away")
    come(dmitry)
    chat.post_message(conversation=ticket.conversation, author=anna, body="Вот номер")
    assert refresh(ticket).assignee == dmitry
    assert not Participant.objects.filter(conversation=ticket.conversation, user=elena, until=None).exists()


@live
def test_a_chat_that_waits_for_us_is_not_put_on_hold(anna: Borrower, elena: User, settings: Any) -> None:
    come(elena)
    ticket = ask(anna)
    make_it_silent(ticket, settings)
    assert tickets.hold_silent() == 0


def lose_the_connection(user: User, settings: Any) -> None:
    past = timezone.now() - timedelta(seconds=settings.PRESENCE_GRACE_TIME + 1)
    type(user.presence).objects.filter(user=user).update(expires_at=past)
    Assignment.objects.filter(agent=user).update(since=past - timedelta(seconds=1))


@live
def test_chats_of_a_lost_agent_go_to_colleagues(anna: Borrower, elena: User, dmitry: User, settings: Any) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    lose_the_connection(elena, settings)
    assert tickets.release_absent() == 1
    assert refresh(ticket).assignee == dmitry
    assert Assignment.objects.get(ticket=ticket, agent=elena).ending == "presence_lost"


@live
def test_a_short_loss_of_connection_takes_nothing_away(anna: Borrower, elena: User, settings: Any) -> None:
    come(elena)
    ticket = ask(anna)
    past = timezone.now() - timedelta(seconds=30)
    type(elena.presence).objects.filter(user=elena).update(expires_at=past)
    Assignment.objects.filter(agent=elena).update(since=past - timedelta(hours=1))
    assert tickets.release_absent() == 0
    assert refresh(ticket).assignee == elena


@live
def test_an_agent_starts_a_chat_in_an_own_place(anna: Borrower, elena: User) -> None:
    tickets.ensure_slots(user=elena)
    ticket = tickets.start_chat(borrower=anna, by=elena, topic_code="")
    assert ticket.assignee == elena
    assert ticket.slot.agent == elena
    chat.post_message(conversation=ticket.conversation, author=elena, body="Анна, добрый день")
    assert refresh(ticket).first_response_at is None, "nobody has asked yet"


@live
def test_an_agent_without_a_free_place_cannot_start_a_chat(anna: Borrower, elena: User) -> None:
    with pytest.raises(tickets_errors().NoFreeSlot):
        tickets.start_chat(borrower=anna, by=elena)
    assert not Conversation.objects.exists(), "nothing is left behind"


@live
def test_the_borrowers_leaving_frees_the_place(anna: Borrower, elena: User) -> None:
    come(elena)
    ticket = ask(anna)
    chat.close_conversation(conversation=ticket.conversation, by=anna)
    assert refresh(ticket).status == Ticket.Status.RESOLVED
    assert not Slot.objects.filter(ticket__isnull=False).exists()


@live
def test_a_reopened_chat_waits_for_its_agent(anna: Borrower, elena: User) -> None:
    come(elena)
    ticket = ask(anna)
    resolve(ticket=ticket, by=elena)
    chat.reopen_conversation(conversation=ticket.conversation, by=anna)
    assert refresh(ticket).status == Ticket.Status.OPEN
    chat.post_message(conversation=ticket.conversation, author=anna, body="Не получилось")
    assert refresh(ticket).assignee == elena
    assert ticket.slot.agent == elena


@live
def test_the_sweep_serves_what_an_event_missed(anna: Borrower, elena: User) -> None:
    ticket = ask(anna)
    come(elena)
    Slot.objects.filter(ticket=ticket).update(ticket=None)
    Assignment.objects.filter(ticket=ticket).delete()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None, queued_at=timezone.now())
    tickets.sweep()
    assert refresh(ticket).assignee == elena


REFUSE = """
create function refuse_one() returns trigger language plpgsql as $$ begin raise exception 'spoiled'; end $$;
create trigger refuse_one before update on tickets_ticket for each row when (old.number = {number})
execute function refuse_one();
"""


@live
def test_one_spoiled_ticket_keeps_no_other_from_the_sweep(
    anna: Borrower, sergey: Borrower, elena: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    come(elena)
    spoiled, good = ask(anna), ask(sergey)
    for ticket in (spoiled, good):
        chat.post_message(conversation=ticket.conversation, author=elena, body="Пришлите, пожалуйста, номер")
        make_it_silent(ticket, settings)
    waiting = ask(borrower(3))
    Slot.objects.filter(ticket=waiting).update(ticket=None)
    Assignment.objects.filter(ticket=waiting).delete()
    Ticket.objects.filter(pk=waiting.pk).update(assignee=None, queued_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(REFUSE.format(number=spoiled.number))
    try:
        with pytest.raises(ExceptionGroup):
            tickets.sweep()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop function refuse_one() cascade")
    assert refresh(spoiled).held_at is None
    assert refresh(good).held_at is not None
    assert refresh(waiting).assignee == elena
    assert f"ticket {spoiled.number}" in caplog.text


@live
def test_a_chat_that_lost_its_place_meanwhile_is_not_put_on_hold(anna: Borrower, elena: User, settings: Any) -> None:
    from tickets.actions.sweeps import _hold

    come(elena)
    ticket = ask(anna)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Пришлите, пожалуйста, номер")
    make_it_silent(ticket, settings)
    Slot.objects.filter(ticket=ticket).update(ticket=None)
    assert not _hold(ticket.number, timezone.now())
    assert refresh(ticket).held_at is None


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("ticket_snoozed", "select 1 from tickets_ticket where snoozed_until <= now()"),
        ("ticket_open", "select 1 from tickets_ticket where not (status = 'resolved') order by channel, due_at"),
        (
            "attachment_author",
            "select 1 from chat_attachment where author_id = gen_random_uuid() and created_at > now()",
        ),
    ],
)
def test_what_is_asked_all_day_does_not_read_the_history_of_years(db: None, index: str, query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {query}")
        assert index in str(cursor.fetchall())


@live
def test_assigning_ends_the_former_assignment(anna: Borrower, elena: User, dmitry: User) -> None:
    come(elena)
    ticket = ask(anna)
    come(dmitry)
    tickets.assign(ticket=ticket, agent=dmitry, reason="transferred")
    assert refresh(ticket).assignee == dmitry
    assert ticket.slot.agent == dmitry
    rows = Assignment.objects.filter(ticket=ticket).order_by("since").values_list("agent", "ending")
    assert list(rows) == [(elena.pk, "transferred"), (dmitry.pk, "")]
    assert not Participant.objects.filter(conversation=ticket.conversation, user=elena, until=None).exists()
