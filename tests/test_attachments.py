"""Files: taken by content, pictures made harmless, shown only to whom the entry is shown."""

import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from chat import actions as chat
from chat.models import Attachment, Entry
from chat.rules.files import clean_name
from chat.tasks import forget_unposted_files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(anna: Any, elena: Any, settings: Any, tmp_path: Path, transactional_db: None) -> Any:
    """Anna's chat with Elena; files go to a folder of this test."""
    settings.MEDIA_ROOT = tmp_path
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    return started


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 32), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def office(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return out.getvalue()


def upload(client: Any, conversation: Any, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content, content_type="application/x-claimed")
    return client.post(f"/api/v1/conversations/{conversation.pk}/attachments", {"file": file}, format="multipart")


def test_a_photo_travels_with_its_message_and_opens_for_both(
    conversation: Any, anna: Any, elena: Any, as_borrower: Any, as_staff: Any
) -> None:
    borrower, agent = as_borrower(anna), as_staff(elena)
    answer = upload(borrower, conversation, "чек.jpg", picture())
    assert answer.status_code == 201, answer.content
    file = answer.json()
    assert (file["name"], file["content_type"], file["width"]) == ("чек.jpg", "image/jpeg", 64)
    message = {"id": str(uuid.uuid4()), "body": "", "attachments": [file["id"]]}
    posted = borrower.post(f"/api/v1/conversations/{conversation.pk}/messages", message, format="json")
    assert posted.status_code == 201, posted.content
    entries = agent.get(f"/api/v1/conversations/{conversation.pk}/entries").json()["entries"]
    assert entries[-1]["attachments"] == [file]
    for client in (borrower, agent):
        address = client.get(f"/api/v1/attachments/{file['id']}").json()
        assert address["expires_in"] <= 60
        shown = borrower.get(address["address"], HTTP_AUTHORIZATION="")
        assert shown["Content-Type"] == "image/jpeg" and shown["Content-Disposition"].startswith("inline")
        assert "sandbox" in shown["Content-Security-Policy"] and shown["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_written_anew_upright_and_without_where_it_was_taken(
    conversation: Any, anna: Any, as_borrower: Any
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Spy camera"
    exif.get_ifd(0x8825)[1] = "N"
    answer = upload(as_borrower(anna), conversation, "фото.jpeg", picture(exif=exif) + b"<script>tail</script>")
    assert (answer.json()["width"], answer.json()["height"]) == (32, 64)
    stored = _stored(answer.json()["id"])
    assert not Image.open(io.BytesIO(stored)).getexif()
    assert b"Spy" not in stored and b"<script>" not in stored


@pytest.mark.parametrize("kind, name", [("PNG", "a.png"), ("WEBP", "a.webp")])
def test_other_pictures_keep_their_kind(conversation: Any, anna: Any, as_borrower: Any, kind: str, name: str) -> None:
    answer = upload(as_borrower(anna), conversation, name, picture(kind))
    assert (answer.status_code, answer.json()["content_type"]) == (201, f"image/{kind.lower()}")


def test_a_heic_photo_becomes_a_jpeg(conversation: Any, anna: Any, as_borrower: Any) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    answer = upload(as_borrower(anna), conversation, "IMG_1.HEIC", picture("HEIF"))
    assert (answer.json()["name"], answer.json()["content_type"]) == ("IMG_1.jpg", "image/jpeg")


@pytest.mark.parametrize(
    "name, content",
    [
        ("договор.pdf", b"%PDF-1.7\n..."),
        ("записка.txt", "Привет".encode()),
        ("записка.txt", "Привет".encode("cp1251")),
        ("справка.docx", office("[Content_Types].xml", "word/document.xml")),
        ("график.xlsx", office("[Content_Types].xml", "xl/workbook.xml")),
    ],
)
def test_documents_are_taken_and_only_ever_saved(
    conversation: Any, anna: Any, as_borrower: Any, name: str, content: bytes
) -> None:
    borrower = as_borrower(anna)
    answer = upload(borrower, conversation, name, content)
    assert answer.status_code == 201, answer.content
    shown = borrower.get(borrower.get(f"/api/v1/attachments/{answer.json()['id']}").json()["address"])
    assert shown.content == content and shown["Content-Disposition"].startswith("attachment; filename*=UTF-8''")


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("a.svg", b"<svg onload=alert(1)>", "file_type"),
        ("a.html", b"<html>", "file_type"),
        ("a.exe", b"MZ", "file_type"),
        ("a", b"text", "file_type"),
        ("a.zip", office("x"), "file_type"),
        ("a.jpg", b"<svg onload=alert(1)>", "file_content"),
        ("a.png", picture("JPEG"), "file_content"),
        ("a.txt", b"<html><script>alert(1)</script>", "file_content"),
        ("a.txt", b"\x00\x01\x02", "file_content"),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file_content"),
        ("a.docx", office("[Content_Types].xml", "xl/workbook.xml"), "file_content"),
        ("a.docx", b"PK\x03\x04broken", "file_content"),
        ("a.jpg", b"\xff\xd8\xff\xe0 broken", "image_unreadable"),
        ("a.txt", b"", "file_empty"),
        ("big.txt", b"x" * (10 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_other_files_are_refused_with_a_reason_in_words(
    conversation: Any, anna: Any, as_borrower: Any, name: str, content: bytes, code: str
) -> None:
    answer = upload(as_borrower(anna), conversation, name, content)
    assert answer.status_code == 400 and answer.json()["message"]
    assert answer.json()["code"] in {code, "invalid"}  # an empty file is already refused by the form
    assert not Attachment.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    conversation: Any, anna: Any, as_borrower: Any
) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    answer = upload(as_borrower(anna), conversation, "bomb.png", out.getvalue())
    assert answer.json()["code"] == "image_too_large"


def test_a_strangers_file_does_not_exist_for_anybody_else(
    conversation: Any, anna: Any, sergey: Any, dmitry: Any, elena: Any, as_borrower: Any, as_staff: Any
) -> None:
    borrower = as_borrower(anna)
    file = upload(borrower, conversation, "a.jpg", picture()).json()
    address = borrower.get(f"/api/v1/attachments/{file['id']}").json()["address"]
    for stranger in (as_borrower(sergey), as_staff(dmitry), as_staff(elena)):  # not posted yet: Anna's alone
        assert stranger.get(f"/api/v1/attachments/{file['id']}").status_code == 404
    assert upload(as_borrower(sergey), conversation, "a.jpg", picture()).status_code == 404
    assert borrower.get(address[:-2] + "xx").status_code == 404
    borrower.delete("/api/v1/borrower-sessions/current")
    assert borrower.get(address).status_code == 404  # the session behind the address has ended


def test_a_file_of_a_note_stays_among_staff(
    conversation: Any, anna: Any, elena: Any, as_borrower: Any, as_staff: Any
) -> None:
    file = upload(as_staff(elena), conversation, "a.jpg", picture()).json()
    chat.post_message(
        conversation=conversation, author=elena, body="см. файл", kind="note", attachments=[uuid.UUID(file["id"])]
    )
    assert as_borrower(anna).get(f"/api/v1/attachments/{file['id']}").status_code == 404
    assert as_staff(elena).get(f"/api/v1/attachments/{file['id']}").status_code == 200


def test_a_file_is_carried_by_one_message_of_its_owner_only(
    conversation: Any, anna: Any, sergey: Any, elena: Any, as_borrower: Any
) -> None:
    file = uuid.UUID(upload(as_borrower(anna), conversation, "a.jpg", picture()).json()["id"])
    other = chat.start_conversation(channel="chat", borrower=sergey)

    def attempt(target: Any, author: Any, kind: str) -> Any:
        post = chat.Post(
            conversation=target.pk, writer=chat.Writer(kind, author.pk), attachments=(file,), client_id=uuid.uuid4()
        )
        return chat.post_messages([post])[0]

    refused = chat.Refusal("attachment")
    assert attempt(other, sergey, "borrower") == refused
    assert attempt(conversation, elena, "staff") == refused
    assert isinstance(attempt(conversation, anna, "borrower"), chat.Posted)
    assert attempt(conversation, anna, "borrower") == refused
    assert Entry.objects.filter(kind="message").count() == 1


def test_names_are_cleaned_for_display() -> None:
    assert clean_name("../../etc/pass\x00wd\u202egpj.exe") == "passwdgpj.exe"
    assert clean_name('C:\\temp\\a<b>:"c".pdf') == "a_b_c_.pdf"
    assert clean_name("…" * 300 + ".pdf").endswith(".pdf") and len(clean_name("…" * 300 + ".pdf")) <= 120
    assert clean_name("\u200b\u202e") == ""


def _stored(id_: str) -> bytes:
    from chat.access.files import content_of

    return content_of(Attachment.objects.get(pk=id_))


def test_a_file_that_no_message_carries_is_gone_after_a_day(
    conversation: Any, anna: Any, as_borrower: Any, tmp_path: Path
) -> None:
    borrower = as_borrower(anna)
    names = ("sent.txt", "left.txt", "fresh.txt")
    sent, left, fresh = (
        Attachment.objects.get(pk=upload(borrower, conversation, name, name.encode()).json()["id"]) for name in names
    )
    chat.post_message(conversation=conversation, author=anna, body="", attachments=[sent.pk])
    Attachment.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(hours=25))
    (tmp_path / left.path).unlink()  # as after a crash in the middle of an earlier run
    forget_unposted_files()
    assert set(Attachment.objects.values_list("pk", flat=True)) == {sent.pk, fresh.pk}
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / sent.path, tmp_path / fresh.path}


def test_a_file_left_behind_goes_with_its_bytes(conversation: Any, anna: Any, as_borrower: Any, tmp_path: Path) -> None:
    upload(as_borrower(anna), conversation, "left.txt", b"left")
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert chat.forget_unposted_files() == 1
    assert not Attachment.objects.exists() and not [path for path in tmp_path.rglob("*") if path.is_file()]
