"""Bytes to text, whatever the letter claims about them. Never raises."""

import codecs
import functools
import re
import unicodedata

ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-gb2312": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "koi8": "koi8-r",
    "cp-850": "cp850",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "unknown-8bit": "",
    "x-unknown": "",
    "default": "",
    "8bit": "",
    "none": "",
    "ansi": "cp1252",
    "unicode-1-1-utf-8": "utf-8",
    "big5": "big5hkscs",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "us-ascii": "ascii",
    "ansi_x3.110-1983": "cp1252",
}
REFUSED = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "unicode-escape"}
LOOKED_AT = 65536  # bytes shown to the detector


def _stray_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("stray-byte", _stray_byte)


@functools.lru_cache(maxsize=256)
def codec_of(declared: str) -> str:
    """The codec for a charset name as letters spell it; empty when there is none that is safe to use."""
    name = declared[:60].strip().strip("\"'").lower().split("*")[0]
    plain = re.sub(r"^(?:x-|cs)", "", name).replace("windows-cp", "cp")
    for each in dict.fromkeys((name, plain, re.sub(r"^(?:windows|win|cp)[-_ ]?(?=\d)", "cp", plain))):
        each = ALIASES.get(each, each)
        if each and each not in REFUSED and re.fullmatch(r"[a-z0-9_.:\-]{1,40}", each) and (codec := _known(each)):
            return ALIASES.get(codec, codec)
    return ""


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return found.name if getattr(found, "_is_text_encoding", False) and found.name not in REFUSED else ""


def decode(raw: bytes, declared: str = "") -> str:
    """Text of ``raw``: as declared when that fits, else as UTF-8, else as detected, else byte by byte."""
    text = _decoded(raw, declared)
    if codec_of(declared) == "cp1258":
        return unicodedata.normalize("NFC", text)  # Vietnamese bytes carry accents apart from their letters
    return text if text.isascii() else text.encode("utf-8", "replace").decode()  # no halves of surrogate pairs


def _decoded(raw: bytes, declared: str) -> str:
    codec = codec_of(declared)
    for candidate in dict.fromkeys((codec, "utf-8")):
        if candidate and (text := _strictly(raw, candidate)) is not None:
            return text
    if _is_mostly_utf8(raw[:LOOKED_AT]) or (codec == "utf-8" and not raw.decode("utf-8", "ignore").isascii()):
        return raw.decode("utf-8", "stray-byte")
    guess = codec_of(detect(raw))
    if guess and (text := _strictly(raw, guess)) is not None:
        return text
    return _leniently(raw, codec or guess or "utf-8")


_ASCII = bytes(range(128))
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _is_mostly_utf8(raw: bytes) -> bool:
    """More letters of UTF-8 than bytes that are none: text glued together, or damaged on the way."""
    rest, letters = _UTF8.subn(b"", raw)
    return letters > len(rest.translate(None, _ASCII))


def detect(raw: bytes) -> str:
    """The most likely charset by the bytes alone."""
    import chardet  # with its tables, and only for a letter that does not say

    return chardet.detect(raw[:LOOKED_AT]).get("encoding") or ""


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except (UnicodeError, ValueError):
        return None
    return None if codec.startswith("iso2022") and "\x1b" in text else text


def _leniently(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec, "stray-byte")
    except (UnicodeError, ValueError):
        return raw.decode("cp1252", "replace")
