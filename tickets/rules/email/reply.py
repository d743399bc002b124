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
        r"^(?=.{0,400}[\d@])(?:on|am|le|el|il|op|em|den|w dniu|dnia|på|in|at|a)\b"
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
)
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
_SIGNATURE = re.compile(r"^(?:--|—|__)\s*$")
_SENT_FROM = re.compile(
    r"^\W{0,3}(?:(?:sent|gesendet|envoyé|enviado|inviato|verzonden|verstuurd|skickat|wysłano|отправлено|надіслано|послано|"
    r"get outlook|sent with|von|diese nachricht wurde von)\b(?:\W+(?:from|via|von|depuis|desde|do|da|från|z|с|из|через|"
    r"for|using|my|by)\b).{0,100}|get outlook for .{1,60}|с уважением,? отправлено .{0,60})$",
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
    kept = _without_attributions(lines[:end])
    shown = "\n".join(kept).strip("\n").rstrip()
    if not shown.strip():
        return Reply(text.strip("\n"), "")
    if end == len(lines):
        return Reply(shown + _beyond(text, lines), "")
    return Reply(shown, (("\n".join(lines[end:])) + _beyond(text, lines)).strip("\n"))


def _beyond(text: str, lines: list[str]) -> str:
    """What lies past the limits of this rule."""
    return text[len("\n".join(lines)) :]


def _end_of_typing(lines: list[str]) -> int:
    end = _history_begins(lines)
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
        if any(pattern.match(joined) for pattern in _ATTRIBUTION):
            return size
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
        if not plain or plain.startswith((">", "|")) or _DELIMITER.match(plain):
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
    """Drop a signature block below ``--`` and "Sent from my phone" at the end."""
    for number in range(max(0, end - 30), end):
        if _SIGNATURE.match(lines[number].strip(" \u00a0")) and _anything_typed(lines[:number]):
            return number
    for number in range(max(0, end - 4), end):
        if _SENT_FROM.match(_plain(lines[number])) and not any(_plain(line) for line in lines[number + 1 : end]):
            return number
    return end


def _without_attributions(lines: list[str]) -> list[str]:
    """Drop attribution lines above quotes that stay because they are answered between the lines."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        size = (
            0 if _plain(lines[number]).startswith(">") or not lines[number].strip() else _attribution_at(lines, number)
        )
        kept.extend([] if size else [lines[number]])
        number += size or 1
    return kept


def _plain(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\u00a0", " ").strip().replace("&lt;", "<").replace("&gt;", ">")
