"""What the reader makes of raw letters, whatever they claim about themselves."""

import base64
from pathlib import Path

import pytest

from tickets.rules.email import read_letter
from tickets.rules.email.attachments import safe_name
from tickets.rules.email.reply import strip_reply

REAL_LETTERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail"
TEXT = "Здравствуйте! Не приходит код подтверждения, помогите, пожалуйста."


def raw(head: str | bytes, body: bytes = b"") -> bytes:
    start = head if isinstance(head, bytes) else head.encode()
    return start.strip().replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251", "cp866", "iso-8859-5"])
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_russian_bodies_in_every_charset(charset: str, encoding: str) -> None:
    import quopri

    data = TEXT.encode(charset)
    data = {"8bit": data, "base64": base64.encodebytes(data), "quoted-printable": quopri.encodestring(data)}[encoding]
    letter = read_letter(
        raw(
            f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}",
            data,
        )
    )
    assert letter.text == TEXT


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_a_body_that_names_no_charset(charset: str) -> None:
    assert read_letter(raw("From: a@b.example", TEXT.encode(charset))).text == TEXT


def word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


SUBJECTS = [
    (word("Не могу войти", "koi8-r").encode(), "Не могу войти"),
    (word("Не могу войти", "windows-1251").encode(), "Не могу войти"),
    (b"=?utf-8?Q?=D0=9A=D0=BE=D0=B4_=E2=84=96_5?=", "Код № 5"),
    (f"{word('Не могу ', 'utf-8')}\n {word('войти', 'utf-8')}".encode(), "Не могу войти"),
    (b"=?utf-8?B?0J3QtSDQ?= =?utf-8?B?vNC+0LPRgw==?=", "Не могу"),
    ("Не могу войти".encode("koi8-r"), "Не могу войти"),
    ("Не могу войти".encode(), "Не могу войти"),
    (b"=?unknown-charset?B?dGV4dA==?=", "text"),
    (b"=?utf-8?B?!!!?=", ""),
    (b"=?utf-8?Q?broken", "=?utf-8?Q?broken"),
    (b"Re: =?utf-8?Q?=D0=9A?= and more", "Re: К and more"),
]


@pytest.mark.parametrize(("value", "expected"), SUBJECTS)
def test_subjects(value: bytes, expected: str) -> None:
    assert read_letter(raw(b"From: a@b.example\nSubject: " + value)).subject == expected


SENDERS = [
    (b"Anna <anna@mail.example>", "Anna", "anna@mail.example", True),
    (b"anna@mail.example", "", "anna@mail.example", True),
    (b"anna@mail.example (Anna)", "Anna", "anna@mail.example", True),
    (b'"Kovaleva, Anna" <anna@mail.example>', "Kovaleva, Anna", "anna@mail.example", True),
    (b"Kovaleva, Anna <anna@mail.example>", "Kovaleva, Anna", "anna@mail.example", True),
    (word("Ковалёва, Анна", "koi8-r").encode() + b" <anna@mail.example>", "Ковалёва, Анна", "anna@mail.example", True),
    (b'"anna@bank.example" <thief@evil.example>', "anna@bank.example", "thief@evil.example", True),
    (b"a@b.example, c@d.example", "", "a@b.example", False),
    (b"nobody", "nobody", "", False),
    (b"", "", "", False),
]


@pytest.mark.parametrize(("value", "name", "address", "is_one"), SENDERS)
def test_senders(value: bytes, name: str, address: str, is_one: bool) -> None:
    letter = read_letter(raw(b"Subject: x\nFrom: " + value))
    assert (letter.from_name, letter.from_address, letter.has_one_sender) == (name, address, is_one)


def test_two_from_headers_are_no_sender() -> None:
    assert not read_letter(raw("From: a@b.example\nFrom: c@d.example")).has_one_sender


def test_reply_to_is_never_the_sender() -> None:
    assert read_letter(raw("From: a@b.example\nReply-To: c@d.example")).from_address == "a@b.example"


NAMES = [
    ("filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82.pdf", "счёт.pdf"),
    ("filename*=windows-1251''%F1%F7%E5%F2.pdf", "счет.pdf"),
    ("filename*0*=UTF-8''%D1%81%D1%87; filename*1*=%D1%91%D1%82; filename*2=.pdf", "счёт.pdf"),
    ('filename="=?koi8-r?B?08Podg==?=.pdf"', None),
    (f'filename="{word("счёт.pdf", "utf-8")}"', "счёт.pdf"),
    ('filename="../../etc/passwd"', "passwd"),
    ('filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
    ('filename="invoice\u202efdp.exe"', "invoicefdp.exe"),
    ('filename=""', "file.pdf"),
    ("filename=a b.pdf", "a b.pdf"),
]


@pytest.mark.parametrize(("disposition", "expected"), NAMES)
def test_names_of_files(disposition: str, expected: str | None) -> None:
    head = f"From: a@b.example\nContent-Type: application/pdf\nContent-Disposition: attachment; {disposition}"
    [file] = read_letter(raw(head, b"%PDF-1.7")).attachments
    assert file.sniffed_type == "application/pdf"
    if expected is not None:
        assert file.name == expected


def test_two_files_of_one_name_get_two_names() -> None:
    part = b"--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n"
    letter = read_letter(raw("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", part * 3 + b"--x--"))
    assert [file.name for file in letter.attachments] == ["a.pdf", "a1.pdf", "a2.pdf"]
    assert len(safe_name("я" * 500 + ".pdf")) == 200


def test_a_letter_within_a_letter_is_a_file() -> None:
    inner = "From: c@d.example\r\nSubject: Внутри\r\n\r\nтекст".encode()
    part = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nouter\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--x--"
    )
    letter = read_letter(raw("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", part))
    assert (letter.text, [file.name for file in letter.attachments]) == ("outer", ["Внутри.eml"])


