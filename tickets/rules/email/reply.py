"""What a person wrote, apart from quoted history and signature. Nothing is deleted: the rest is kept as ``trimmed``.

One rule over everything: a word that may have been typed is never folded away. Text below a ``>`` quote is an answer
between the lines, so only what comes after the last typed word goes.
"""

import re
from dataclasses import dataclass

SIZE = 200 * 1024
LINES = 3000
ATTRIBUTION_LINES = 6
MARKS = 12  # dates and "wrote" in one attribution: more is no attribution, and would cost the patterns dearly

_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b(?:19|20)\d\d\b|\d{1,2}月)"
_WROTE = (
    r"wrote|writes|schrieb|geschreven|schreef|a écrit|ha scritto|escribió|escreveu|skrev|napisał\w*|kirjoitti|"
    r"пишет|писал\w*|написал\w*|пише|写道|作成|yazdı|написа|έγραψε"
)
_ATTRIBUTION = (
    re.compile(
        r"^(?=.{0,400}(?:@|\d[:.h]\d\d|\b(?:19|20)\d\d|\d[./]\d))(?:on|am|le|el|il|op|em|den|w dniu|dnia|på|in|at|a)\b"
        rf".{{0,400}}?(?:{_WROTE})\b.{{0,200}}[:：]?\W*$",
        re.I,
    ),
    re.compile(rf"^.{{0,300}}{_DATE}.{{0,300}}(?:{_WROTE})\b.{{0,200}}[:：]\W*$", re.I),
    re.compile(rf"^.{{0,200}}<[^<>\s]{{1,200}}@[^<>]{{1,200}}>.{{0,40}}(?:{_WROTE})\b.{{0,60}}[:：]\W*$", re.I),
    re.compile(r"^\d{4}[./-]\d{1,2}[./-]\d{1,2}\s.{0,20}(?:GMT|UTC|[+-]\d\d:?\d\d).{0,200}$"),
    re.compile(r"^\d{4}[./-]\d{1,2}[./-]\d{1,2}\s.{0,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*:?$"),
    re.compile(rf"^\S.{{0,120}}\b{_DATE}.{{0,120}},\s*.{{0,200}}<[^<>\s]{{1,200}}@[^<>\s]{{1,200}}>\s*:$"),
    re.compile(r"^.{0,100}\d{1,2}\s+\S{3,12}\s+\d{4}.{0,60}\d{1,2}:\d\d.{0,120}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*:?$"),
    re.compile(r"^-{2,}\s*(?:on\b.{1,300}\bwrote|.{1,300}пишет)\b.{0,20}-{2,}$", re.I),
    re.compile(r"^.{0,60}写道[：:]$"),
    re.compile(r"^[^\W\d]{2,12},?\s\d{1,2}\s\S{3,12}\s\d{4}.{0,20}\d\d:\d\d.{0,30}\bот\s.{1,200}:$"),
)
_ONLY_ABOVE_QUOTES = re.compile(r"^(?:вы писали|you wrote)\b.{0,80}:$", re.I)
_REST = re.compile(rf"^[>\s]*(?:{_WROTE})\s?:\s*$", re.I)  # of an attribution that was broken over lines
_MARKS = re.compile(rf"{_WROTE}|{_DATE}", re.I)
_STARTS = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|w dniu|dnia|в|на|at|in|\w{2,3}[,.]|\d|-{2,}|.{0,60}<|.{0,60}[,،])", re.I
)
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
    end = _end_of_typing(lines)
    start = _quoted_above(lines[:end])
    kept, said = _without_attributions(lines[start:end])
    shown = "\n".join(kept).strip("\n").rstrip()
    if not shown.strip():
        return Reply(text.strip("\n"), "")
    beyond = text[len("\n".join(lines)) :]  # what lies past the limits of this rule
    if end == len(lines):
        shown, beyond = shown + beyond, ""
    folded = ("\n".join(part).strip("\n") for part in (lines[:start], said, lines[end:]))
    return Reply(shown, ("\n\n".join(part for part in folded if part.strip()) + beyond).strip("\n"))


