"""What a person wrote, apart from quoted history and signature. Nothing is deleted: the rest is kept as ``trimmed``.

One rule over everything: a word that may have been typed is never folded away. Text below a ``>`` quote is an answer
between the lines, so only what comes after the last typed word goes.
"""

import re
from dataclasses import dataclass
from itertools import islice

from tickets.rules.email.attribution import LINES as ATTRIBUTED
from tickets.rules.email.attribution import attribution_at, may_begin, says_who

SIZE = 200 * 1024
LINES = 3000
CANDIDATES = 500  # lines that may begin an attribution; what lies below the last of them is shown

_SEPARATOR = re.compile(
    r"^\W{0,3}[-_*=]{2,}\s*(?:original message|original-nachricht|ursprüngliche nachricht|ursprungliche nachricht|"
    r"исходное сообщение|оригинальное сообщение|ursprungligt meddelande|mensaje original|message d'origine|"
    r"messaggio originale|mensagem original|wiadomość oryginalna|oorspronkelijk bericht|reply message|"
    r"конец исходного|reply above this line|original appointment).{0,60}$",
    re.I,
)
_ABOVE = re.compile(r"^\W*(?:please )?(?:reply above this line|ответьте выше этой (?:строки|линии)).{0,100}$", re.I)
_FORWARDED = re.compile(
    r"^\W{0,20}(?:forwarded message|begin forwarded message|weitergeleitete nachricht|message transféré|"
    r"пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|начало переадресованного сообщения|"
    r"перенаправленное сообщение|переслане повідомлення)\W{0,20}$",
    re.I,
)
_INITIALS = re.compile(r"^[A-ZА-ЯЁ]{1,3}>(?:\s|$)")  # "AK> as some programs quote"
_HEADER = re.compile(
    r"^[\s>*|]{0,4}\*?(?P<name>from|de|von|van|da|från|fra|od|от|від|sent|date|datum|data|fecha|gesendet|verzonden|"
    r"skickat|enviado|envoyé|inviato|wysłano|отправлено|дата|відправлено|to|an|à|a|aan|till|para|do|кому|cc|копия|"
    r"reply-to|risposta|odpowiedz do|subject|betreff|onderwerp|ämne|asunto|assunto|objet|oggetto|temat|тема)"
    r"\s?:\*?\s*(?P<value>.*)$",
    re.I,
)
_FROM = {"from", "de", "von", "van", "da", "från", "fra", "od", "от", "від"}
_RULE = re.compile(r"^\s*[-_*=~#—–]{2,}\s*$")
_DELIMITER = re.compile(r"^\s*(?:[-–—_*#~=+]{2,}|[-–—])\s*$")
_SIGNATURE = re.compile(r"^(?:--|__)\s*$")
_SHORT_SIGNATURE = re.compile(r"^[—–]\s*$")  # people also write it between two thoughts
_SIGNED = re.compile(r"^-\s?[A-ZА-ЯЁ][a-zа-яё]+(?: [A-ZА-ЯЁ][a-zа-яё]+){1,2}$")
_FOOTER = re.compile(r"mailing list|список рассылки", re.I)
_NO_DEVICE = (
    r"sent from (?:my (?:card|account|bank)|my .{0,60}\b(?:is|are|was|but)\b|"
    r"(?:a|the) (?!.{0,40}\b(?:phone|mobile|device|tablet|computer|pc|mac)\b))"
)
_SENT_FROM = re.compile(
    rf"^\W{{0,3}}(?!{_NO_DEVICE})(?:(?:sent|sendt|gesendet|envoyé|enviado|inviato|verzonden|verstuurd|skickat|wysłano|"
    r"надіслано|get outlook|sent with|von|diese nachricht wurde von)\b"
    r"(?:\W+(?:from|via|von|depuis|desde|do|da|från|z|fra|с|з|із|for|using|my|by)\b).{0,100}|"
    r"(?:отправлено|послано|написано)\W+(?:с|со|из|через|с помощью|при помощи)\s+\W?(?:моего|моей|мобильно|нового|"
    r"приложени|почт|устройств|смартфон|телефон|планшет|веб-|яндекс|айфон|[a-z]).{0,80}|"
    r"простите за краткость.{0,80}|(?:get|получить|получите|скачать) outlook (?:for|для) .{1,60}|"
    r"с уважением,? отправлено .{0,60})$",
    re.I,
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u1427]")


