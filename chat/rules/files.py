"""Which files are taken, and how their names are cleaned. Type is decided by content, never by what was claimed."""

import io
import re
import unicodedata
import zipfile
from datetime import timedelta

SIZE_LIMIT = 10 * 1024 * 1024
NAME_LIMIT = 120
BYTES_LIMIT = 240  # file systems keep names of up to 255 bytes
EXTENSION_LIMIT = 12
RESERVED = re.compile(
    r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]", re.IGNORECASE
)  # no files on Windows, whatever follows
DAY_QUOTA = 60  # files a person may upload a day
UNPOSTED_TIME = timedelta(days=1)  # how long a file waits for the message that will carry it

IMAGE_TYPES = {"jpg", "png", "webp", "heic"}
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
EXTENSIONS = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def clean_name(name: str) -> str:
    """The name for display: no path, no control, direction or invisible characters, of bearable length."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    visible = "".join(" " if char.isspace() else char for char in last if unicodedata.category(char)[0] != "C")
    tidy = re.sub(r'[<>:"|?*]+', "_", re.sub(r" +", " ", visible)).strip(" .")
    stem, dot, extension = tidy.rpartition(".")
    if not dot or len(extension) > EXTENSION_LIMIT:
        stem, dot, extension = tidy, "", ""
    if RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return (
        _shortened(stem, NAME_LIMIT - len(dot + extension), BYTES_LIMIT - len((dot + extension).encode()))
        + dot
        + extension
    )


def _shortened(text: str, letters: int, size: int) -> str:
    """As much of the beginning as may be kept, without half a character at the end."""
    return text[:letters].encode()[:size].decode(errors="ignore").rstrip(" .")


def kind_by_name(name: str) -> str | None:
    """The kind the extension promises, if it is one that is taken."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = EXTENSIONS.get(extension, extension)
    return kind if kind in CONTENT_TYPES else None


def kind_by_content(content: bytes) -> str | None:
    """The kind the bytes are, if it is one that is taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "heic"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return "txt" if _is_plain_text(content) else None


def _office_kind(content: bytes) -> str | None:
    """Look into the archive's list only; nothing is unpacked. Macros are not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:5000])
            first = archive.infolist()[0] if names else None
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    for kind, part in OFFICE_PARTS.items():
        if part in names and "[Content_Types].xml" in names:
            return kind
    is_text = first is not None and first.filename == "mimetype" and "content.xml" in names
    return "odt" if is_text and CONTENT_TYPES["odt"].encode() in content[:200] else None


def _is_plain_text(content: bytes) -> bool:
    """Readable text that no browser would take for a page."""
    if b"\0" in content or any(byte < 32 and byte not in (9, 10, 12, 13) for byte in set(content)):
        return False
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.match(r"\s*<(!doctype|html|head|body|script|svg|\?xml|!--)", text, re.IGNORECASE)
    return False
