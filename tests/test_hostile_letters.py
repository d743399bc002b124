"""Letters made to hurt whoever reads them: each costs less than two seconds of processor time, and says something."""

import base64
import struct
import time

import pytest
from compressed_rtf.crc32 import crc32
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import mail_mutants
from tests import test_odd_letters as odd
from tests.corpora import ABSENT, MAIL
from tests.test_letter_reading import html, raw
from tests.test_odd_letters import an_object, winmail, with_rtf
from tickets.mailboxes.reader import Reader
from tickets.rules.email import read_letter
from tickets.rules.email.letter import PROBLEMS

SENDER = b"From: a@b.example\r\n"
WORD = "=?utf-8?Q?=D0=9A?= "


def parts(one: bytes, count: int, kind: bytes = b"mixed") -> bytes:
    head = SENDER + b"Content-Type: multipart/" + kind + b"; boundary=x\r\n\r\n"
    return head + (b"--x\r\n" + one + b"\r\n") * count + b"--x--"


def nested(count: int) -> bytes:
    one = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return b"".join(one % (number, number) for number in range(count))


def tnef(wrapped: bytes) -> bytes:
    coded = base64.encodebytes(wrapped)
    return parts(b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded, 1)


def packed(data: bytes, count: int) -> bytes:
    """RTF as Outlook packs it, by hand: the library takes minutes for what is large."""
    data = data * count
    return struct.pack("<II4sI", len(data) + 12, 1_000_000, b"LZFu", crc32(data)) + data


def packed_rtf(rtf: bytes) -> bytes:
    return struct.pack("<II4sI", len(rtf) + 18, len(rtf) + 6, b"MELA", 0) + b"{\\rtf1" + rtf