@dataclass(frozen=True)
class Reply:
    """What was typed, and what was folded away below it."""

    text: str
    trimmed: str


def strip_reply(text: str) -> Reply:
    """Fold quoted history and signature; when nothing would remain, everything is shown."""
    lines = text[:SIZE].split("\n")[:LINES]
    plains = [_plain(line) for line in lines]
    if len(plains) > CANDIDATES:
        plains = _looked_at(plains)
        lines = lines[: len(plains)]
    end = _end_of_typing(plains)
    start = _quoted_above(plains, end)
    kept, said = _without_attributions(lines, plains, start, end)
    shown = "\n".join(kept).strip("\n").rstrip()
    if not shown.strip():
        return Reply(text.strip("\n"), "")
    beyond = text[len("\n".join(lines)) :]  # what lies past the limits of this rule
    if end == len(lines):
        shown, beyond = shown + beyond, ""
    folded = ("\n".join(part).strip("\n") for part in (lines[:start], said, lines[end:]))
    return Reply(shown, ("\n\n".join(part for part in folded if part.strip()) + beyond).strip("\n"))


def is_forwarded(text: str) -> bool:
    """Whether a line says that another letter follows which was passed on."""
    return bool(_FORWARDED.match(_plain(text[:200])))


def is_attribution(text: str) -> bool:
    """Whether one line says who wrote the quote below it."""
    return says_who(_plain(text), below=">")


def is_header_block(text: str) -> bool:
    """Whether a text begins with From, Sent, To and Subject of another letter."""
    return _is_header_block([_plain(line) for line in text.split("\n")], 0)


def _looked_at(plains: list[str]) -> list[str]:
    """The lines down to the last that may begin an attribution, so many as are looked at."""
    candidates = (number for number, plain in enumerate(plains) if may_begin(plain))
    return plains[: next(islice(candidates, CANDIDATES, None), len(plains))]


def _quoted_above(plains: list[str], end: int) -> int:
    """Where typing begins when all that is quoted, and by whom, stands above it; else 0."""
    first = next((number for number in range(end) if plains[number]), end)
    start = quote = first + (attribution_at(plains, first, end) if first < end else 0)
    while start < end and (not plains[start] or plains[start].startswith(">")):
        start += 1
    is_quote = quote > first and any(plain.startswith(">") for plain in plains[quote:start])
    is_answered = any(plain.startswith(">") for plain in plains[start:end])
    return start if is_quote and not is_answered else 0


def _end_of_typing(plains: list[str]) -> int:
    end = _history_begins(plains)
    if any(_FORWARDED.match(plain) for plain in plains[:end]):
        return len(plains)  # what is passed on is what the letter is about
    while True:
        shorter = _without_signature(plains, _without_tail(plains, end))
        if shorter == end:
            return end
        end = shorter


def _history_begins(plains: list[str]) -> int:
    """The first line of history that nothing typed follows."""
    is_typed = False
    for number, plain in enumerate(plains):
        if not plain or plain.startswith(">"):
            continue
        if _SEPARATOR.match(plain) or _ABOVE.match(plain) or _is_header_block(plains, number):
            return number
        if is_typed:
            size = attribution_at(plains, number)
            if size and not _answered_between(plains, number + size):
                return number
        is_typed = is_typed or not _RULE.match(plain)
    return len(plains)


def _anything_typed(plains: list[str]) -> bool:
    return any(plain and not plain.startswith(">") and not _RULE.match(plain) for plain in plains)


def _answered_between(plains: list[str], start: int) -> bool:
    """Whether a ``>`` quote follows and typed text follows that quote: an answer between the lines."""
    first = next((plain for plain in plains[start : start + 10] if plain), "")
    if not first.startswith((">", "|")):
        return False
    typed = _without_signature(plains, _without_tail(plains, len(plains)))
    return any(plain and not plain.startswith((">", "|")) for plain in plains[start:typed])


