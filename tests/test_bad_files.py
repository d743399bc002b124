"""Hostile uploads: refused, or kept as what nobody's browser will run; and no decoder takes more than it may."""

import io
import resource
from collections import Counter
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat import actions as chat
from chat.errors import FileRefused
from chat.models import Attachment
from chat.rules import files
from chat.rules.files import clean_name
from chat.rules.images import MEMORY_LIMIT
from tests.bad_input.files import HTML, JS, SCRIPT, SVG, Upload, hostile
from tests.bad_input.rows import amount
from tests.bad_input.witness import witness

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20261123
DOCUMENTS = {type_ for kind, type_ in files.CONTENT_TYPES.items() if kind not in files.IMAGE_TYPES}
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def test_a_hostile_file_is_refused_or_inert(
    anna: Any, as_borrower: Any, settings: Any, tmp_path: Path, monkeypatch: Any, say_row: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(files, "DAY_QUOTA", 10**6)
    client, own = as_borrower(anna), chat.start_conversation(channel="chat", borrower=anna)
    uploads = list(hostile(SEED, times=amount(1, 5)))
    codes: Counter[str] = Counter()
    with witness() as seen:
        for number, upload in enumerate(uploads):
            way = by_http if upload.kind != "page or script" and number % 3 == 0 else by_action
            codes[way(client, own, upload)] += 1
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    found = ", ".join(f"{count} {code}" for code, count in codes.most_common())
    found = f"{found}; +{seen.growth:.0f} MiB here, {child} MiB at most in the decoder; {len(seen.seen)} tracebacks"
    say_row("F-FILE", "hostile uploads", len(uploads), "refused, or inert; memory within limits", found)
    assert len(uploads) >= 500 and codes["kept, inert"] and not seen.seen, seen.seen[:2]
    assert seen.growth < 128 and child < MEMORY_LIMIT >> 20


def by_http(client: Any, conversation: Any, upload: Upload) -> str:
    """Upload through the interface and, if it is taken, fetch it as a browser would; what became of it."""
    file = SimpleUploadedFile("x", upload.content, content_type="text/html")
    file._name = upload.name  # type: ignore[attr-defined]  # Django's test client would clean it
    answer = client.post(f"/api/v1/conversations/{conversation.pk}/attachments", {"file": file}, format="multipart")
    if answer.status_code != 201:
        assert answer.status_code == 400, (upload.kind, answer.status_code)
        return f"`{answer.json()['code']}`"
    said = answer.json()
    assert_safe_name(said["name"])
    shown = client.get(client.get(f"/api/v1/attachments/{said['id']}").json()["address"])
    assert_inert(shown, upload)
    return "kept, inert"


def by_action(client: Any, conversation: Any, upload: Upload) -> str:
    """The same checks without the way through HTTP."""
    try:
        kept = chat.keep_file(upload=SimpleUploadedFile(upload.name or "x", upload.content))
    except FileRefused as refused:
        return f"`{refused.code}`"
    assert_safe_name(kept.name)
    assert kept.content_type in DOCUMENTS | set(PICTURES) and "." not in kept.path
    return "kept, inert"


def assert_inert(shown: Any, upload: Upload) -> None:
    """Never run by a browser: a picture written anew, or something to save."""
    assert shown.status_code == 200
    assert shown["X-Content-Type-Options"] == "nosniff" and shown["Content-Security-Policy"].endswith("sandbox")
    way, _, name = shown["Content-Disposition"].partition("; filename*=UTF-8''")
    assert_safe_name(unquote(name))
    assert name.isascii() and not set(name) & set(' ";,\\/')
    if way == "inline":
        assert not any(part in shown.content for part in (SCRIPT, HTML, SVG, JS)), upload.kind
        assert Image.open(io.BytesIO(shown.content)).format == PICTURES[shown["Content-Type"]]
    else:
        assert way == "attachment" and shown["Content-Type"] in DOCUMENTS, (upload.kind, shown["Content-Type"])


def assert_safe_name(name: str) -> None:
    assert name and len(name) <= files.NAME_LIMIT and len(name.encode()) <= files.BYTES_LIMIT
    assert not any(category(letter)[0] == "C" for letter in name), name
    assert not set(name) & set('/\\<>:"|?*\r\n') and name == name.strip(" .")


def test_no_file_lies_under_a_name_of_its_senders(anna: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    own = chat.start_conversation(channel="chat", borrower=anna)
    for name in ("../../a.pdf", "/etc/a.pdf", ".htaccess.pdf", "a.php.pdf"):
        chat.attach_file(conversation=own, author=anna, upload=SimpleUploadedFile(name, b"%PDF-1.4"))
    lying = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(lying) == 4 and all(path.suffix == "" and len(path.name) == 32 for path in lying)
    assert {str(path.relative_to(tmp_path)) for path in lying} == set(Attachment.objects.values_list("path", flat=True))


@pytest.mark.parametrize(
    "name, clean",
    [
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("com1.tar.pdf", "_com1.tar.pdf"),
        ("console.txt", "console.txt"),
        ("справка.pdf", "справка.pdf"),
        ("a." + "b" * 300, ("a." + "b" * 300)[:120]),
    ],
)
def test_a_name_can_be_saved_everywhere(name: str, clean: str) -> None:
    assert clean_name(name) == clean
    assert len(clean_name("💣" * 300 + ".pdf").encode()) <= 240 and clean_name("💣" * 300 + ".pdf").endswith("💣.pdf")
