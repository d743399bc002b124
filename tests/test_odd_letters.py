# ruff: noqa: E501  (a form of a letter is a line)
"""Letters as programs really write them, against the standards and each other: one line of a table per oddity."""

import base64
import quopri
import struct
from typing import Any

import pytest
from compressed_rtf import compress

from tickets.rules.email import Letter, read_letter

RUSSIAN = "Здравствуйте! Не приходит код подтверждения, помогите."
JAPANESE = "こんにちは、コードが届きません。"
CHINESE = "您好，我没有收到验证码，请帮忙。"


def raw(head: str | bytes, body: str | bytes = b"") -> bytes:
    """A letter of these headers and this body, with line ends as they travel."""
    start, rest = (each if isinstance(each, bytes) else each.encode() for each in (head, body))
    return b"\r\n".join([*start.strip().split(b"\n"), b"", *rest.split(b"\n")])


def parted(*parts: str, kind: str = "mixed", head: str = "") -> bytes:
    """A letter of parts, each a text of its headers, an empty line and a body."""
    body = "".join(f"--x\n{part}\n" for part in parts) + "--x--\n"
    return raw(f"From: a@b.example\n{head}Content-Type: multipart/{kind}; boundary=x", body)


BODIES = {
    "iso-2022-jp": ("iso-2022-jp", JAPANESE.encode("iso-2022-jp"), JAPANESE),
    "shift_jis": ("Shift_JIS", JAPANESE.encode("shift_jis"), JAPANESE),
    "euc-jp": ("x-euc-jp", JAPANESE.encode("euc-jp"), JAPANESE),
    "gb2312": ("gb2312", CHINESE.encode("gb18030"), CHINESE),
    "gbk, quoted": ('"GBK"', CHINESE.encode("gbk"), CHINESE),
    "big5": ("big5", "您好".encode("big5"), "您好"),
    "hz": ("hz-gb-2312", CHINESE.encode("hz"), CHINESE),
    "korean": ("ks_c_5601-1987", "안녕하세요".encode("cp949"), "안녕하세요"),
    "utf-7": ("utf-7", RUSSIAN.encode("utf-7"), RUSSIAN),
    "utf-7, old": ("unicode-1-1-utf-7", b"f+APw-r", "für"),
    "utf-16": ("utf-16", RUSSIAN.encode("utf-16"), RUSSIAN),
    "koi8-u": ("koi8-u", "Їжак і ґава".encode("koi8-u"), "Їжак і ґава"),
    "cp-1251": ("cp-1251", RUSSIAN.encode("cp1251"), RUSSIAN),
    "windows1251": ("windows1251", RUSSIAN.encode("cp1251"), RUSSIAN),
    "x-cp866": ("x-cp866", RUSSIAN.encode("cp866"), RUSSIAN),
    "mac": ("x-mac-cyrillic", RUSSIAN.encode("mac_cyrillic"), RUSSIAN),
    "windows-1258": ("windows-1258", "à".encode("cp1252").replace(b"\xe0", b"a\xcc"), "à"),
    "latin-1 that is 1252": ("iso-8859-1", "„für“ – 5 €".encode("cp1252"), "„für“ – 5 €"),
    "utf-8 with a stray byte": ("utf-8", "für ".encode() + b"\xfc", "für ü"),
    "utf-8 said to be ascii": ("us-ascii", RUSSIAN.encode(), RUSSIAN),
    "utf-8 said to be nothing": ("", RUSSIAN.encode(), RUSSIAN),
    "1251 said to be utf-8": ("utf-8", RUSSIAN.encode("cp1251"), RUSSIAN),
    "unknown": ("x-no-such-charset", RUSSIAN.encode(), RUSSIAN),
    "unsafe": ("unicode_escape", b"a\\u0041", "a\\u0041"),
    "no text at all": ("base64", b"text", "text"),
    "a byte order mark": ("utf-8", b"\xef\xbb\xbftext", "text"),
    "zeroes": ("utf-8", b"te\x00xt", "text"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_in_any_charset(name: str) -> None:
    charset, data, expected = BODIES[name]
    head = f"From: a@b.example\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset={charset}"
    assert read_letter(raw(head, base64.encodebytes(data))).text == expected


ENCODINGS = {
    "BASE64": ("BASE64", base64.b64encode(RUSSIAN.encode()), RUSSIAN),
    "base64 without padding": ("base64", base64.b64encode(RUSSIAN.encode()).rstrip(b"="), RUSSIAN),
    "base64 with noise": ("base64", b"!" + b" ! ".join(base64.encodebytes(RUSSIAN.encode()).split(b"\n")), RUSSIAN),
    "base64, one letter too many": ("base64", b"dGV4dA" + b"==" + b"Q", "text"),
    "quoted-printable": ("Quoted-Printable ", quopri.encodestring(RUSSIAN.encode()), RUSSIAN),
    "quoted-printable, broken": ("quoted-printable", b"a =XX b =C3=BC =\nc", "a =XX b ü c"),
    "quoted-printable, lower case": ("quoted-printable", b"=d0=9a", "К"),
    "with a remark": ("quoted-printable; charset=utf-8", b"=D0=9A", "К"),
    "7-bit": ("7-bit", b"text", "text"),
    "8bit that is": ("7bit", RUSSIAN.encode(), RUSSIAN),
    "unknown": ("x-nothing", b"text", "text"),
    "empty": ("", b"text", "text"),
    "a type instead": ("text/html", b"text", "text"),
    "uuencode": ("x-uuencode", b"begin 644 a.txt\n$=&5X=```\n`\nend\n", "text"),
    "uuencode without a beginning": ("uuencode", b"$=&5X=```\n`\n", "text"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_body_in_any_transfer_encoding(name: str) -> None:
    encoding, data, expected = ENCODINGS[name]
    head = f"From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}"
    assert read_letter(raw(head, data)).text == expected


def word(text: str, charset: str = "utf-8", kind: str = "B") -> str:
    return f"=?{charset}?{kind}?{base64.b64encode(text.encode(charset)).decode()}?="


SUBJECTS = {
    "a letter cut in two": (b"=?utf-8?B?0J3QtSDQ?=\n =?utf-8?B?vNC+0LPRgw==?=", "Не могу"),
    "words in a row": (f"{word('Не ')} {word('могу')}".encode(), "Не могу"),
    "two charsets": (f"{word('Не ', 'koi8-r')} {word('могу')}".encode(), "Не могу"),
    "a language": (b"=?utf-8*ru?Q?=D0=9A?=", "К"),
    "lower case": (b"=?UTF-8?b?0Jo=?=", "К"),
    "spaces inside": (b"=?utf-8?Q?a b=D0=9A?=", "a bК"),
    "underscores": (b"=?utf-8?Q?a_b?=", "a b"),
    "japanese": (b"=?ISO-2022-JP?B?" + base64.b64encode("件名".encode("iso-2022-jp")) + b"?=", "件名"),
    "raw gb2312": ("关于验证码的问题，请帮忙".encode("gb2312"), "关于验证码的问题，请帮忙"),
    "raw utf-8": ("Не могу войти".encode(), "Не могу войти"),
    "not encoded at all": (b"=?utf-8?X?text?=", "=?utf-8?X?text?="),
    "quoted": (b'"=?utf-8?Q?=D0=9A?="', '"К"'),
    "glued": (b"Re:=?utf-8?Q?=D0=9A?=x", "Re:Кx"),
    "folded": (b"a\n  b\n\tc", "a  b c"),
    "control characters": (b"a\x00b\x07c", "ab c"),
    "emoji": ("Привет 👍".encode(), "Привет 👍"),
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_in_any_form(name: str) -> None:
    value, expected = SUBJECTS[name]
    letter = read_letter(raw(b"From: a@b.example\nSubject: " + value))
    assert " ".join(letter.subject.split()) == " ".join(expected.split())


SENDERS = {
    "a group": ("Friends: a@b.example;", "", "a@b.example", True),
    "a comment within": ("Anna (the first) <a@b.example>", "Anna", "a@b.example", True),
    "a comment alone": ("a@b.example (Anna)", "Anna", "a@b.example", True),
    "spaces": ("Anna < a@b.example >", "Anna", "a@b.example", True),
    "quotes": ("'Anna' <a@b.example>", "Anna", "a@b.example", True),
    "escapes": ('"An\\"na" <a@b.example>', "Anna", "a@b.example", True),
    "no brackets": ("Anna a@b.example", "Anna", "a@b.example", True),
    "brackets unbalanced": ("Anna <a@b.example", "Anna", "a@b.example", True),
    "twice the brackets": ("Anna <<a@b.example>>", "Anna", "a@b.example", True),
    "mailto": ("Anna <mailto:a@b.example>", "Anna", "a@b.example", True),
    "an address in the name": ('"boss@bank.example" <a@b.example>', "boss@bank.example", "a@b.example", True),
    "an encoded address": (f"{word('boss@bank.example')} <a@b.example>", "boss@bank.example", "a@b.example", True),
    "an encoded comma": (f"{word('Ковалёва, Анна')} <a@b.example>", "Ковалёва, Анна", "a@b.example", True),
    "raw 8-bit": ("Анна <a@b.example>", "Анна", "a@b.example", True),
    "an international domain": ("Анна <a@почта.рф>", "Анна", "a@почта.рф", True),
    "two": ("a@b.example, c@d.example", "", "a@b.example", False),
    "nobody": ("undisclosed", "undisclosed", "", False),
    "an empty address": ("Anna <>", "Anna", "", False),
    "no dot": ("root@localhost", "", "root@localhost", False),
}


@pytest.mark.parametrize("name", SENDERS)
def test_a_sender_in_any_form(name: str) -> None:
    value, said, address, is_one = SENDERS[name]
    letter = read_letter(raw(f"Subject: x\nFrom: {value}"))
    assert (letter.from_name, letter.from_address, letter.has_one_sender) == (said, address, is_one)


def test_without_a_sender_the_letter_names_whom_to_answer_but_proves_nothing() -> None:
    letter = read_letter(raw("Subject: x\nReply-To: Anna <a@b.example>"))
    assert (letter.from_address, letter.has_one_sender, letter.problems) == ("a@b.example", False, ("from_missing",))


def test_recipients_of_several_headers_are_all_read() -> None:
    letter = read_letter(
        raw('From: a@b.example\nTo: "B, C" <b@x.example>,\n c@x.example;\nTo: d@x.example\nCc: e@x.example')
    )
    assert [box.address for box in letter.to] == ["b@x.example", "c@x.example", "d@x.example"]
    assert [box.address for box in letter.cc] == ["e@x.example"]


HEADS: dict[str, tuple[bytes, str, str]] = {
    "line ends of Unix": (b"From: a@b.example\nSubject: s\n\ntext", "s", "text"),
    "line ends of old Macs": (b"From: a@b.example\rSubject: s\r\rtext", "s", "text"),
    "line ends mixed": (b"From: a@b.example\nSubject: s\r\n\r\ntext", "s", "text"),
    "a line of an mbox": (b"From me Mon Nov 23\r\nFrom: a@b.example\r\nSubject: s\r\n\r\ntext", "s", "text"),
    "a byte order mark": (b"\xef\xbb\xbfFrom: a@b.example\r\nSubject: s\r\n\r\ntext", "s", "text"),
    "empty lines first": (b"\r\n\r\nFrom: a@b.example\r\nSubject: s\r\n\r\ntext", "s", "text"),
    "a line that is not folded": (b"From: a@b.example\r\nX: y\r\nlost\r\nSubject: s\r\n\r\ntext", "s", "text"),
    "no empty line": (b"From: a@b.example\r\nSubject: s\r\ntext without a colon", "s", "text without a colon"),
    "spaces before the colon": (b"From : a@b.example\r\nSubject : s\r\n\r\ntext", "s", "text"),
    "no space after it": (b"From:a@b.example\r\nSubject:s\r\n\r\ntext", "s", "text"),
    "capitals": (b"FROM: a@b.example\r\nSUBJECT: s\r\nCONTENT-TYPE: TEXT/PLAIN\r\n\r\ntext", "s", "text"),
    "nothing but a header": (b"From: a@b.example\r\nSubject: s", "s", ""),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_header_block_in_any_form(name: str) -> None:
    data, subject, text = HEADS[name]
    letter = read_letter(data)
    assert (letter.from_address, letter.subject, letter.text) == ("a@b.example", subject, text)


PLAIN, PAGE = "Content-Type: text/plain\n\ntext", "Content-Type: text/html\n\n<p>page</p>"
PDF = "Content-Type: application/pdf; name=a.pdf\n\n%PDF-1.7"
SHAPES: dict[str, tuple[bytes, str, list[str]]] = {
    "a file beside": (parted(PLAIN, PDF), "text", ["a.pdf"]),
    "alternatives": (parted(PLAIN, PAGE, kind="alternative"), "text", []),
    "a page alone": (raw("From: a@b.example\nContent-Type: text/html", "<p>page</p>"), "page", []),
    "a page and a file": (parted(PAGE, PDF), "page", ["a.pdf"]),
    "text, page, text": (parted(PLAIN, PAGE, "\nend"), "text\n\nend\n\npage", []),
    "a page beside the alternatives": (
        parted("Content-Type: multipart/alternative; boundary=y\n\n--y\n" + PLAIN + "\n--y\n" + PAGE + "\n--y--", PAGE),
        "text",
        ["document.html"],
    ),
    "a text with a name": (parted(PLAIN, "Content-Type: text/plain; name=a.txt\n\nfile"), "text", ["a.txt"]),
    "a text attached": (parted(PLAIN, "Content-Disposition: attachment\n\nfile"), "text", ["document.txt"]),
    "a csv": (parted(PLAIN, "Content-Type: text/csv\n\na;b"), "text", ["file"]),
    "an invitation": (parted(PLAIN, "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:"), "text", ["calendar.ics"]),
    "a signature": (
        parted(PLAIN, "Content-Type: application/pgp-signature; name=signature.asc\n\nX", kind="signed"),
        "text",
        ["signature.asc"],
    ),
    "an empty file": (parted(PLAIN, "Content-Type: image/png; name=a.png\n"), "text", ["a.png"]),
    "a letter": (parted(PLAIN, "Content-Type: message/rfc822\n\nSubject: In/side\n\nx"), "text", ["In-side.eml"]),
    "a letter without a subject": (parted(PLAIN, "Content-Type: message/rfc822\n\nX: y\n\nx"), "text", ["letter.eml"]),
    "letters of a digest": (parted("\nSubject: One\n\nx", "\nSubject: Two\n\nx", kind="digest"), "", ["One.eml", "Two.eml"]),
    "no part": (raw("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", "text"), "text", []),
    "no boundary": (raw("From: a@b.example\nContent-Type: multipart/mixed", f"--x\n{PLAIN}\n--x--"), "text", []),
    "another boundary": (
        raw("From: a@b.example\nContent-Type: multipart/mixed; boundary=y", f"--x\n{PLAIN}\n--x\n{PDF}\n--x--"),
        "text",
        ["a.pdf"],
    ),
    "no last boundary": (
        raw("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", f"--x\n{PLAIN}\n--x\n{PDF}"),
        "text",
        ["a.pdf"],
    ),
    "no type": (raw("From: a@b.example\nContent-Type:", "text"), "text", []),
    "half a type": (raw("From: a@b.example\nContent-Type: text", "text"), "text", []),
    "an unknown text": (raw("From: a@b.example\nContent-Type: text/enriched", "text"), "text", []),
    "a file alone": (raw("From: a@b.example\nContent-Type: application/pdf", "%PDF"), "", ["file.pdf"]),
    "two of one name": (parted(PDF, PDF, PDF), "", ["a.pdf", "a1.pdf", "a2.pdf"]),
    "a picture named by its id": (
        parted(PLAIN, "Content-Type: image/png\nContent-ID: <image001.png@01D>\n\nx"),
        "text",
        ["image001.png"],
    ),
    "a picture without a name": (parted(PLAIN, "Content-Type: image/png\n\nx"), "text", ["image.png"]),
    "uuencoded within": (
        raw("From: a@b.example", "before\nbegin 644 b.bin\n$=&5X=```\n`\nend\nafter"),
        "before\n\nafter",
        ["b.bin"],
    ),
    "begin is a word": (raw("From: a@b.example", "let us\nbegin 644 times\nend"), "let us\nbegin 644 times\nend", []),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_letter_of_any_shape(name: str) -> None:
    data, text, files = SHAPES[name]
    letter = read_letter(data)
    assert (letter.text, [file.name for file in letter.attachments]) == (text, files)


def test_a_letter_is_the_same_by_every_way_it_came() -> None:
    letter = parted(PLAIN, "Content-Type: text/csv; name=a.csv\n\na;b\nc;d")
    assert read_letter(letter).fingerprint == read_letter(letter.replace(b"\r\n", b"\n")).fingerprint


FLOWED = [
    ("format=flowed", "one \ntwo\nthree", "one two\nthree"),
    ("format=flowed; delsp=yes", "one \ntwo", "onetwo"),
    ("Format=Flowed", " From here\n >no quote", "From here\n>no quote"),
    ("format=flowed", "> one \n> two\nanswer", "> one\n> two\nanswer"),
    ("format=flowed", "text\n-- \nAnna \nB", "text\n--\nAnna B"),
    ("format=fixed", "one \ntwo", "one\ntwo"),
]


@pytest.mark.parametrize(("said", "given", "expected"), FLOWED)
def test_lines_that_a_program_broke_are_one_again(said: str, given: str, expected: str) -> None:
    assert read_letter(raw(f"From: a@b.example\nContent-Type: text/plain; {said}", given)).text == expected


def an_object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHL", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*files: tuple[bytes, bytes], body: bytes = b"") -> bytes:
    """A winmail.dat as Outlook writes it."""
    out = struct.pack("<LH", 0x223E9F78, 1) + an_object(1, 0x9007, 6, struct.pack("<LL", 1251, 0))
    out += an_object(1, 0x800C, 2, body) if body else b""
    for name, content in files:
        out += (
            an_object(2, 0x9002, 6, b"\0" * 14)
            + an_object(2, 0x8010, 1, name + b"\0")
            + an_object(2, 0x800F, 6, content)
        )
    return out + b"\0" * 12


def outlook(wrapped: bytes, text: str = "") -> Letter:
    coded = base64.encodebytes(wrapped).decode()
    file = f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{coded}"
    return read_letter(parted(*([f"\n{text}"] if text else []), file))


def test_a_winmail_dat_is_opened() -> None:
    letter = outlook(winmail((b"a.pdf", b"%PDF-1.7"), ("счёт.txt".encode("cp1251"), b"text")), "see below")
    assert letter.text == "see below"
    assert [(file.name, file.content) for file in letter.attachments] == [("a.pdf", b"%PDF-1.7"), ("счёт.txt", b"text")]


def test_its_text_is_read_where_there_is_no_other() -> None:
    assert outlook(winmail(body="Привет".encode("cp1251"))).text == "Привет"
    assert outlook(winmail((b"a.pdf", b"x"), body=b"inside"), "outside").text == "outside"


@pytest.mark.parametrize(
    "broken", [b"\x78\x9f\x3e\x22", winmail((b"a.pdf", b"x"))[:30], b"\x78\x9f\x3e\x22" + b"\xff" * 1000]
)
def test_a_broken_winmail_dat_stays_a_file(broken: bytes) -> None:
    letter = outlook(broken, "text")
    assert ([file.name for file in letter.attachments], letter.problems) == (["winmail.dat"], ("tnef",))


def test_a_winmail_dat_within_another_stays_a_file() -> None:
    [file] = outlook(winmail((b"winmail.dat", winmail((b"a.pdf", b"x")))), "text").attachments
    assert file.name == "winmail.dat"


RTF = (
    rb"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial CYR;}}{\colortbl;\red0;}"
    rb"{\*\generator Riched20;}\uc1\pard\f0 Caf\'e9. \f1\'cf\'f0\'e8\'e2\'e5\'f2\f0  \u1052?\u1080?\u1088?!\par"
    rb"{\pict\bin4 }}}}\wmetafile8 0102}\u-10179?\u-8704? \{\~\}\tab{\field{\*\fldinst HYPERLINK x}{\fldrslt site}}}"
)
PUBLISHED = bytes.fromhex(  # the example of MS-OXRTFCP, as Outlook packs it
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def with_rtf(packed: bytes, *files: tuple[bytes, bytes], body: bytes = b"") -> bytes:
    """A winmail.dat whose text is compressed RTF."""
    rows = struct.pack("<LHHLL", 1, 0x0102, 0x1009, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
    head, tail = winmail(body=body)[:-12], winmail(*files)[6 + 19 :]
    return head + an_object(1, 0x9003, 6, rows) + tail


def test_what_outlook_wrote_as_rtf_only_is_read() -> None:
    letter = outlook(with_rtf(compress(RTF), (b"a.pdf", b"%PDF-1.7")))
    assert letter.text == "Café. Привет Мир!\n😀 {\xa0}\tsite".replace("\xa0", " ")
    assert ([file.name for file in letter.attachments], letter.problems) == (["a.pdf"], ())
    assert outlook(with_rtf(PUBLISHED)).text == "hello world"
    assert outlook(with_rtf(PUBLISHED, body=b"plain")).text == "plain"
    assert outlook(with_rtf(PUBLISHED), "outside").text == "outside"


@pytest.mark.parametrize("broken", [PUBLISHED[:-3], b"x" * 40, b"", compress(b"no RTF at all"), b"x" * 300_000])
def test_rtf_that_cannot_be_read_is_not_lost(broken: bytes) -> None:
    letter = outlook(with_rtf(broken, (b"a.pdf", b"%PDF-1.7")))
    names = [file.name for file in letter.attachments]
    assert (names, letter.problems) == ((["winmail.dat", "a.pdf"], ("tnef",)) if broken else (["a.pdf"], ()))


def test_parts_beyond_the_limit_are_one_file_that_can_be_opened() -> None:
    pages = [f"Content-Type: text/plain; name=p{number}.txt\n\npage {number}" for number in range(1, 520)]
    nest = "Content-Type: multipart/mixed; boundary=in\n\nfirst\n--in\nX-Odd:  a\n b\n\n\xff deep\n--in--\nlast"
    letter = read_letter(parted("\nsee below", *pages, nest))
    assert (letter.text, len(letter.attachments), letter.problems) == ("see below", 500, ("parts",))
    rest = letter.attachments[-1]
    assert (rest.name, rest.content_type) == ("rest-of-letter.eml", "message/rfc822")
    opened = read_letter(rest.content)
    assert [file.name for file in opened.attachments] == [f"p{number}.txt" for number in range(500, 520)]
    assert (opened.attachments[-1].content, opened.text) == (b"page 519", "\xff deep".replace("\xff", "ÿ"))
    assert rest.content.count(b"page ") == 20


def test_parts_deeper_than_the_limit_are_in_that_file_too() -> None:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(40))
    closing = "".join(f"\n--b{n}--\n" for n in reversed(range(40)))
    letter = read_letter(f"From: a@b.example\n{opening}Content-Type: application/pdf\n\n%PDF-1.7{closing}".encode())
    assert ([file.name for file in letter.attachments], letter.problems) == (["rest-of-letter.eml"], ("depth",))
    [file] = read_letter(letter.attachments[0].content).attachments
    assert (file.content_type, file.content) == ("application/pdf", b"%PDF-1.7")


PICTURES: list[tuple[str, dict[str, str | None]]] = [
    ("<img src='https://evil.example/t.gif'>", {"data-remote": "https://evil.example/t.gif"}),
    ("<img src=' HTTP://evil.example/t.gif'>", {"data-remote": "HTTP://evil.example/t.gif"}),
    ("<img src='//evil.example/t.gif'>", {"data-remote": "https://evil.example/t.gif"}),
    ("<img src='cid:image001.png@01D'>", {"data-cid": "image001.png@01D"}),
    ("<img src='data:image/png;base64,xx'>", {}),
    ("<img src='t.gif'>", {}),
    ("<img data-remote='https://evil.example/t.gif'>", {}),
    ("<img srcset='https://evil.example/t.gif 2x' alt=x>", {}),
]


@pytest.mark.parametrize(("given", "expected"), PICTURES)
def test_no_picture_is_fetched_by_being_shown(given: str, expected: dict[str, Any]) -> None:
    from selectolax.lexbor import LexborHTMLParser

    html = read_letter(raw("From: a@b.example\nContent-Type: text/html", f"<p>text</p>{given}")).html
    [picture] = LexborHTMLParser(html).css("img")
    assert {name: value for name, value in picture.attributes.items() if name != "alt"} == expected
    assert not {"src", "srcset"} & set(picture.attributes)


def test_history_in_the_safe_html_is_marked_and_cannot_be_forged() -> None:
    page = "<p data-history>typed</p><blockquote type=cite>old</blockquote>"
    html = read_letter(raw("From: a@b.example\nContent-Type: text/html", page)).html
    assert html.count("data-history") == 1
    assert (
        '<blockquote type="cite" data-history="">old' in html or '<blockquote data-history="" type="cite">old' in html
    )


def test_links_open_apart_and_tell_nobody_where_they_came_from() -> None:
    html = read_letter(
        raw("From: a@b.example\nContent-Type: text/html", "<a href='https://x.example' target=_top>x</a>")
    ).html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html
