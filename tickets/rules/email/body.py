"""Bodies: the texts of a letter put together, what was newly written apart from the whole. Never raises."""

import re
from dataclasses import dataclass

from tickets.rules.email.charset import codec_of, decode
from tickets.rules.email.headers import parameters
from tickets.rules.email.html import SIZE, is_monstrous, read_page, stripped_of_tags
from tickets.rules.email.tree import Part

TEXT_KEPT = 1024 * 1024  # characters
ALTERNATIVE = "multipart/alternative"


@dataclass(frozen=True, kw_only=True)
class Body:
    """What was written: as text, the same without history that HTML marks as quoted, and HTML safe to show."""

    text: str
    new_text: str
    html: str
    problems: tuple[str, ...] = ()


def text_of_part(part: Part) -> str:
    """The text of a text part in its charset, an HTML part's own ``<meta charset>`` as the last word."""
    said = parameters(part.header("content-type"))
    charset = said.get("charset", "")
    if part.content_type == "text/html" and not codec_of(charset):
        found = re.search(rb"charset\s*=\s*[\"']?([\w-]{1,40})", part.body[:2000], re.I)
        charset = found[1].decode("ascii") if found else charset
    text = decode(part.body[: 4 * SIZE], charset)[:SIZE]
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if said.get("format", "").lower() == "flowed":
        return unflowed(text, is_spaceless=said.get("delsp", "").lower() == "yes")
    return text


def unflowed(text: str, *, is_spaceless: bool) -> str:
    """Lines that a program broke to fit are one again; quoted ones stay as they are, and so does the signature's."""
    lines: list[list[str]] = []
    goes_on = False
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") else line
        ends = line.endswith(" ") and line != "-- " and not line.startswith(">")
        piece = line[:-1] if ends and is_spaceless else line
        if goes_on and not line.startswith(">"):
            lines[-1].append(piece)
        else:
            lines.append([piece])
        goes_on = ends
    return "\n".join("".join(pieces) for pieces in lines)


def read_body(parts: list[Part]) -> Body:
    """Put the written parts of a letter together; of alternatives the plain text is the text, the HTML is shown."""
    texts = [text_of_part(part) for part in parts]
    html = "<br>".join(text for text, part in zip(texts, parts, strict=True) if part.content_type == "text/html")
    plains = [(text, part) for text, part in zip(texts, parts, strict=True) if part.content_type != "text/html"]
    plain = _joined([text for text, _ in plains])
    if not html.strip():
        return Body(text=plain, new_text=plain, html="")
    if is_monstrous(html):
        text = plain or tidy(stripped_of_tags(html))
        return Body(text=text, new_text=text, html="", problems=("html",))
    page = read_page(html)
    alternative = any(ALTERNATIVE in part.parents for part in parts if part.content_type == "text/html")
    beside = _joined([text for text, part in plains if not (alternative and ALTERNATIVE in part.parents)])
    whole = plain if alternative and plain else _joined([plain, page.text])
    new = _joined([beside, page.new_text]) if not alternative else _joined([page.new_text, beside])
    problems = () if page.safe or not page.text.strip() else ("html",)
    return Body(text=whole, new_text=new or plain, html=page.safe, problems=problems)


def _joined(texts: list[str]) -> str:
    return tidy("\n\n".join(text.strip("\n") for text in texts if text.strip()))


def tidy(text: str) -> str:
    """Trim line ends and runs of empty lines; keep what people wrote."""
    text = text.replace("\u00a0", " ").replace("\0", "")[:TEXT_KEPT]
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    text = re.sub(r"\n +(?=\S)", "\n", text) if "\n " in text and "\n  " not in text else text
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").rstrip()
