"""The text of a letter that Outlook wrote as RTF only. In time that grows with its length, whatever it holds."""

import codecs
import re

PACKED = 256 * 1024  # bytes of compressed RTF
SIZE = 1024 * 1024  # bytes of RTF that are read

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<code>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n\\]"
)
_WORDS = {
    **dict.fromkeys(("par", "line", "sect", "page", "row"), "\n"),
    **{"tab": "\t", "cell": "\t", "emdash": "—", "endash": "–", "bullet": "•"},
    **{"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
}
_SIGNS = {"\\": "\\", "{": "{", "}": "}", "~": "\xa0", "_": "‑", "\n": "\n", "\r": "\n"}
_ASIDE = {
    *("fonttbl", "colortbl", "stylesheet", "listtable", "info", "pict", "object", "header", "headerl", "headerr"),
    *("headerf", "footer", "footerl", "footerr", "footerf", "xe", "tc", "fldinst", "datafield"),
}  # groups that are not the text
_CHARSETS = {
    **{0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258},
    **{177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 255: 437},
}  # of fonts, as code pages


def text_of_packed(packed: bytes) -> str:
    """The text of what stands compressed in winmail.dat; raises ValueError when it cannot be read."""
    from compressed_rtf import decompress  # only for the letters that have it

    if not 16 <= len(packed) <= PACKED:
        raise ValueError("the RTF is too large, or empty")
    try:
        rtf = decompress(packed + b"\0")
    except Exception as error:  # that is what the library raises
        raise ValueError("the RTF cannot be unpacked") from error
    if not rtf.lstrip().startswith(b"{\\rtf") or len(rtf) > SIZE:
        raise ValueError("no RTF, or too much")
    return text_of(rtf)


def text_of(rtf: bytes) -> str:
    """What a person reads in it. Never raises."""
    return _Reading(rtf).text()


class _Reading:
    """How far a text was read, and how its next bytes are to be understood."""

    def __init__(self, rtf: bytes) -> None:
        self.rtf = rtf
        self.out: list[str] = []
        self.bytes = bytearray()  # of the text, in the code page of the font
        self.codepage = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = self.default_font = -1
        self.is_aside = False
        self.substitutes = 1  # bytes that follow a Unicode character, for those who do not know it
        self.skipped = 0
        self.groups: list[tuple[int, bool, int]] = []

    def text(self) -> str:
        position = 0
        while found := _TOKEN.match(self.rtf, position):
            position = found.end()
            if found["text"] is not None:
                self.say(found["text"])
            elif found["code"] is not None:
                self.say(bytes.fromhex(found["code"].decode()))
            elif found["word"] is not None:
                word, number = found["word"].decode(), int(found["number"] or -1)
                position += max(number, 0) if word == "bin" else 0
                self.obey(word, number, is_given=found["number"] is not None)
            else:
                self.mark(found["sign"], found["brace"])
        self.decode()
        joined = "".join(self.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return joined.replace("\0", "").strip()

    def say(self, said: bytes) -> None:
        skipped = min(self.skipped, len(said))
        self.skipped -= skipped
        if not self.is_aside:
            self.bytes += said[skipped:]

    def add(self, text: str) -> None:
        self.decode()
        if not self.is_aside:
            self.out.append(text)

    def decode(self) -> None:
        if self.bytes:
            self.out.append(self.bytes.decode(self.fonts.get(self.font, self.codepage), "replace"))
            self.bytes.clear()

    def mark(self, sign: bytes | None, brace: bytes | None) -> None:
        self.skipped = 0
        if brace == b"{":
            self.groups.append((self.font, self.is_aside, self.substitutes))
        elif brace == b"}" and self.groups:
            self.decode()
            self.font, self.is_aside, self.substitutes = self.groups.pop()
        elif sign == b"*":
            self.is_aside = True
        elif sign is not None and (meant := _SIGNS.get(sign.decode("latin-1"))):
            self.add(meant)

    def obey(self, word: str, number: int, *, is_given: bool) -> None:
        self.skipped = 0
        if word in _WORDS:
            self.add(_WORDS[word])
        elif word == "u" and is_given:
            self.add(chr(number % 0x10000))
            self.skipped = self.substitutes
        elif word == "uc":
            self.substitutes = min(max(number, 0), 9)
        elif word in _ASIDE:
            self.decode()
            self.is_aside = True
        elif word == "ansicpg":
            self.codepage = _known(number) or self.codepage
        else:
            self.choose_font(word, number)

    def choose_font(self, word: str, number: int) -> None:
        if word == "fcharset":
            if codepage := _known(_CHARSETS.get(number, 0)):
                self.fonts[self.font] = codepage
        elif word in {"f", "plain", "deff"}:
            self.decode()
            self.default_font = number if word == "deff" else self.default_font
            self.font = number if word == "f" else self.default_font


def _known(codepage: int) -> str:
    """The name of a code page; empty when there is none of that number."""
    name = "utf-8" if codepage == 65001 else {10000: "mac_roman", 1361: "johab"}.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name if codepage > 0 else ""
    except LookupError:
        return ""
