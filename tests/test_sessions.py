"""Sessions: what a person may still do, and how it ends."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from chat.consumers import watch
from identity import actions, queries
from identity.errors import TicketRefused
from identity.models import AuditEntry, BorrowerSession, SocketTicket, StaffSession
from tests.cast import PASSWORD


def test_a_socket_ticket_is_good_once(as_borrower, anna):
    client = as_borrower(anna)
    ticket = client.post("/api/v1/socket-tickets").json()["ticket"]
    identity = actions.redeem_socket_ticket(ticket=ticket)
    assert (identity.actor, identity.session_id, identity.epoch) == (anna, client.borrower_session.id, 0)
    with pytest.raises(TicketRefused):
        actions.redeem_socket_ticket(ticket=ticket)
    assert not SocketTicket.objects.exists()


def test_a_socket_ticket_is_good_for_thirty_seconds(as_borrower, anna):
    ticket = actions.issue_socket_ticket(session=as_borrower(anna).borrower_session)
    SocketTicket.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
    with pytest.raises(TicketRefused):
        actions.redeem_socket_ticket(ticket=ticket)
    assert not SocketTicket.objects.exists()


def test_a_socket_ticket_does_not_outlive_its_session(as_borrower, anna):
    session = as_borrower(anna).borrower_session
    ticket = actions.issue_socket_ticket(session=session)
    actions.end_borrower_session(session=session)
    with pytest.raises(TicketRefused):
        actions.redeem_socket_ticket(ticket=ticket)


def test_a_return_ticket_is_good_once_and_names_the_session_it_came_from(as_borrower, as_staff, anna, elena):
    session = as_borrower(anna).borrower_session
    as_staff(elena)
    sign_in = StaffSession.objects.get()
    own = actions.return_ticket(kind="borrower", session_id=session.id, now=time.time())
    staff = actions.return_ticket(kind="staff", session_id=sign_in.id, now=time.time())
    assert [each.actor for each in actions.redeem_socket_tickets(tickets=[own, staff])] == [anna, elena]
    assert actions.redeem_socket_tickets(tickets=[own, staff]) == [None, None]


def test_one_ticket_brought_twice_at_the_same_moment_is_good_for_one(as_borrower, anna):
    session = as_borrower(anna).borrower_session
    for ticket in (
        actions.return_ticket(kind="borrower", session_id=session.id, now=time.time()),
        actions.issue_socket_ticket(session=session),
    ):
        first, second = actions.redeem_socket_tickets(tickets=[ticket, ticket])
        assert first.actor == anna and second is None


def test_a_return_ticket_is_good_for_two_minutes(as_borrower, anna):
    session = as_borrower(anna).borrower_session
    late, timely = (
        actions.return_ticket(kind="borrower", session_id=session.id, now=time.time() - ago) for ago in (121, 90)
    )
    late_one, timely_one = actions.redeem_socket_tickets(tickets=[late, timely])
    assert late_one is None and timely_one.actor == anna


def test_a_return_ticket_does_not_outlive_its_session(as_borrower, anna):
    session = as_borrower(anna).borrower_session
    ticket = actions.return_ticket(kind="borrower", session_id=session.id, now=time.time())
    actions.end_borrower_session(session=session)
    with pytest.raises(TicketRefused):
        actions.redeem_socket_ticket(ticket=ticket)


def test_nobody_makes_a_return_ticket_but_the_desk(as_borrower, anna, sergey):
    own, other = (as_borrower(each).borrower_session for each in (anna, sergey))
    good = actions.return_ticket(kind="borrower", session_id=own.id, now=time.time())
    words, _, signature = good.rpartition(".")
    forged = [
        f"{words.replace(own.id.hex, other.id.hex)}.{signature}",
        f"{words.replace('borrower', 'staff')}.{signature}",
        f"{words}.",
        f"{words}.{signature[::-1]}",
        f"{words}0.{signature}",
        "r.",
        "r.borrower",
        "r.\x00.ю",
        good * 2,
        "r" * 500,
    ]
    assert actions.redeem_socket_tickets(tickets=forged) == [None] * len(forged)
    assert actions.redeem_socket_ticket(ticket=good).actor == anna


def test_nothing_that_is_stored_opens_a_session(as_borrower, anna):
    client = as_borrower(anna)
    ticket = actions.issue_socket_ticket(session=client.borrower_session)
    assert client.secret not in str(list(BorrowerSession.objects.values()))
    assert ticket not in str(list(SocketTicket.objects.values()))
    assert len(client.secret) >= 43  # 256 bits in base64


def test_a_borrowers_session_dies_of_idleness_and_of_age(as_borrower, anna):
    client = as_borrower(anna)
    sessions = BorrowerSession.objects.filter(id=client.borrower_session.id)
    sessions.update(used_at=timezone.now() - timedelta(minutes=29))
    assert client.post("/api/v1/socket-tickets").status_code == 201  # and this is a sign of life
    assert queries.live_sessions([client.borrower_session.id]) == {client.borrower_session.id}
    sessions.update(used_at=timezone.now() - timedelta(minutes=31))
    assert queries.live_sessions([client.borrower_session.id]) == set()
    refusal = client.post("/api/v1/socket-tickets")
    assert (refusal.status_code, refusal.json()["code"]) == (401, "session_ended")
    sessions.update(used_at=timezone.now(), expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post("/api/v1/socket-tickets").status_code == 401


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
def test_a_web_process_whose_clock_is_wrong_signs_no_borrower_out(as_borrower, anna, monkeypatch, hours):
    client = as_borrower(anna)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=hours))
    assert client.get("/api/v1/home").status_code == 200
    session = BorrowerSession.objects.get()
    assert actions.redeem_socket_ticket(ticket=actions.issue_socket_ticket(session=session)).actor == anna
    assert queries.live_sessions([session.id]) == {session.id}


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
def test_a_web_process_whose_clock_is_wrong_signs_no_staff_out(as_staff, elena, monkeypatch, hours):
    client = as_staff(elena)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=hours))
    assert client.get("/api/v1/inbox").status_code == 200
    session = StaffSession.objects.get(user=elena)
    assert queries.live_sessions([session.id]) == {session.id}


def test_who_signs_in_where_the_clock_is_wrong_stays_as_long_as_everybody(client, elena, monkeypatch):
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: datetime.now(UTC) - timedelta(hours=25))
        client.login(username=elena.email, password=PASSWORD)
    left = Session.objects.get().expire_date - timezone.now()
    assert abs(left - timedelta(hours=10)) < timedelta(minutes=1)
    assert client.get("/api/v1/inbox").status_code == 200


def test_talking_through_the_socket_only_is_not_idleness(as_borrower, anna):
    session = as_borrower(anna).borrower_session
    BorrowerSession.objects.update(used_at=timezone.now() - timedelta(minutes=29))
    actions.touch_sessions(session_ids=[session.id])
    session.refresh_from_db()
    assert session.used_at > timezone.now() - timedelta(seconds=5)


def test_writing_in_the_socket_is_a_sign_of_life_and_an_open_tab_is_none(socket_for, anna, sergey, monkeypatch):
    monkeypatch.setattr(watch, "TOUCH_PERIOD", 0)
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    writer, sleeper = socket_for(anna, {conversation.pk: conversation.public_seq}), socket_for(sergey)
    long_ago = timezone.now() - timedelta(minutes=29)
    BorrowerSession.objects.update(used_at=long_ago)
    deadline = time.monotonic() + 10
    while not BorrowerSession.objects.filter(borrower=anna, used_at__gt=long_ago).exists():
        assert time.monotonic() < deadline
        writer.posted(conversation.pk, "Я ещё здесь")
        sleeper.send("ping", n=1)
        time.sleep(0.1)
    assert BorrowerSession.objects.get(borrower=sergey).used_at == long_ago


def test_the_end_of_a_session_closes_its_sockets_within_two_seconds(socket_for, as_borrower, as_staff, anna, elena):
    here, there, agent = socket_for(anna), socket_for(anna), socket_for(elena)
    started = time.monotonic()
    assert as_borrower(anna).delete("/api/v1/borrower-sessions/current").status_code == 204
    assert (here.close_code(), there.close_code()) == (4440, 4440)
    sign_in = StaffSession.objects.get(user=elena)
    assert as_staff(elena).post(f"/profile/sessions/{sign_in.id}/end/").status_code == 302
    assert agent.close_code() == 4440
    assert time.monotonic() - started < 4


def test_live_sessions_knows_both_kinds_and_no_strangers(as_borrower, anna, as_staff, elena):
    borrower, staff = as_borrower(anna).borrower_session, _session_of(as_staff(elena))
    assert queries.live_sessions([borrower.id, staff.id, uuid4()]) == {borrower.id, staff.id}
    assert queries.live_sessions([]) == set()


def test_leaving_the_site_ends_the_chat_in_every_tab(as_borrower, anna, sergey, ended):
    first, second, stranger = as_borrower(anna), as_borrower(anna), as_borrower(sergey)
    assert first.delete("/api/v1/borrower-sessions/current").status_code == 204
    assert set(ended) == {first.borrower_session.id, second.borrower_session.id}
    assert second.post("/api/v1/socket-tickets").status_code == 401
    assert stranger.post("/api/v1/socket-tickets").status_code == 201
    assert AuditEntry.objects.get(code="borrower.signed_out").detail == {"sessions": 2}


def test_leaving_the_site_on_one_device_leaves_the_other_when_the_site_names_its_sign_ins(anna):
    laptop, _ = actions.open_borrower_session(borrower=anna, site_session="laptop")
    same_laptop, _ = actions.open_borrower_session(borrower=anna, site_session="laptop")
    phone, _ = actions.open_borrower_session(borrower=anna, site_session="phone")
    actions.end_borrower_session(session=laptop)
    assert queries.live_sessions([laptop.id, same_laptop.id, phone.id]) == {phone.id}


def test_a_tab_cannot_come_back_with_a_token_of_the_sign_in_that_ended(borrower_token):
    def come(**claims):
        return Client().post("/api/v1/borrower-sessions", {"token": borrower_token(**claims)}, "application/json")

    session_token = come(sid="one").json()["session_token"]
    Client().delete("/api/v1/borrower-sessions/current", headers={"authorization": f"Bearer {session_token}"})
    assert come(sid="one").status_code == 401
    assert AuditEntry.objects.get(code="token.refused").detail["reason"] == "signed_out"
    assert come(sid="two").status_code == 201


def test_deactivation_ends_every_session_and_page(as_staff, elena, ivan, ended):
    client = as_staff(elena)
    session = _session_of(client)
    actions.deactivate(user=elena, by=ivan)
    assert ended == [session.id]
    assert queries.live_sessions([session.id]) == set()
    assert client.post("/api/v1/socket-tickets").status_code == 401
    assert client.get("/profile/").status_code == 302


def test_a_changed_role_ends_the_sessions_that_had_the_old_rights(as_staff, olga, ivan, ended):
    session = _session_of(as_staff(olga))
    actions.change_role(user=olga, role="agent", by=ivan)
    assert ended == [session.id]
    assert queries.live_sessions([session.id]) == set()


def test_a_session_of_an_older_epoch_is_dead_even_when_nobody_ended_it(as_staff, elena):
    client = as_staff(elena)
    session = _session_of(client)
    elena.auth_epoch += 1
    elena.save()
    assert queries.live_sessions([session.id]) == set()
    assert client.get("/profile/").status_code == 302


def test_a_staff_session_lives_ten_hours_at_most(as_staff, elena):
    client = as_staff(elena)
    StaffSession.objects.update(created_at=timezone.now() - timedelta(hours=10, seconds=1))
    assert client.get("/profile/").status_code == 302


def test_forgetting_takes_only_what_is_of_no_use(as_borrower, anna):
    old = timezone.now() - timedelta(minutes=5)
    actions.issue_socket_ticket(session=as_borrower(anna).borrower_session)
    actions.spend_token(jti="old", expires_at=old)
    actions.spend_token(jti="new", expires_at=timezone.now())
    assert actions.forget_expired() == 1


@pytest.fixture
def ended():
    """Ids of the sessions of which the apps above were told."""
    from identity.signals import access_ended

    told = []

    def hear(session_ids, **_):
        told.extend(session_ids)

    access_ended.connect(hear)
    yield told
    access_ended.disconnect(hear)


def _session_of(client):
    return StaffSession.objects.get(key=client.session.session_key)