def _is_header_block(plains: list[str], number: int) -> bool:
    """From:, Sent:, To:, Subject: as Outlook and others put above what they quote."""
    first = _HEADER.match(plains[number])
    if not first or first["name"].lower() not in _FROM:
        return False
    said = [plain for plain in plains[number : number + 14] if plain][:7]
    return len({found["name"].lower() for plain in said if (found := _HEADER.match(plain))}) >= 3


def _without_tail(plains: list[str], end: int) -> int:
    """Drop trailing quotes, rules, empty lines and the attribution above them."""
    while end:
        plain = plains[end - 1]
        if not plain or _is_quoted(plain) or _DELIMITER.match(plain):
            end -= 1
            continue
        start = next((each for each in range(max(0, end - ATTRIBUTED), end) if _spans(plains, each, end)), None)
        if start is None:
            return end
        end = start
    return end


def _spans(plains: list[str], start: int, end: int) -> bool:
    plain = plains[start]
    return bool(plain) and not plain.startswith(">") and attribution_at(plains, start, end) == end - start


def _without_signature(plains: list[str], end: int) -> int:
    """Drop a signature below ``--``, ``-First Last``, "Sent from my phone" and a list's footer at the end."""
    for number in range(max(0, end - 30), end):
        line = plains[number]
        if _SIGNATURE.match(line) and _anything_typed(plains[:number]):
            return number
        if _SHORT_SIGNATURE.match(line) and _is_name(plains[number + 1 : end]) and _anything_typed(plains[:number]):
            return number
        if line.startswith("_______") and _RULE.match(line) and _is_below_quote(plains, number):
            return number
        if _RULE.match(line) and number + 1 < end and _FOOTER.search(plains[number + 1]) and end - number < 7:
            return number
    last = next((number for number in range(end - 1, max(-1, end - 5), -1) if plains[number]), None)
    if last is None:
        return end
    is_apart = last > 1 and not plains[last - 1]
    return last if _SENT_FROM.match(plains[last]) or (is_apart and _SIGNED.match(plains[last])) else end


def _is_name(plains: list[str]) -> bool:
    """A few short lines that are no sentence: who somebody is."""
    said = [plain for plain in plains if plain]
    return len(said) <= 4 and all(len(each) <= 60 and not each.endswith(("?", ".", "!", ",", ":")) for each in said)


def _is_below_quote(plains: list[str], number: int) -> bool:
    return _is_quoted(next((plain for plain in reversed(plains[:number]) if plain), ""))


def _is_quoted(plain: str) -> bool:
    return plain.startswith((">", "|")) or bool(_INITIALS.match(plain))


def _without_attributions(lines: list[str], plains: list[str], start: int, end: int) -> tuple[list[str], list[str]]:
    """Part attribution lines from quotes that stay because they are answered between the lines.

    With the first of them a letter begins, and it is shown too: below a greeting at most, and above a quote.
    """
    kept: list[str] = []
    said: list[str] = []
    number = start
    while number < end:
        plain = plains[number]
        size = attribution_at(plains, number, end) if plain and not plain.startswith(">") else 0
        is_folded = size and not (_is_greeting(plains[start:number]) and _is_above_quote(plains, number + size))
        (said if is_folded else kept).extend(lines[number : number + (size or 1)])
        number += size or 1
    return kept, said


def _is_greeting(plains: list[str]) -> bool:
    """Nothing, or one short line that only turns to somebody."""
    typed = [plain for plain in plains if plain]
    return not typed or (len(typed) == 1 and len(typed[0]) <= 40 and typed[0].endswith((",", "!")))


def _is_above_quote(plains: list[str], number: int) -> bool:
    return next((plain for plain in plains[number : number + 4] if plain), "").startswith(">")


def _plain(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\u00a0", " ").strip().replace("&lt;", "<").replace("&gt;", ">")