def _quoted_above(lines: list[str]) -> int:
    """Where typing begins when all that is quoted, and by whom, stands above it; else 0."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    start = quote = first + _attribution_at(lines, first) if lines else 0
    while start < len(lines) and (not _plain(lines[start]) or _plain(lines[start]).startswith(">")):
        start += 1
    is_quote = quote > first and any(_plain(line).startswith(">") for line in lines[quote:start])
    is_answered = any(_plain(line).startswith(">") for line in lines[start:])
    return start if is_quote and not is_answered else 0


def is_forwarded(text: str) -> bool:
    """Whether a line says that another letter follows which was passed on."""
    return bool(_FORWARDED.match(_plain(text[:200])))


def is_attribution(text: str) -> bool:
    """Whether one line says who wrote what follows."""
    return _attribution_at([text], 0) == 1


def is_header_block(text: str) -> bool:
    """Whether a text begins with From, Sent, To and Subject of another letter."""
    return _is_header_block(text.split("\n"), 0)


def _end_of_typing(lines: list[str]) -> int:
    end = _history_begins(lines)
    if any(is_forwarded(line) for line in lines[:end]):
        return len(lines)  # what is passed on is what the letter is about
    while True:
        shorter = _without_tail(lines, end)
        shorter = _without_signature(lines, shorter)
        if shorter == end:
            return end
        end = shorter


def _history_begins(lines: list[str]) -> int:
    """The first line of history that nothing typed follows."""
    for number, line in enumerate(lines):
        plain = _plain(line)
        if not plain or plain.startswith(">"):
            continue
        if _SEPARATOR.match(plain) or _ABOVE.match(plain) or _is_header_block(lines, number):
            return number
        size = _attribution_at(lines, number)
        if size and _anything_typed(lines[:number]) and not _answered_between(lines, number + size):
            return number
    return len(lines)


def _anything_typed(lines: list[str]) -> bool:
    return any(line.strip() and not _plain(line).startswith(">") and not _RULE.match(line) for line in lines)


def _attribution_at(lines: list[str], number: int) -> int:
    """How many lines an attribution ("On Monday Anna wrote:") takes here; 0 when there is none."""
    if not _STARTS.match(_plain(lines[number])) and not re.search(_WROTE, lines[number], re.I):
        return 0
    joined = ""
    for size in range(1, ATTRIBUTION_LINES + 1):
        if number + size > len(lines):
            return 0
        line = _plain(lines[number + size - 1])
        if size > 1 and (not line or _opens_attribution(line)) and "<" not in joined[-40:]:
            if line or not (number + size < len(lines) and _plain(lines[number + size]).startswith("<")):
                return 0
            continue
        joined = f"{joined} {line}".strip()
        if len(joined) > 700 or len(_MARKS.findall(joined)) > MARKS:
            return 0
        if size == 1 and _ONLY_ABOVE_QUOTES.match(joined):
            return int(next((_plain(each) for each in lines[number + 1 :] if each.strip()), "").startswith(">"))
        if any(pattern.match(joined) for pattern in _ATTRIBUTION):
            return size + int(number + size < len(lines) and bool(_REST.match(lines[number + size])))
    return 0


def _opens_attribution(line: str) -> bool:
    return bool(re.match(r"^(?:on\s|le\s+\w+\.?\s+\d|am\s+\d)", line, re.I))


def _answered_between(lines: list[str], start: int) -> bool:
    """Whether a ``>`` quote follows and typed text follows that quote: an answer between the lines."""
    rest = [_plain(line) for line in lines[start:]]
    first = next((line for line in rest if line), "")
    if not first.startswith((">", "|")):
        return False
    typed = _without_signature(lines, _without_tail(lines, len(lines)))
    return any(line and not line.startswith((">", "|")) for line in rest[: max(0, typed - start)])


def _is_header_block(lines: list[str], number: int) -> bool:
    """From:, Sent:, To:, Subject: as Outlook and others put above what they quote."""
    first = _HEADER.match(_plain(lines[number]))
    if not first or first["name"].lower() not in _FROM:
        return False
    names = set()
    for line in [line for line in lines[number : number + 14] if line.strip()][:7]:
        found = _HEADER.match(_plain(line))
        if found:
            names.add(found["name"].lower())
    return len(names) >= 3


def _without_tail(lines: list[str], end: int) -> int:
    """Drop trailing quotes, rules, empty lines and the attribution above them."""
    while end:
        plain = _plain(lines[end - 1])
        if not plain or _is_quoted(plain) or _DELIMITER.match(plain):
            end -= 1
            continue
        start = next((s for s in range(max(0, end - ATTRIBUTION_LINES), end) if _spans(lines, s, end)), None)
        if start is None:
            return end
        end = start
    return end


def _spans(lines: list[str], start: int, end: int) -> bool:
    plain = _plain(lines[start])
    return bool(plain) and not plain.startswith(">") and _attribution_at(lines[:end], start) == end - start


def _without_signature(lines: list[str], end: int) -> int:
    """Drop a signature below ``--``, ``-First Last``, "Sent from my phone" and a list's footer at the end."""
    for number in range(max(0, end - 30), end):
        line = lines[number].strip(" \u00a0")
        if _SIGNATURE.match(line) and _anything_typed(lines[:number]):
            return number
        if _SHORT_SIGNATURE.match(line) and _is_name(lines[number + 1 : end]) and _anything_typed(lines[:number]):
            return number
        if line.startswith("_______") and _RULE.match(line) and _is_below_quote(lines, number):
            return number
        if _RULE.match(line) and number + 1 < end and _FOOTER.search(lines[number + 1]) and end - number < 7:
            return number
    for number in range(max(0, end - 4), end):
        is_last = not any(_plain(line) for line in lines[number + 1 : end])
        if is_last and _SENT_FROM.match(_plain(lines[number])):
            return number
        if is_last and number > 1 and not lines[number - 1].strip() and _SIGNED.match(lines[number]):
            return number
    return end


def _is_name(lines: list[str]) -> bool:
    """A few short lines that are no sentence: who somebody is."""
    said = [line.strip() for line in lines if line.strip()]
    return len(said) <= 4 and all(len(line) <= 60 and not line.endswith(("?", ".", "!", ",", ":")) for line in said)


def _is_below_quote(lines: list[str], number: int) -> bool:
    above = next((_plain(line) for line in reversed(lines[:number]) if line.strip()), "")
    return _is_quoted(above)


def _is_quoted(plain: str) -> bool:
    return plain.startswith((">", "|")) or bool(_INITIALS.match(plain))


def _without_attributions(lines: list[str]) -> tuple[list[str], list[str]]:
    """Part attribution lines from quotes that stay because they are answered between the lines."""
    kept: list[str] = []
    said: list[str] = []
    number = 0
    while number < len(lines):
        plain = _plain(lines[number])
        size = _attribution_at(lines, number) if plain and not plain.startswith(">") else 0
        (said if size else kept).extend(lines[number : number + (size or 1)])
        number += size or 1
    return kept, said


def _plain(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\u00a0", " ").strip().replace("&lt;", "<").replace("&gt;", ">")