FILE = b"Content-Type: application/pdf; name=a.pdf\r\n\r\nx"
HEADS = {
    "100,000 recipients": SENDER + b"To: " + b"x@y.example, " * 100_000 + b"\r\n\r\nx",
    "recipients in groups": SENDER + b"To: " + b"a:;" * 300_000 + b"\r\n\r\nx",
    "encoded words": SENDER + b"Subject: " + WORD.encode() * 55_000 + b"\r\n\r\nx",
    "encoded words in From": b"From: " + WORD.encode() * 55_000 + b"<a@b.example>\r\n\r\nx",
    "half words": SENDER + b"Subject: " + b"=?" * 500_000 + b"\r\n\r\nx",
    "open words": SENDER + b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\r\n\r\nx",
    "a word without an end": SENDER + b"Subject: =?utf-8?B?" + b"QUJD" * 250_000 + b"\r\n\r\nx",
    "200,000 headers": SENDER + b"X: y\r\n" * 200_000 + b"\r\nx",
    "a header of a megabyte": SENDER + b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nx",
    "folded endlessly": SENDER + b"Subject: x\r\n" + b" y\r\n" * 300_000 + b"\r\nx",
    "lines that are not folded": SENDER + b"lost\r\n" * 100_000 + b"Subject: s\r\n\r\nx",
    "no header at all": b"x" * 1_000_000,
    "parameters": SENDER + b"Content-Type: text/plain" + b"; a*0*=x" * 50_000 + b"\r\n\r\nx",
    "parameters in pieces": SENDER
    + b"Content-Type: text/plain"
    + b"".join(b"; name*%d=x" % number for number in range(20_000))
    + b"\r\n\r\nx",
    "semicolons": SENDER + b"Content-Type: text/plain" + b";" * 200_000 + b"\r\n\r\nx",
    "references": SENDER + b"References: " + b"<a@b> " * 200_000 + b"\r\n\r\nx",
    "open references": SENDER + b"References: " + b"<" * 500_000 + b"\r\n\r\nx",
    "a date": SENDER + b"Date: " + b"Mon, " * 100_000 + b"\r\n\r\nx",
    "quotes": raw("From: " + '"' * 100_000),
    "brackets": raw("From: " + "<" * 100_000 + "a@b.example"),
    "comments": raw("From: " + "(" * 100_000 + "a@b.example"),
    "remarks": raw("From: " + "(a) " * 50_000 + "<a@b.example>"),
    "at signs": raw("From: " + "@" * 200_000),
    "a boundary of blanks": SENDER + b"Content-Type: multipart/mixed; boundary=" + b" " * 200_000 + b"\r\n\r\n--x\r\n",
}
SHAPES = {
    "nested parts": nested(1000),
    "nested parts, deeper": nested(20_000),
    "many parts": parts(b"\r\na", 20_000),
    "files of one name": parts(FILE, 20_000),
    "boundaries alone": SENDER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 300_000,
    "boundaries that are none": SENDER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--y\r\n" * 300_000,
    "an empty boundary": SENDER + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + b"--\r\n" * 300_000,
    "letters in letters": b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "digests": parts(b"\r\nSubject: x\r\n\r\nx", 10_000, b"digest"),
    "pages": parts(b"Content-Type: text/html\r\n\r\n<p>x", 20_000),
    "uuencode": raw("From: a@b.example", b"begin 644 a\r\n" * 60_000),
    "uuencode that never ends": raw("From: a@b.example", b"begin 644 a\r\n" + b"#86)C\r\n" * 100_000),
    "uuencode of many": raw("From: a@b.example", b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n" * 30_000),
    "base64": raw("Content-Transfer-Encoding: base64\nContent-Type: text/plain", b"=" * 1_000_000),
    "base64 in pieces": raw("Content-Transfer-Encoding: base64\nContent-Type: text/plain", b"QQ==" * 300_000),
    "quoted-printable": raw("Content-Transfer-Encoding: quoted-printable", b"=\r\n" * 300_000),
    "winmail.dat of small things": tnef(winmail(*[(b"a", b"x")] * 5_000)),
    "winmail.dat of nothing": tnef(struct.pack("<LH", 0x223E9F78, 1) + an_object(1, 0x8005, 6, b"") * 200_000),
    "winmail.dat of endless rows": tnef(
        struct.pack("<LH", 0x223E9F78, 1)
        + an_object(1, 0x9004, 6, b"\xff" * 1000)
        + an_object(1, 0x9003, 6, b"\xff" * 1000)
    ),
    "RTF": tnef(with_rtf(packed_rtf(b"\\f1 a\\f2\\'ef" * 90_000))),
    "RTF of fonts": tnef(with_rtf(packed_rtf(b"{\\fonttbl" + b"\\f1\\fcharset204" * 60_000))),
    "RTF of groups": tnef(with_rtf(packed_rtf(b"{" * 1_000_000))),
    "RTF that unpacks to more": tnef(with_rtf(packed(b"\xff" + b"\x00\x1f" * 7 + b"\x05\x5f", 15_000))),
    "35 MB": parts(
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 8_500_000, 1
    ),
    "60 MB": SENDER + b"\r\n" + b"x" * 60_000_000,
}
TEXTS = {
    "attributions": raw("From: a@b.example", b"On Mon, Nov 23, 2026 at 12:05 someone\n" * 8_000),
    "dense attributions": raw("From: a@b.example", (b"1.1.2026 wrote " * 46 + b"\n") * 3000),
    "russian attributions": raw("From: a@b.example", "пн, 23 нояб. 2026 г. в 12:05, кто-то\n".encode() * 6_000),
    "russian attributions, almost": raw(
        "From: a@b.example", "12:05, пишет 1.1.2026 Лад <a@b.example> x\n".encode() * 3_000
    ),
    "attributions with colons": raw("From: a@b.example", "пн, 23 нояб. 2026 г. в 12:05, кто-то x:\n".encode() * 3_000),
    "headers of letters": raw("From: a@b.example", b"From: x\nSent: y\n" * 20_000),
    "quotes": raw("From: a@b.example", b"> x\n\ny\n\n" * 50_000),
    "deep quotes": raw("From: a@b.example", b">" * 500_000 + b"\nx"),
    "signatures": raw("From: a@b.example", b"-- \nx\n" * 50_000),
    "sent from": raw("From: a@b.example", b"Sent from my " * 50_000),
    "sent from, lines": raw("From: a@b.example", b"Sent from my phone\n" * 20_000),
    "rules": raw("From: a@b.example", b"________________\n" * 50_000),
    "spaces": raw("From: a@b.example", b" " * 500_000 + b"x"),
    "spaces between": raw("From: a@b.example", b"\n \n" * 300_000),
    "tabs": raw("From: a@b.example", b"\t" * 500_000 + b"x"),
    "one line": raw("From: a@b.example", b"wrote: 1.1.2026 <a@b.example> " * 30_000),
    "flowed": raw("From: a@b.example\nContent-Type: text/plain; format=flowed", b"a \n" * 300_000),
    "zeroes": b"\0" * 1_000_000,
    "bytes": raw("From: a@b.example", bytes(range(128, 256)) * 8_000),
    "utf-7": raw("From: a@b.example\nContent-Type: text/plain; charset=utf-7", b"+" * 1_000_000),
    "hz": raw("From: a@b.example\nContent-Type: text/plain; charset=hz", b"~{" * 500_000),
    "escapes": raw("From: a@b.example\nContent-Type: text/plain; charset=iso-2022-jp", b"\x1b$B" * 300_000),
    "utf-16": raw("From: a@b.example\nContent-Type: text/plain; charset=utf-16", b"\xd8\x00" * 500_000),
    "blank": b"",
}
PAGES = {
    "nested": html("<div>" * 100_000 + "x"),
    "nested, 500,000": html("<div>" * 500_000 + "x"),
    "nested behind attributes": html("<div a='<'>" * 100_000 + "x"),
    "nested behind what closes others": html("<div></b>" * 100_000 + "x"),
    "nested behind comments": html("<div><!--</div>-->" * 100_000 + "x"),
    "nested behind comments, fewer": html("<div><!--</div>-->" * 14_900 + "x"),
    "nested tables": html("<table><tr><td>" * 5_000 + "x"),
    "nested lists": html("<ul><li>" * 10_000 + "x"),
    "nested letters of format": html("<b><i><font>" * 20_000 + "x"),
    "open paragraphs": html("<p>x" * 14_000),
    "open tags": html("<" * 1_000_000),
    "open attributes": html("<a " * 300_000),
    "attributes": html("<p " + "a=b " * 200_000 + ">x"),
    "an open quote": html('<p a="' + "x" * 1_000_000),
    "entities": html("&amp;" * 200_000),
    "open entities": html("&" * 1_000_000),
    "comments": html("<!--" * 200_000 + "x"),
    "styles": html("<style>x</style>" * 60_000 + "x"),
    "objects": html("<object>" * 400 + "<title>x</title>" * 14_000),
    "quotes in a row": html("<blockquote type=cite>x</blockquote>" * 7_000),
    "quotes in quotes": html("<blockquote type=cite>x" * 500),
    "gmail's in a row": html("<div class=gmail_quote>x</div>" * 7_000),
    "attributions in a row": html(
        "<div>On Mon, Nov 23, 2026 at 12:05, x wrote:</div><blockquote>y</blockquote>" * 5_000
    ),
    "rules of Outlook": html("<div style='border-top:1px'>x</div>" * 7_000),
    "rules of Outlook, nested": html("<div style='border-top:1px'>" * 500 + "x" * 100_000),
    "pictures": html("<img src=https://x.example/a.gif>" * 14_000),
    "many small": html("<i>x</i>" * 14_000),
    "templates": html("<template>" * 500 + "x"),
    "foreign": html("<svg><style><g>" * 4_000 + "x"),
    "selects": html("<select><option>" * 5_000 + "x"),
    "3 MB": html("<p>x</p>" * 400_000),
}
ALL = {
    f"{kind}: {name}": letter
    for kind, table in (("head", HEADS), ("shape", SHAPES), ("text", TEXTS), ("page", PAGES))
    for name, letter in table.items()
}


@pytest.mark.parametrize("name", ALL)
def test_a_hostile_letter_costs_little(name: str) -> None:
    started = time.process_time()
    letter = read_letter(ALL[name])
    assert time.process_time() - started < 2
    assert set(letter.problems) <= set(PROBLEMS)
    if name.startswith("page: nested") and len(ALL[name]) < 2_000_000:
        assert "x" in letter.text, "what is too deep to show is still read"


def test_letters_with_bytes_changed_at_random_are_read() -> None:
    if not MAIL.is_dir():
        pytest.skip(ABSENT)
    letters, found = mail_mutants.originals(), mail_mutants.Found()
    with mail_mutants.stopping():
        for number in range(2000):
            mail_mutants.read_one(mail_mutants.mutant(letters, 2026, number), number, found)
    assert (found.read, found.raised, found.slow, found.unlike) == (2000, [], [], [])


HEAD = b"From: a@b.example\r\nContent-Type: "
KINDS = [b"text/plain", b"text/html; charset=koi8-r", b"multipart/mixed; boundary=x", b"application/ms-tnef", b""]


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), rest=st.binary(max_size=400), body=st.binary(max_size=2000))
def test_the_same_bytes_are_the_same_letter(kind: bytes, rest: bytes, body: bytes) -> None:
    raw_ = HEAD + kind + b"\r\n" + rest + b"\r\n\r\n" + body
    assert read_letter(raw_) == read_letter(raw_)


def test_the_child_hands_over_what_was_read() -> None:
    reader = Reader()
    try:
        for data in [shape[0] for shape in odd.SHAPES.values()] + [
            PAGES["quotes in quotes"],
            HEADS["100,000 recipients"],
        ]:
            assert reader.read_letter(data) == read_letter(data)
    finally:
        reader.stop()
