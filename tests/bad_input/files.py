"""Hostile uploads: each is a name, its bytes, and what it is meant to do to a desk that trusts it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
JS = b"=1;alert(document.domain)//"


@dataclass(frozen=True, slots=True)
class Upload:
    kind: str
    name: str
    content: bytes


@cache
def picture(format_: str, size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format_)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes, extra: bytes = b"", depth: int = 8, colour: int = 0) -> bytes:
    """A PNG that says of itself what it likes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def archive(*parts: tuple[str, bytes], stored: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as built:
        for name, content in parts:
            built.writestr(name, content)
    return out.getvalue()


DOCX = (("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"))


def polyglots(random: Random) -> Iterator[Upload]:
    """Two kinds in one file: what one program takes for a picture another takes for a page or a script."""
    tails = {"html": HTML, "svg": SVG, "php": b"<?php system($_GET[0]); ?>", "zip": archive(("a.html", HTML)), "js": JS}
    for format_, name in (("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")):
        for kind, tail in tails.items():
            yield Upload(f"{format_} and {kind}", name, picture(format_) + tail)
            yield Upload(f"{kind} and {format_}", name, tail + picture(format_))
    gif = b"GIF89a" + JS + b"\0" * 20
    yield from (Upload("GIF and JS", name, gif) for name in ("a.gif", "a.js", "a.jpg", "a.png", "a.gif.jpg"))
    for lead in (b"%PDF-1.4\n", b"%PDF-1.7 <html>", HTML + b"\n%PDF-1.4\n", b"\n" * 900 + b"%PDF-1.4"):
        yield Upload("PDF and HTML", "a.pdf", lead + b"1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>" + HTML)
    comment = picture("JPEG")[:2] + b"\xff\xfe" + struct.pack(">H", len(HTML) + 2) + HTML + picture("JPEG")[2:]
    yield Upload("HTML in a JPEG's comment", "a.jpg", comment)
    yield Upload("HTML in a PNG's text", "a.png", png(1, 1, b"\0\0", chunk(b"tEXt", b"Comment\0" + HTML)))


def pages(random: Random) -> Iterator[Upload]:
    """What a browser would run, under every name that is taken and some that are not."""
    contents = (HTML, SVG, b"\xef\xbb\xbf" + HTML, b"  \n" + HTML, b"<?xml version='1.0'?>" + SVG, b"<!--x-->" + HTML)
    wide = tuple(text.decode().encode(code) for text in (HTML, SVG) for code in ("utf-16", "utf-16-le", "utf-7"))
    for name in (
        "jpg",
        "png",
        "webp",
        "heic",
        "pdf",
        "txt",
        "docx",
        "xlsx",
        "odt",
        "html",
        "svg",
        "xhtml",
        "htm",
        "mht",
    ):
        yield from (Upload("page or script", f"a.{name}", content) for content in (*contents, *wide))


def bombs(random: Random) -> Iterator[Upload]:
    """Small on the wire, large in memory."""
    yield Upload("PNG of 50,000 × 50,000", "a.png", png(50_000, 50_000, b"\0" * 100_000, depth=1))
    yield Upload("PNG of 2^31 pixels a side", "a.png", png(2**31 - 1, 2**31 - 1, b"\0"))
    yield Upload("PNG of 6,300 × 6,300 truly", "a.png", png(6_300, 6_300, (b"\0" + b"\0" * 6_300) * 6_300))
    yield Upload("PNG of 0 pixels", "a.png", png(0, 0, b""))
    yield Upload("PNG with more rows than it says", "a.png", png(1, 1, b"\0" * 50_000_000))
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 50_000_000, 9))
    yield Upload("PNG with 50 MB of text", "a.png", png(1, 1, b"\0\0", text))
    yield Upload(
        "PNG with 50 MB of colour profile", "a.png", png(1, 1, b"\0\0", chunk(b"iCCP", b"a\0\0" + text[20:-4]))
    )
    frame = b"\x2c" + b"\0" * 4 + b"\x01\0\x01\0\0\x02\x02D\x01\0"
    gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 100_000 + b";"
    yield from (Upload("GIF of 100,000 frames", name, gif) for name in ("a.gif", "a.png", "a.webp"))
    frames = chunk(b"acTL", struct.pack(">II", 100_000, 0)) + chunk(b"fcTL", b"\0" * 26) * 20_000
    yield Upload("APNG of 20,000 frames", "a.png", png(1, 1, b"\0\0", frames))
    zeros = b"\0" * 9_000_000
    yield Upload("zip bomb", "a.docx", archive(*DOCX, *((f"word/{n}.xml", zeros) for n in range(20))))
    inner = archive(*((f"{n}.xml", zeros) for n in range(5)))
    yield Upload("zip in zip in zip", "a.docx", archive(*DOCX, ("word/x.zip", archive(("y.zip", inner)))))
    yield Upload("archive of 30,000 parts", "a.xlsx", archive(*((f"{n}", b"") for n in range(30_000)), stored=True))
    yield Upload("overlapping archive", "a.docx", overlapping(archive(*DOCX, ("word/big.xml", zeros))))
    yield Upload(
        "JPEG of 65,500 × 65,500", "a.jpg", picture("JPEG").replace(b"\0\x08\0\x08\x03", b"\xff\xdc\xff\xdc\x03", 1)
    )


