"""Here and not here: what people say of themselves, and the lease their socket renews."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import actions as chat
from chat.signals import staff_left, staff_present
from identity.models import Borrower, User
from tickets import actions as tickets
from tickets.models import AvailabilityPeriod, PresenceLease, Slot, Ticket

pytestmark = pytest.mark.usefixtures("commits")


def say(client: Any, state: str, reason: str = "") -> Any:
    body = {"state": state, "reason": reason}
    return client.put("/api/v1/availability", body, content_type="application/json")


def waiting_chat(person: Borrower) -> Ticket:
    conversation = chat.start_conversation(channel="chat", borrower=person, context={})
    chat.post_message(conversation=conversation, author=person, body="Здравствуйте")
    return Ticket.objects.get(conversation=conversation)


def test_states_are_kept_as_intervals_with_their_reason(elena: User, as_staff: Any) -> None:
    client = as_staff(elena)
    assert client.get("/api/v1/availability").json() == {"state": "away", "reason": ""}
    assert say(client, "available").status_code == 200
    assert say(client, "break", "обед").json() == {"state": "break", "reason": "обед"}
    first, second = AvailabilityPeriod.objects.filter(user=elena).order_by("since")
    assert (first.state, first.until) == ("available", second.since)
    assert (second.state, second.reason, second.until) == ("break", "обед", None)


def test_saying_the_same_twice_is_one_interval(elena: User, as_staff: Any) -> None:
    say(as_staff(elena), "available")
    say(as_staff(elena), "available")
    assert AvailabilityPeriod.objects.filter(user=elena).count() == 1


def test_nobody_can_be_in_two_states_at_once(elena: User) -> None:
    tickets.set_availability(user=elena, state="available")
    with pytest.raises(IntegrityError), transaction.atomic():
        AvailabilityPeriod.objects.create(user=elena, state="break")


def test_an_unknown_state_is_refused_in_words(elena: User, as_staff: Any) -> None:
    answer = say(as_staff(elena), "sleeping")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_state")


def test_coming_to_the_line_for_the_first_time_makes_the_places(elena: User, as_staff: Any) -> None:
    say(as_staff(elena), "available")
    assert Slot.objects.filter(agent=elena).count() == 5


def test_a_break_stops_new_chats_and_leaves_the_open_ones(
    anna: Borrower, sergey: Borrower, elena: User, as_staff: Any
) -> None:
    say(as_staff(elena), "available")
    staff_present.send(sender=None, user_ids=[elena.pk])
    led = waiting_chat(anna)
    assert led.assignee == elena
    say(as_staff(elena), "break", "обед")
    assert waiting_chat(sergey).assignee is None
    led.refresh_from_db()
    assert led.assignee == elena


def test_the_first_sign_of_life_brings_the_waiting_chat(anna: Borrower, elena: User, as_staff: Any) -> None:
    say(as_staff(elena), "available")
    ticket = waiting_chat(anna)
    assert ticket.assignee is None
    staff_present.send(sender=None, user_ids=[elena.pk])
    ticket.refresh_from_db()
    assert ticket.assignee == elena


def test_the_lease_outlives_a_silent_browser_tab_and_ends_without_a_sign_of_life(elena: User, settings: Any) -> None:
    staff_present.send(sender=None, user_ids=[elena.pk])
    lease = PresenceLease.objects.get(user=elena)
    left = (lease.expires_at - timezone.now()).total_seconds()
    assert settings.PRESENCE_TIME - 5 < left <= settings.PRESENCE_TIME


def test_closing_the_last_socket_shortens_the_lease_and_a_reload_renews_it(elena: User) -> None:
    staff_present.send(sender=None, user_ids=[elena.pk])
    staff_left.send(sender=None, user_id=elena.pk)
    lease = PresenceLease.objects.get(user=elena)
    assert lease.expires_at <= timezone.now() + timedelta(seconds=15)
    staff_left.send(sender=None, user_id=elena.pk)
    staff_present.send(sender=None, user_ids=[elena.pk])
    lease.refresh_from_db()
    assert lease.expires_at > timezone.now() + timedelta(seconds=30)


def test_the_presence_of_many_is_renewed_in_a_few_statements(
    elena: User, dmitry: User, olga: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        staff_present.send(sender=None, user_ids=[elena.pk, dmitry.pk, olga.pk])
    assert PresenceLease.objects.count() == 3
