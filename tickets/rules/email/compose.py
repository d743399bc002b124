"""An answer as a letter: threaded, signed, and impossible to inject headers into."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from html import escape
from typing import Any

from tickets.rules.email.classify import INSTANCE
from tickets.rules.email.tokens import sign

REFERENCES = 20
MISSING = "@missing.local"  # ends the id we give a letter that came without one


class Injected(ValueError):
    """A header value carries a line break."""


def answerable(message_id: str) -> str:
    """The id an answer may refer to: empty for a letter that came without one."""
    return "" if message_id.endswith(MISSING) else message_id


@dataclass(frozen=True, kw_only=True)
class File:
    """What goes along: a name, a type, the bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything an outgoing letter is made of; ``message_id``, ``in_reply_to``, ``references`` without brackets."""

    from_name: str
    from_address: str
    to_name: str
    to_address: str
    reply_to: str
    subject: str
    body: str
    message_id: str
    sent_at: datetime
    cc: Sequence[str] = ()
    signature: str = ""
    quote: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    is_automatic: bool = False
    files: Sequence[File] = field(default=())


class _Policy(EmailPolicy):
    """Folds long words of other alphabets with ``Header``: Python's newer folding loses the space between two parts."""

    def fold(self, name: str, value: Any) -> str:
        if str(value).isascii() or not (name == "Subject" or hasattr(value, "addresses")):
            return super().fold(name, value)
        people = [self._person(one) for one in getattr(value, "addresses", ())]
        return f"{name}: {f',{self.linesep} '.join(people) or self._words(str(value), len(name))}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")

    def _person(self, one: Address) -> str:
        return (
            str(one)
            if one.display_name.isascii()
            else f"{self._words(one.display_name)}{self.linesep} <{one.addr_spec}>"
        )

    def _words(self, text: str, taken: int = 10) -> str:
        return Header(text, "utf-8", header_name="x" * taken, maxlinelen=76).encode(linesep=self.linesep)


def compose(draft: Draft, *, key: str) -> EmailMessage:
    """The letter as it leaves. The same draft always gives the same headers, so a retry is the same letter."""
    letter = EmailMessage(policy=_Policy(linesep="\r\n", max_line_length=78))
    letter["From"] = _mailbox(draft.from_name, draft.from_address)
    letter["To"] = _mailbox(draft.to_name, draft.to_address)
    if draft.cc:
        letter["Cc"] = [_mailbox("", each) for each in draft.cc]
    letter["Reply-To"] = _mailbox(draft.from_name, draft.reply_to)
    letter["Subject"] = one_line(draft.subject)
    letter["Date"] = draft.sent_at
    letter["Message-ID"] = f"<{one_line(draft.message_id)}>"
    if draft.in_reply_to:
        letter["In-Reply-To"] = f"<{one_line(draft.in_reply_to)}>"
    ids = references(draft.references, own=draft.message_id)
    letter["References"] = " ".join(f"<{one_line(each)}>" for each in ids)
    letter[INSTANCE.title()] = sign(key, "instance", draft.message_id)
    if draft.is_automatic:
        letter["Auto-Submitted"] = "auto-replied"
        letter["X-Auto-Response-Suppress"] = "All"
    text = as_text(draft)
    letter.set_content(text, cte="quoted-printable" if text.isascii() else "base64")
    letter.add_alternative(as_html(draft), subtype="html", cte="base64")
    for file in draft.files:
        maintype, _, subtype = file.content_type.partition("/")
        letter.add_attachment(
            file.content, maintype=maintype, subtype=subtype or "octet-stream", filename=one_line(file.name)
        )
    _fix_boundaries(letter, draft.message_id)
    return letter


def one_line(value: str) -> str:
    """The value, refused when it could start another header."""
    if any(char in value for char in "\r\n\0\v\f\x85\u2028\u2029"):
        raise Injected("a header value must be one line")
    return value


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=one_line(name), addr_spec=one_line(address))


def references(ids: Sequence[str], *, own: str) -> list[str]:
    """The letter's own id, then the first and the last nineteen of the exchange, each once.

    Its own comes first because some providers send the letter under another Message-ID: whoever answers that one still
    names ours.
    """
    unique = [each for each in dict.fromkeys(ids) if each and each != own and each.isascii() and len(each) < 900]
    chosen = unique if len(unique) <= REFERENCES else [unique[0], *unique[-(REFERENCES - 1) :]]
    return [own, *chosen]


def aliases_of(said: str, *, host: str) -> list[str]:
    """Under which ids a provider sends a letter it took with these words, as far as it is known to rename letters."""
    region = re.match(r"email-smtp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com$", host, re.I)
    found = re.match(r"\s*(?:ok\s+)?([0-9a-f-]{30,80})\s*$", said, re.I)
    if not region or not found:
        return []
    return [f"{found[1]}@{region[1].lower()}.amazonses.com", f"{found[1]}@email.amazonses.com"]


def answer_subject(subject: str) -> str:
    """``Re: …`` once, in one line, whatever came before."""
    plain = " ".join(subject.split())
    return plain if plain.lower().startswith(("re:", "ответ:", "отв:")) else f"Re: {plain}".strip()


def as_text(draft: Draft) -> str:
    """The answer, the signature, and what it answers one level below the line."""
    signature = f"\n\n-- \n{draft.signature}" if draft.signature else ""
    line, who, quoted = _quote_of(draft)
    below = "\n".join(f"> {each}".rstrip() for each in quoted.splitlines())
    quote = f"\n\n{line}\n\n{who}\n{below}" if draft.quote else ""
    return f"{draft.body}{signature}{quote}\n"


def as_html(draft: Draft) -> str:
    """The same for programs that show HTML; everything is text that was escaped."""
    signature = f"<p>-- <br>{_lines(draft.signature)}</p>" if draft.signature else ""
    line, who, quoted = _quote_of(draft)
    quote = f"<p>{_lines(line)}</p><p>{_lines(who)}</p><blockquote>{_paragraphs(quoted)}</blockquote>" if line else ""
    return f"<!doctype html><html><body>{_paragraphs(draft.body)}{signature}{quote}</body></html>\n"


def _quote_of(draft: Draft) -> tuple[str, str, str]:
    """The line to write above, who wrote when, and what they wrote."""
    line, _, rest = draft.quote.partition("\n")
    who, _, quoted = rest.partition("\n")
    return line, who, quoted


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_lines(each)}</p>" for each in text.split("\n\n"))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _fix_boundaries(letter: EmailMessage, message_id: str) -> None:
    """Boundaries from the Message-ID, so that a retry repeats the letter byte by byte."""
    stem = message_id.partition("@")[0].replace(".", "-")
    for number, part in enumerate(letter.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{stem}-{number}")
