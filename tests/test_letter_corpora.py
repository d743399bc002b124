"""Letters that nobody here wrote, read as those who wrote them expect; where they expect wrong, ours with the reason.

They lie beside the checkout; without them these tests say so and are skipped.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import ABSENT, MAIL, differences, expected_of, letters_of_zammad, title_of
from tickets.rules.email import read_letter

pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason=ABSENT)

# Letter → (the reason, what is right instead).
OURS: dict[str, tuple[str, dict[str, Any]]] = {
    "mail018": (
        "the charset unicode-1-1-utf-7 is UTF-7: nobody wants to read +APw- for ü",
        {
            "subject": "Benachrichtung zum Übermittlungsstatus (Fehlgeschlagen)",
            "body": "Dies ist eine automatisch erstellte Benachrichtigung über den Zustellstatus. Übermittlung an "
            "folgende Empfänger fehlgeschlagen. m.smith@example.com",
        },
    ),
    "mail020": ("&lang; and &rang; are U+27E8 and U+27E9 since HTML5, not U+2329", {}),
    "mail046": ("the undeclared bytes of the name are GB2312, as those of the rest are", {"name": "武兰成"}),
    "mail054": ("a header line that was not folded ends no header: there is a text below", {"body": "some text"}),
    "mail060": (
        "no charset is called iso-gb2312; the bytes are UTF-8 with pieces of Latin-1 between",
        {"body": "Here it goes - äöü - 差出人Here it goes - äöü - hi \u00ad"},
    ),
    "mail064": ("the accents of the name are combining marks, which compose", {}),
    "mail072": (
        "windows-1258 is what it is declared to be, and no Central European page",
        {
            "body": "Bonjour, Je vous contacte suite à ma commande du 14 août 2018 référencée ci-dessus. Je vous "
            "remercie d’avance. Cordialement, Valérie Smith me@example.com XXXX S.à r.l. 12, Somewhere",
        },
    ),
    "mail076": (
        "From is a name in quotes and half an address: it is no address at all",
        {"address": ""},
    ),
}


@pytest.mark.parametrize("box", letters_of_zammad(), ids=lambda box: box.stem)
def test_every_letter_of_zammad_is_equal_on_all_fields(box: Path) -> None:
    raw = box.read_bytes()
    expected = expected_of(box)
    _, right = OURS.get(box.stem, ("", {}))
    expected = replace(expected, **right)
    if box.stem == "mail020":
        expected = replace(expected, body=expected.body.replace("\u2329", "\u27e8").replace("\u232a", "\u27e9"))
    if box.stem == "mail064":
        [(_, size, digest)] = expected.files
        expected = replace(expected, files=type(expected.files)([(CAPTURE, size, digest)]))
    assert not differences(expected, read_letter(raw), title_of(raw))


CAPTURE = "Capture d’écran 2017-12-27 à 12.22.38.jpg"


def test_an_expectation_that_is_right_is_not_overridden() -> None:
    for name in OURS:
        box = MAIL / "zammad" / f"{name}.box"
        assert differences(expected_of(box), read_letter(box.read_bytes()), title_of(box.read_bytes())), name


@pytest.mark.parametrize("path", sorted(MAIL.glob("broken/*/*.eml")), ids=lambda path: path.stem)
def test_letters_that_broke_other_readers_are_read(path: Path) -> None:
    letter = read_letter(path.read_bytes())
    assert letter.from_address or letter.problems
    assert letter.text or letter.attachments or letter.subject


@pytest.mark.parametrize("path", sorted(MAIL.glob("broken/bounces/*")), ids=lambda path: path.stem)
def test_a_delivery_report_is_a_bounce(path: Path) -> None:
    assert read_letter(path.read_bytes()).letter_class == "bounce"


def test_no_letter_of_a_person_is_a_bounce() -> None:
    bounces = {box.stem for box in letters_of_zammad() if read_letter(box.read_bytes()).letter_class == "bounce"}
    assert bounces == BOUNCES


BOUNCES = {"mail018", "mail052", "mail078", "mail092"}
