"""``manage.py read_letter``: the administrator's diagnosis of raw letters, without a database or any setting."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tickets.management.commands.read_letter import KEYS

ROOT = Path(__file__).resolve().parent.parent
LETTER = """\
From: =?koi8-r?B?4c7OwQ==?= <anna@mail.example>
To: Lad <help@lad.example>, second@lad.example
Cc: third@lad.example
Subject: Code
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8

Спасибо!

23.11.2026 12:05, Лад пишет:
> Ответ
--x
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjc=
--x--
"""


def read(*arguments: str, given: bytes = b"", **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "manage.py", "read_letter", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, env=environment, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_letters_are_read_one_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(LETTER)
    (tmp_path / "b.eml").write_bytes(b"\x00\xff" * 1000)
    code, out, err = read(str(tmp_path / "a.eml"), str(tmp_path / "b.eml"), "-", "--json", given=LETTER.encode())
    first, odd, again = objects(out)
    assert (code, err) == (0, "")
    assert tuple(first) == tuple(odd) == KEYS
    assert {key: first[key] for key in KEYS if key not in {"html", "milliseconds"}} == {
        "from_name": "Анна",
        "from_address": "anna@mail.example",
        "to": [{"name": "Lad", "address": "help@lad.example"}, {"name": "", "address": "second@lad.example"}],
        "cc": [{"name": "", "address": "third@lad.example"}],
        "subject": "Code",
        "text": "Спасибо!\n\n23.11.2026 12:05, Лад пишет:\n> Ответ",
        "reply_text": "Спасибо!",
        "attachments": [
            {"name": "a.pdf", "type": "application/pdf", "size": 8, "sha256": hashlib.sha256(b"%PDF-1.7").hexdigest()}
        ],
        "class": "human",
        "problems": [],
    }
    assert first["milliseconds"] > 0
    assert {**again, "milliseconds": 0} == {**first, "milliseconds": 0}


def test_a_person_is_told_in_words() -> None:
    code, out, _ = read("-", given=LETTER.encode() + b"\x1b]0;owned\x07")
    assert code == 0
    assert "From:     Анна <anna@mail.example>" in out
    assert "File:     a.pdf (application/pdf, 8 bytes)" in out
    assert "\x1b" not in out


def test_a_letter_that_kills_its_reader_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "big.eml").write_bytes(b"From: a@b.example\nSubject: Big\n\n" + b"x " * 30_000_000)
    (tmp_path / "a.eml").write_text(LETTER)
    arguments = (str(tmp_path / "big.eml"), str(tmp_path / "a.eml"), str(tmp_path / "none.eml"), "--json")
    code, out, err = read(*arguments, MAIL_READ_MEMORY="150000000")
    big, fine, absent = objects(out)
    assert (big["problems"], big["from_address"], big["subject"]) == (["unreadable"], "a@b.example", "Big")
    assert fine["reply_text"] == "Спасибо!"
    assert (code, absent["problems"]) == (1, ["no_file"])
    assert "Traceback" not in err
