"""Letters on paper and of the regulator's portal: registered with scans and numbers, answered on paper."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def topics(db: None) -> None:
    from tickets.actions.seed import seed_topics

    seed_topics()


def scans() -> list[Any]:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    page = SimpleUploadedFile("конверт.png", content.getvalue(), "image/png")
    return [SimpleUploadedFile("письмо.pdf", PDF, "application/pdf"), page]


def form(**more: Any) -> dict[str, Any]:
    usual = {"channel": "paper", "kind": "claim", "incoming_number": "ВХ-117", "who": "", "topic": "payments"}
    usual |= {"received_on": timezone.localdate().isoformat(), "sender": "Ковалёва А. И."}
    usual |= {"sender_address": "170100, Тверь, а/я 5", "subject": "Претензия о списании"}
    return usual | {"body": "Просит вернуть второе списание.", "scans": scans()} | more


def letter() -> Any:
    from tickets.models import PaperLetter

    return PaperLetter.objects.select_related("ticket__conversation").get()


def test_a_registered_letter_waits_in_every_inbox_with_its_scans(elena: Any, dmitry: Any, as_staff: Any) -> None:
    client = as_staff(elena)
    assert client.get("/paper/new/").status_code == 200
    assert client.post("/paper/new/", form())["Location"] == f"/inbox/{letter().ticket_id}/"
    [row] = as_staff(dmitry).get("/api/v1/inbox").json()["letters"]
    assert (row["channel"], row["subject"], row["name"]) == ("paper", "Претензия о списании", "Ковалёва А. И.")
    assert row["identity"] == "unverified" and row["due_at"]
    entries = client.get(f"/api/v1/conversations/{row['conversation']}/entries").json()["entries"]
    [said] = [each for each in entries if each["kind"] == "message"]
    assert said["body"] == "Просит вернуть второе списание."
    assert [file["name"] for file in said["attachments"]] == ["письмо.pdf", "конверт.png"]
    page = client.get(f"/inbox/{row['number']}/context/").content.decode()
    assert "ВХ-117" in page and "data-loan" not in page
    assert as_staff(dmitry).post(f"/api/v1/tickets/{row['number']}/take").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scans": []}, "Обязательное поле."),
        ({"scans": [SimpleUploadedFile("письмо.pdf", b"MZ not a pdf", "application/pdf")]}, "содерж"),
        ({"scans": [SimpleUploadedFile("run.exe", b"MZ", "application/pdf")]}, "тип"),
        ({"incoming_number": ""}, "Обязательное поле."),
        ({"received_on": (timezone.now() + timedelta(days=2)).date().isoformat()}, "ещё не наступил"),
        ({"channel": "chat"}, "Выберите"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_leaves_nothing(
    elena: Any, as_staff: Any, settings: Any, tmp_path: Any, wrong: dict[str, Any], words: str
) -> None:
    from tickets.models import PaperLetter

    settings.MEDIA_ROOT = tmp_path
    answer = as_staff(elena).post("/paper/new/", form() | wrong)
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 400 and "Просит вернуть второе списание." in page
    assert "Выберите сканы ещё раз" in page
    assert 'role="alert"' in page and (words in page or words == "содерж" or words == "тип")
    assert not PaperLetter.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_letter_may_be_a_written_appeal_at_once_and_its_clock_begins_with_the_day_it_came(
    elena: Any, as_staff: Any
) -> None:
    from tickets.models import Appeal

    client, came_on = as_staff(elena), timezone.localdate() - timedelta(days=3)
    client.post("/paper/new/", form(is_appeal="on", channel="portal", received_on=came_on.isoformat()))
    appeal = Appeal.objects.get()
    assert (appeal.ticket_id, appeal.channel, appeal.received_on) == (letter().ticket_id, "portal", came_on)
    assert appeal.due_on > came_on and appeal.registered_by == elena
    assert appeal.number in client.get(f"/inbox/{appeal.ticket_id}/context/").content.decode()


def test_a_letter_refused_uses_up_no_number_of_the_register(elena: Any, as_staff: Any) -> None:
    from tickets.models import Appeal

    client = as_staff(elena)
    client.post("/paper/new/", form(is_appeal="on"))
    again = client.post("/paper/new/", form(is_appeal="on", subject="Ещё раз")).content.decode()
    assert "Ещё раз" in again and "checked" in again
    client.post("/paper/new/", form(is_appeal="on", incoming_number="ВХ-118"))
    assert sorted(Appeal.objects.values_list("serial", flat=True)) == [1, 2]


def test_an_incoming_number_is_taken_once_in_a_channel(elena: Any, as_staff: Any) -> None:
    from tickets.models import PaperLetter

    client = as_staff(elena)
    client.post("/paper/new/", form())
    again = client.post("/paper/new/", form(subject="Ещё раз"))
    assert again.status_code == 400 and "Этот номер уже занят" in again.content.decode().replace("\xa0", " ")
    assert client.post("/paper/new/", form(channel="portal")).status_code == 302
    assert sorted(PaperLetter.objects.values_list("channel", flat=True)) == ["paper", "portal"]


def answered(client: Any, body: str, **more: Any) -> Any:
    number = letter().ticket_id
    client.post(f"/api/v1/tickets/{number}/take")
    client.post(f"/inbox/{number}/paper/", {"body": body})
    sent = {"outgoing_number": "ИСХ-9", "sent_on": timezone.localdate().isoformat(), "scans": scans()[:1]}
    return client.post(f"/inbox/{number}/paper/sent/", sent | more)


def test_an_answer_is_composed_printed_and_sent_and_only_then_stops_the_clock(elena: Any, as_staff: Any) -> None:
    client = as_staff(elena)
    client.post("/paper/new/", form())
    number = letter().ticket_id
    client.post(f"/api/v1/tickets/{number}/take")
    client.post(f"/inbox/{number}/paper/", {"body": "Здравствуйте! Проверим и ответим."})
    sheet = client.post(f"/inbox/{number}/paper/print/").content.decode()
    assert "Проверим и ответим." in sheet and "ВХ-117" in sheet and "170100, Тверь" in sheet
    assert letter().ticket.waiting_since is not None
    answer = answered(client, "Здравствуйте! Проверим и ответим.")
    assert answer.status_code == 302
    ticket = letter().ticket
    assert (ticket.status, ticket.waiting_since) == ("waiting", None)
    entry = ticket.conversation.entries.get(kind="message", author_kind="staff")
    assert (entry.data["outgoing_number"], entry.attachments.count()) == ("ИСХ-9", 1)
    assert ticket.events.filter(kind="answered", user=elena).count() == 1
    assert client.post(f"/inbox/{number}/paper/sent/", {}).status_code == 404, "it has left already"
    assert "ИСХ-9" in client.get(f"/inbox/{number}/paper/").content.decode()


def test_an_answer_by_post_names_nothing_that_is_not_proved_and_the_regulator_is_answered(
    elena: Any, as_staff: Any
) -> None:
    from tickets.models import PaperLetter

    client = as_staff(elena)
    client.post("/paper/new/", form())
    told = "Ваш долг по займу 24-117982 составляет 6 300 ₽."
    refused = answered(client, told)
    assert refused.status_code == 400 and told in refused.content.decode()
    assert not letter().ticket.conversation.entries.filter(author_kind="staff", kind="message").exists()
    assert client.post(f"/inbox/{letter().ticket_id}/paper/print/").status_code == 400
    PaperLetter.objects.all().delete()
    client.post("/paper/new/", form(channel="portal", kind="regulator"))
    assert answered(client, told).status_code == 302


def test_a_colleague_who_does_not_lead_it_neither_answers_nor_prints(elena: Any, dmitry: Any, as_staff: Any) -> None:
    as_staff(elena).post("/paper/new/", form())
    number = letter().ticket_id
    assert as_staff(dmitry).post(f"/inbox/{number}/paper/", {"body": "Здравствуйте!"}).status_code == 403
    as_staff(elena).post(f"/api/v1/tickets/{number}/take")
    assert as_staff(dmitry).get(f"/inbox/{number}/paper/").status_code == 404
