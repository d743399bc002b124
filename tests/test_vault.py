"""Photos of documents: brought by a link that works once, kept encrypted, looked at under one's own name, erased."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops

from tests.identity_desk import SERGEY, Panel, letter_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Path) -> Path:
    settings.VAULT_ROOT = tmp_path / "vault"
    settings.PUBLIC_URL = "http://testserver"
    return tmp_path / "vault"


def photo(size: tuple[int, int] = (900, 640), kind: str = "JPEG") -> bytes:
    image = Image.new("RGB", size, "#d7c9b0")
    exif = Image.Exif()
    exif[271], exif[272] = "Phone", "Secret Model"
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def link_of(panel: Panel) -> str:
    """The address that the agent's answer would carry."""
    page = panel.send("document").content.decode()
    found = re.search(r"http://testserver(/documents/[^\"<&\s]+)", page)
    assert found, page
    return found[1]


def bring(address: str, content: bytes, name: str = "паспорт.jpg", client: Client | None = None) -> Any:
    return (client or Client()).post(address, {"photo": SimpleUploadedFile(name, content)})


def the_file() -> Any:
    from identity.models import VaultFile

    return VaultFile.objects.get()


def test_a_photo_comes_by_the_link_once_and_lies_encrypted(panel: Panel, vault: Path, letter: Any) -> None:
    address = link_of(panel)
    page = Client().get(address)
    assert page.status_code == 200 and "Снимите или выберите фото" in page.content.decode()
    assert "Фото получено" in bring(address, photo()).content.decode()
    [path] = [each for each in vault.rglob("*") if each.is_file()]
    assert path.stat().st_mode & 0o077 == 0
    raw = path.read_bytes()
    assert raw.startswith(b"gAAAA") and b"\xff\xd8\xff" not in raw and b"Secret Model" not in raw
    assert bring(address, photo()).status_code == 410
    assert Client().get(address).status_code == 410
    assert letter.conversation.entries.filter(kind="document", public_seq=None).count() == 1


def test_the_agent_puts_the_link_into_the_answer_and_the_answer_may_leave(panel: Panel) -> None:
    page = panel.send("document").content.decode()
    assert "data-insert-now" in page and "сработает один раз" in page
    first, again = link_of(panel), link_of(panel)
    assert first == again, "a link that is still good is given again"
    assert panel.answer(f"Загрузите снимок: http://testserver{first}").status_code == 201


def test_a_forged_or_old_or_shortened_link_opens_nothing(panel: Panel) -> None:
    from tickets.models import UploadLink

    address = link_of(panel)
    for wrong in (address[:-2] + "x/", address[:-8] + "/", "/documents/00000000000000000000000000000000:x/"):
        answer = Client().get(wrong)
        assert answer.status_code == 410 and "Ссылка больше не действует" in answer.content.decode()
    UploadLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(address).status_code == 410
    assert bring(address, photo()).status_code == 410


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Файл пуст"),
        (b"<script>alert(1)</script>", "Это не фотография"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Это не фотография"),
        (b"%PDF-1.4\n", "Это не фотография"),
        (b"\xff\xd8\xff" + b"\x00" * 400, "не открылось"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "не открылось"),
        (b"\xff\xd8\xff" + b"\x00" * (10 * 1024 * 1024 + 10), "больше 10"),
    ],
    ids=["empty", "html", "svg", "pdf", "no jpeg", "no png", "too large"],
)
def test_what_is_no_photo_is_refused_in_words_and_the_link_stays_good(
    panel: Panel, vault: Path, content: bytes, words: str
) -> None:
    address = link_of(panel)
    answer = bring(address, content)
    assert answer.status_code == 400
    assert words in answer.content.decode().replace("\u00a0", " ")
    assert not [each for each in vault.rglob("*") if each.is_file()]
    assert bring(address, photo()).status_code == 200


def test_a_link_takes_ten_tries_and_no_more(panel: Panel) -> None:
    address = link_of(panel)
    assert [bring(address, b"no photo at all").status_code for _ in range(10)] == [400] * 10
    assert bring(address, photo()).status_code == 410


def test_the_page_speaks_the_language_of_the_letter_and_wants_its_own_form(panel: Panel, letter: Any) -> None:
    letter.conversation.language = "en"
    letter.conversation.save()
    address = link_of(panel)
    assert "Take or choose a photo" in Client(headers={"accept-language": "ru"}).get(address).content.decode()
    assert bring(address, photo(), client=Client(enforce_csrf_checks=True)).status_code == 403