def html(body: str) -> bytes:
    return raw("From: a@b.example\nContent-Type: text/html; charset=utf-8", body.encode())


EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input name=password></form>",
    "<style>body{display:none}</style>",
    "<svg onload=alert(1)></svg>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example>",
    "<object data=evil.swf></object>",
]


@pytest.mark.parametrize("evil", EVIL)
def test_html_is_harmless(evil: str) -> None:
    letter = read_letter(html(f"<p>Здравствуйте</p>{evil}<p>конец</p>"))
    assert letter.text == "Здравствуйте\n\nконец" or letter.text.startswith("Здравствуйте")
    for word_ in (
        "script",
        "onerror",
        "onload",
        "javascript",
        "iframe",
        "<form",
        "<style",
        "evil.swf",
        "http-equiv",
        "<base",
    ):
        assert word_ not in letter.html


def test_text_of_html_keeps_its_lines() -> None:
    assert read_letter(html("<div>Раз</div><div>два<br>три</div><p>четыре</p>")).text == "Раз\nдва\nтри\n\nчетыре"


REPLIES = [
    ("Здравствуйте.\nВчера в 12:05 мне написал сотрудник:\nсумма 500. Верно?",) * 2,
    ("В прошлый раз мне написал сотрудник:\nсумма 500. Верно?",) * 2,
    ("Спасибо!\n\n23.11.2026 12:05, Лад пишет:\n> Ответ", "Спасибо!"),
    ("Спасибо!\n\nпн, 23 нояб. 2026 г. в 12:05, Лад <help@lad.example>:\n\n> Ответ\n> ещё", "Спасибо!"),
    ("Спасибо!\n\n23 ноября 2026 г., 12:05 +03:00 от Лад <help@lad.example>:\n> Ответ", "Спасибо!"),
    ("Спасибо!\n\nПонедельник, 23 ноября 2026, 12:05 +03:00 от Лад <help@lad.example>:\n\nОтвет", "Спасибо!"),
    ('Спасибо!\n\n23.11.2026, 12:05, "Лад" <help@lad.example>:\nОтвет', "Спасибо!"),
    (
        "Спасибо!\n\nОт: Лад <help@lad.example>\nОтправлено: 23 ноября 2026 г. 12:05\nКому: Анна\nТема: Вход\n\nОтвет",
        "Спасибо!",
    ),
    ("Спасибо!\n\n-------- Исходное сообщение --------\nОт: Лад\n\nОтвет", "Спасибо!"),
    (
        "Спасибо!\n\nОтправлено с iPhone\n\n> 23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):\n> Ответ",
        "Спасибо!",
    ),
    ("Спасибо!\n\n-- \nАнна", "Спасибо!"),
    ("On Mon, Nov 23, 2026 at 12:05 PM Lad <help@lad.example> wrote:\n\n> Вопрос?\n\nДа.\n\n> Второй?\n\nНет.", None),
    ("> только цитата", "> только цитата"),
    ("Он пишет: «верните деньги». Что делать?", "Он пишет: «верните деньги». Что делать?"),
    (
        "Вчера в 12:05 мне написал ваш сотрудник:\nсумма 500 рублей. Это верно?",
        "Вчера в 12:05 мне написал ваш сотрудник:\nсумма 500 рублей. Это верно?",
    ),
]


@pytest.mark.parametrize(("text", "expected"), REPLIES)
def test_quoted_history_is_folded(text: str, expected: str | None) -> None:
    reply = strip_reply(text)
    if expected is None:
        assert "Да." in reply.text
        assert "Нет." in reply.text
    else:
        assert reply.text == expected


def test_history_cut_out_of_html_is_still_there_to_unfold() -> None:
    letter = read_letter(
        html("<div>Спасибо!</div><div class=gmail_quote>Лад пишет:<blockquote>Старое</blockquote></div>")
    )
    assert letter.reply_text == "Спасибо!"
    assert "Старое" in letter.trimmed


def test_reading_is_repeatable() -> None:
    letter = html("<p>Раз</p>")
    assert read_letter(letter) == read_letter(letter)


def test_every_real_letter_is_read() -> None:
    if not REAL_LETTERS.is_dir():
        pytest.skip(f"the collection of real letters is not beside this checkout ({REAL_LETTERS})")
    files = [*REAL_LETTERS.glob("zammad/*.box"), *REAL_LETTERS.glob("broken/*/*")]
    for path in files:
        read_letter(path.read_bytes())
    assert len(files) > 80
