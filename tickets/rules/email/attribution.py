"""Lines that say who wrote what follows: "On Monday Anna wrote:", "23.11.2026 12:05, Лад пишет:" and their kin.

The same words stand in what people type; so a line counts only with a date, an address or a quote below it.
"""

import re
from collections.abc import Sequence

LINES = 6  # of one attribution
MARKS = 12  # dates and "wrote" in one: more is no attribution
LENGTH = 700

_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b(?:19|20)\d\d\b|\d{1,2}月")
_WROTE_WORDS = (
    r"wrote|writes|schrieb|geschreven|schreef|a écrit|ha scritto|escribió|escreveu|skrev|napisał\w*|kirjoitti|"
    r"пишет|писал\w*|написал\w*|пише|写道|作成|yazdı|написа|έγραψε"
)
_WROTE = re.compile(rf"(?:{_WROTE_WORDS})\b", re.I)
_STEMS = (
    *("wrote", "writes", "schr", "geschreven", "écrit", "scritto", "escri", "escre", "skrev", "napisa", "kirjoitti"),
    *("пишет", "писал", "пише", "写道", "作成", "yazd", "написа", "γραψε"),
)
_ADDRESS = re.compile(r"<[^<>\s]{1,200}@[^<>]{1,200}>")
_TIME = re.compile(r"\d[:h]\d\d")
_MOMENT = re.compile(r"@|\d[:.h]\d\d|\b(?:19|20)\d\d|\d[./]\d")
_OPENS = re.compile(r"^(?:on|am|le|el|il|op|em|den|w dniu|dnia|på|in|at|a)\b", re.I)
_COLON = re.compile(r"[:：]\W{0,9}$")
_WITHOUT_WROTE = (
    re.compile(r"^\d{4}[./-]\d{1,2}[./-]\d{1,2}\s.{0,20}(?:GMT|UTC|[+-]\d\d:?\d\d).{0,200}$"),
    re.compile(r"^\d{4}[./-]\d{1,2}[./-]\d{1,2}\s.{0,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*:?$"),
    re.compile(r"^[^\W\d]{2,12},?\s\d{1,2}\s\S{3,12}\s\d{4}.{0,20}\d\d:\d\d.{0,30}\bот\s.{1,200}:$"),
    re.compile(r"^.{0,60}写道[：:]$"),
)
_ENDS_IN_ADDRESS = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*:?$")
_DATED = (
    re.compile(r"^\S.{0,120}?\b(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:19|20)\d\d\b|\d{1,2}月).{0,120},"),
    re.compile(r"^.{0,100}?\d{1,2}\s+\S{3,12}\s+\d{4}.{0,60}?\d{1,2}:\d\d"),
)
_RULED = re.compile(r"^-{2,}\s*(?:on\b.{1,300}\bwrote|.{1,300}пишет)\b.{0,20}-{2,}$", re.I)
_ONLY_ABOVE_QUOTES = re.compile(r"^(?:вы писали|you wrote)\b.{0,80}:$", re.I)
_REST = re.compile(rf"^[>\s]*(?:{_WROTE_WORDS})\s?:\s*$", re.I)  # of one that was broken over lines
_STARTS = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|w dniu|dnia|в|на|at|in|\w{2,3}[,.]|\d|-{2,}|.{0,60}<|.{0,60}[,،])", re.I
)
_BEGINS_ANEW = re.compile(r"^(?:on\s|le\s+\w+\.?\s+\d|am\s+\d)", re.I)


def may_begin(plain: str) -> bool:
    """Whether it is worth a look: what costs little is asked first."""
    return bool(_STARTS.match(plain)) or _may_say_wrote(plain)


def _may_say_wrote(text: str) -> bool:
    """Every word for writing has one of these in it; to look for them costs a tenth of the pattern."""
    low = text.lower()
    return any(stem in low for stem in _STEMS)


def attribution_at(plains: Sequence[str], number: int, stop: int | None = None) -> int:
    """How many of these plain lines, before ``stop``, an attribution takes here; 0 when there is none."""
    if not may_begin(plains[number]):
        return 0
    joined = ""
    for end in range(number, min(number + LINES, len(plains) if stop is None else stop)):
        line = plains[end]
        if end > number and (not line or _BEGINS_ANEW.match(line)) and "<" not in joined[-40:]:
            if line or not (end + 1 < len(plains) and plains[end + 1].startswith("<")):
                return 0
            continue
        joined = f"{joined} {line}".strip()
        if len(joined) > LENGTH:
            return 0
        if says_who(joined, below=_next_said(plains, end + 1)):
            goes_on = end + 1 < len(plains) and _REST.match(plains[end + 1])
            return end + 1 - number + bool(goes_on)
    return 0


def _next_said(plains: Sequence[str], start: int) -> str:
    return next((line for line in plains[start : start + 4] if line), "")


def says_who(joined: str, *, below: str = "") -> bool:
    """Whether these lines, made one, are an attribution of what stands below."""
    is_above_quote = below.startswith((">", "|"))
    if is_above_quote and _ONLY_ABOVE_QUOTES.match(joined):
        return True
    if _ENDS_IN_ADDRESS.search(joined[-450:]) and any(form.match(joined) for form in _DATED):
        return True
    if any(form.match(joined) for form in _WITHOUT_WROTE):
        return True
    wrote = list(_WROTE.finditer(joined)) if _may_say_wrote(joined) else []
    if not wrote or len(wrote) + len(_DATE.findall(joined)) > MARKS:
        return False
    return _says_wrote(joined, wrote, is_above_quote=is_above_quote)


def _says_wrote(joined: str, wrote: list[re.Match[str]], *, is_above_quote: bool) -> bool:
    """The forms with a word for writing in them, which people use of themselves too."""
    rest = joined[wrote[-1].end() :]
    has_colon = bool(_COLON.search(joined))
    date = _DATE.search(joined)
    if _RULED.match(joined):
        return True
    if has_colon and any(
        0 <= word.start() - found.end() <= 40 for found in _ADDRESS.finditer(joined) for word in wrote
    ):
        return len(rest) <= 60
    if has_colon and date and wrote[-1].start() >= date.end() and len(rest) <= 200:
        return is_above_quote or "@" in joined or bool(_TIME.search(joined))
    if _OPENS.match(joined) and _MOMENT.search(joined) and len(rest) <= 200 and (has_colon or not rest.strip()):
        return is_above_quote or "@" in joined or bool(date and _TIME.search(joined))
    return False
