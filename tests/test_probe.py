"""The probe: it goes through the front door like people do, and nobody's work is touched by it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from chat.access import conversations_visible_to, heads_visible
from chat.models import Channel, Conversation, Entry
from identity.errors import NotAllowed
from identity.models import BorrowerSession, User
from supportdesk.probe import Probe
from supportdesk.processes import free_port
from tests.webs import Web
from tickets.actions import operations
from tickets.models import ProbeRun, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    """A web process that knows its own address as PUBLIC_URL."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.webs.free_port", lambda: port)
        web = Web("daphne", PUBLIC_URL=f"http://127.0.0.1:{port}")
    web.wait()
    yield web
    web.end()


@pytest.fixture
def door(transactional_db: None, web: Web, settings: Any) -> str:
    settings.PUBLIC_URL = f"http://127.0.0.1:{web.port}"
    return str(settings.PUBLIC_URL)


def said(capsys: Any) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_a_round_talks_both_ways_and_goes_on_after_a_cut(door: str, capsys: Any) -> None:
    for count in (1, 2):
        call_command("probe", once=True, json=True)
        told = said(capsys)
        assert told["failed_step"] == "" and 0 < told["acknowledgement_time"] < told["round_trip_time"] < 10
        assert told["resume_time"] > 0 and ProbeRun.objects.count() == count
    assert Entry.objects.filter(kind="message").count() == 6  # a question, an answer, what was said during the cut


def test_a_closed_door_is_noted_as_such(settings: Any) -> None:
    settings.PUBLIC_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match="failed at connect: ConnectError"):
        call_command("probe", once=True)
    (run,) = ProbeRun.objects.all()
    assert (run.failed_step, run.error, run.acknowledgement_time) == ("connect", "ConnectError", None)


def test_what_was_found_while_postgres_was_away_is_recorded_when_it_is_back(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = Probe()

    def away(**_: Any) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as outage:
        outage.setattr("supportdesk.probe.record_probe_runs", away)
        outage.setattr("supportdesk.probe.open_probe", away)
        failed = probe.go_round()
    assert failed.failed_step == "sign_in" and not ProbeRun.objects.exists()
    assert probe.go_round().failed_step == ""
    assert list(ProbeRun.objects.order_by("at").values_list("failed_step", flat=True)) == ["sign_in", ""]


def test_the_probe_is_nobodys_work(door: str, elena: Any, olga: Any, ivan: Any, as_staff: Any) -> None:
    call_command("probe", once=True)
    (conversation,) = Conversation.objects.all()
    assert conversation.channel == Channel.PROBE and not Ticket.objects.exists()
    for person in (elena, olga, ivan):
        assert not conversations_visible_to(person).exists()
        assert heads_visible([("staff", person.pk, conversation.pk)]) == {}
        client = as_staff(person)
        assert client.get(f"/api/v1/conversations/{conversation.pk}").status_code == 404
        assert client.get(f"/borrowers/{conversation.borrower_id}/").status_code == 404
    pages = {olga: ("/borrowers/", "/supervise/", "/reports/", "/quality/", "/inbox/"), ivan: ("/staff/",)}
    for person, addresses in pages.items():
        for address in addresses:
            assert "Probe" not in as_staff(person).get(address).content.decode(), address
    assert "Probe" not in as_staff(elena).get("/api/v1/agents").content.decode()
    inbox = as_staff(elena).get("/api/v1/inbox").json()
    assert inbox["queue"]["waiting"] == 0 and inbox["letters"] == []


def test_the_probes_role_is_given_to_no_person_and_opens_no_other_account(elena: Any, ivan: Any, as_staff: Any) -> None:
    as_staff(ivan).post(f"/staff/{elena.pk}/role/", {"role": "probe"})
    elena.refresh_from_db()
    assert elena.role == "agent"
    with pytest.raises(NotAllowed):
        from identity.actions import open_probe_session

        open_probe_session(user=elena)


def test_old_talk_of_the_probe_goes_and_nothing_else(anna: Any) -> None:
    from chat import actions as chat

    kept = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=kept, author=anna, body="Здравствуйте")
    first = operations.open_probe()
    Conversation.objects.update(started_at=timezone.now() - 3 * operations.CONVERSATION_TIME)
    second = operations.open_probe()
    assert second.conversation != first.conversation
    ProbeRun.objects.create(at=timezone.now() - 15 * operations.CONVERSATION_TIME)
    ProbeRun.objects.create()
    operations.forget_old_operations()
    assert set(Conversation.objects.values_list("pk", flat=True)) == {kept.pk, second.conversation}
    assert ProbeRun.objects.count() == 1
    assert User.objects.filter(role="probe").count() == 1 and BorrowerSession.objects.count() == 2