def overlapping(content: bytes) -> bytes:
    """The same part listed a thousand times."""
    start = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry, tail = content[start:end], content[end:]
    listed = entry * 1_000
    first = content.index(b"PK\x01\x02")
    counts = struct.pack("<HHII", 1_000, 1_000, len(listed), first)
    return content[:first] + listed + tail[:8] + counts + tail[20:]


def offices(random: Random) -> Iterator[Upload]:
    """Documents with more inside than text."""
    for part in ("word/vbaProject.bin", "word/VBAPROJECT.BIN", "xl/vbaProject.bin", "word/sub/vbaproject.bin"):
        yield Upload("document with macros", "a.docx", archive(*DOCX, (part, b"\xd0\xcf\x11\xe0")))
    for part in ("../../../etc/cron.d/x", "/etc/passwd", "C:\\x.exe", "word/../../x", "a\0b", "word/embeddings/a.exe"):
        yield Upload("document with a path out", "a.docx", archive(*DOCX, (part, b"x")))
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">' + b'<!ENTITY b "&a;&a;">' * 9 + b"]><x>&b;</x>"
    yield Upload(
        "document with entities", "a.docx", archive(("[Content_Types].xml", entity), ("word/document.xml", entity))
    )
    yield Upload("old document", "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
    yield Upload("archive under a document's name", "a.docx", archive(("run.exe", b"MZ")))
    yield Upload("program under a document's name", "a.odt", b"PK\x03\x04" + b"MZ" * 500)
    yield Upload("page behind an archive's first bytes", "a.odt", b"PK\x03\x04" + HTML)


def broken_pictures(random: Random) -> Iterator[Upload]:
    """Pictures cut short or with some bytes turned."""
    for format_, name in (("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")):
        whole = picture(format_, (64, 64))
        for _ in range(4):
            yield Upload("truncated picture", name, whole[: random.randrange(12, len(whole))])
            turned = bytearray(whole)
            for _ in range(random.randrange(1, 12)):
                turned[random.randrange(12, len(turned))] = random.randrange(256)
            yield Upload("damaged picture", name, bytes(turned))


def exif_bombs(random: Random) -> Iterator[Upload]:
    """Metadata that lies, loops or is large."""
    loop = b"Exif\0\0II*\0\x08\0\0\0" + b"\xff\xff" + (b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" * 3_000)
    large = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\xff\xff\xff\xff\0\0\0\x1a\0\0\0\0" + b"x" * 60_000
    for data in (
        loop[:65_000],
        large,
        b"Exif\0\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"http://ns.adobe.com/xap/1.0/\0" + HTML,
    ):
        segment = b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
        jpeg = picture("JPEG")
        yield Upload("lying metadata", "a.jpg", jpeg[:2] + segment + jpeg[2:])
        yield Upload("a hundred times metadata", "a.jpg", jpeg[:2] + segment * 100 + jpeg[2:])


NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\boot.ini", "....//....//a",
    "%2e%2e%2fa", "a/../b", "\u202egpj.exe", "photo\u202egnp", "a\u200b\u200c\u200d\u2060\ufeff",
    "\u2066a\u2069", "x" * 300, "я" * 300, "💣" * 200, "a\r\nContent-Type: text/html\r\n\r\n<b>",
    "a\r\nSet-Cookie: x=1", "a\nb", "a\0.html", "\0", "a\x1b[31m", "a\x7f", "CON", "con.txt", "NUL", "aux.jpg",
    "COM1.txt", "LPT9", "a.html", "a.php", "a.svg", "a.exe", "a.pdf.exe", "a.jpg.html", ".htaccess", "a.", "a ",
    " a", "...", "", " ", '"; filename="a.html', "a';b", "<img src=x>", "=1+1", "@SUM(1)", "a%0d%0ab",
    "a*?|<>:b", "a\u2028b", "ａ．ｈｔｍｌ", "a\u0301" * 90, "~", "-rf", "$(id)", "`id`", "{{7*7}}", "\ufffe\uffff",
    "a;b=c,d",
)  # fmt: skip


def names(random: Random) -> Iterator[Upload]:
    """A good picture, document or text under every bad name."""
    contents = (("pdf", b"%PDF-1.4 x"), ("txt", "текст".encode()), ("html", HTML), ("docx", archive(*DOCX)))
    for number, name in enumerate(NAMES):
        yield from (Upload("name", f"{name}.{kind}", content) for kind, content in contents)
        yield (
            Upload("name", f"{name}.jpg", picture("JPEG")) if number % 10 == 0 else Upload("name", name, b"%PDF-1.4 x")
        )


FAMILIES: tuple[Callable[[Random], Iterator[Upload]], ...] = (
    polyglots, pages, bombs, offices, broken_pictures, exif_bombs, names,
)  # fmt: skip


def hostile(seed: int, times: int = 1) -> Iterator[Upload]:
    """Every family; what is random in them comes anew each time."""
    for number in range(times):
        random = Random(seed + number)
        for family in FAMILIES if number == 0 else (broken_pictures,):
            yield from family(random)