def test_a_look_burns_the_agents_name_into_the_picture_and_is_recorded(panel: Panel, elena: Any) -> None:
    from identity.models import AuditEntry
    from identity.rules.watermark import latin

    bring(link_of(panel), photo())
    file = the_file()
    viewer = panel.client.get(f"{panel.root}documents/{file.pk}/")
    assert viewer.status_code == 200 and "На снимке ваше имя" in viewer.content.decode()
    shown = panel.client.get(f"{panel.root}documents/{file.pk}/picture/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store")
    picture = Image.open(io.BytesIO(shown.content)).convert("RGB")
    plain = Image.new("RGB", picture.size, "#d7c9b0")
    changed = ImageChops.difference(picture, plain).convert("L").point(lambda value: 255 if value > 24 else 0)
    assert changed.getbbox() is not None
    share = changed.histogram()[255] / (picture.width * picture.height)
    assert 0.01 < share < 0.5, f"{share:.3f} of the picture is words"
    for corner in ((0, 0), (450, 0), (0, 320), (450, 320)):
        assert changed.crop((*corner, corner[0] + 450, corner[1] + 320)).getbbox(), f"no words at {corner}"
    assert latin(elena.full_name) == "Elena Voronova"
    looks = AuditEntry.objects.filter(code="document.seen", object_id=str(file.pk))
    assert [look.user_id for look in looks] == [elena.pk]


def test_only_whoever_leads_the_letter_looks(
    panel: Panel, letter: Any, dmitry: Any, olga: Any, anna: Any, as_staff: Any, as_borrower: Any
) -> None:
    bring(link_of(panel), photo())
    address = f"{panel.root}documents/{the_file().pk}/picture/"
    assert as_staff(olga).get(address).status_code == 200
    assert as_staff(dmitry).get(address).status_code in {403, 404}
    assert Client().get(address).status_code == 302
    assert as_borrower(anna).get(address).status_code == 302
    other = letter_of("other@mail.example", agent=dmitry)
    assert as_staff(dmitry).get(f"/inbox/{other.number}/documents/{the_file().pk}/picture/").status_code == 404


def test_a_document_that_was_seen_is_a_reliable_way_and_one_that_was_not_is_none(
    panel: Panel, known: dict[str, Any]
) -> None:
    panel.compare(known[SERGEY], full_name="Мельников Сергей Павлович", birth_date="11.02.1984")
    bring(link_of(panel), photo())
    judge, said = f"{panel.root}documents/{the_file().pk}/judge/", {"candidate": str(known[SERGEY].pk)}
    assert panel.client.post(judge, {**said, "verdict": "yes"}).status_code == 400
    panel.client.get(f"{panel.root}documents/{the_file().pk}/picture/")
    assert panel.client.post(judge, {**said, "verdict": "no"}).status_code == 302
    assert panel.confirm(known[SERGEY]).status_code == 409
    panel.client.post(judge, {**said, "verdict": "yes"})
    assert "фото проверено" in panel.shown()
    assert panel.confirm(known[SERGEY]).status_code == 200


def test_the_clock_erases_the_bytes_and_keeps_what_was_decided(
    panel: Panel, known: dict[str, Any], vault: Path, letter: Any
) -> None:
    from identity.models import VaultFile
    from identity.tasks import erase_old_documents
    from tickets.access import disclosure_level

    panel.compare(known[SERGEY], full_name="Мельников Сергей Павлович", birth_date="11.02.1984")
    bring(link_of(panel), photo())
    panel.client.get(f"{panel.root}documents/{the_file().pk}/picture/")
    judge = f"{panel.root}documents/{the_file().pk}/judge/"
    panel.client.post(judge, {"candidate": str(known[SERGEY].pk), "verdict": "yes"})
    assert panel.confirm(known[SERGEY]).status_code == 200
    assert erase_old_documents() == 0, "its time has not passed"
    VaultFile.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    assert (erase_old_documents(), erase_old_documents()) == (1, 0)
    assert not [each for each in vault.rglob("*") if each.is_file()]
    assert panel.client.get(f"{panel.root}documents/{the_file().pk}/picture/").status_code == 404
    letter.refresh_from_db()
    assert disclosure_level(letter) == 2
    assert letter.verifications.filter(method="document", verdicts={"document": "yes"}).exists()


def test_a_new_key_encrypts_and_an_old_one_still_opens(panel: Panel, settings: Any, vault: Path) -> None:
    from cryptography.fernet import Fernet

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.VAULT_KEYS = [old]
    bring(link_of(panel), photo())
    address = f"{panel.root}documents/{the_file().pk}/picture/"
    settings.VAULT_KEYS = [new, old]
    assert panel.client.get(address).status_code == 200
    settings.VAULT_KEYS = [new]
    assert panel.client.get(address).status_code == 404


def test_a_key_that_is_none_stops_the_start(settings: Any) -> None:
    from supportdesk.checks import keys_of_what_is_kept_are_keys

    settings.VAULT_KEYS = ["not a key", "k" * 44]
    assert {problem.id for problem in keys_of_what_is_kept_are_keys()} == {"supportdesk.E008"}
    settings.VAULT_KEYS = []
    assert not list(keys_of_what_is_kept_are_keys())
