"""The transcript set as text, with the evidence of every criterion marked in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.models import Conversation
from chat.queries import entries_after
from chat.rules.entries import StoredEntry
from quality.rules.personal_data import hide_personal_data
from quality.serializers.criteria import CriterionRow
from quality.serializers.scorecard import Scorecard
from quality.words import ending_words

LONGEST = 5_000  # entries
LONGEST_TAIL = 16  # characters
WORST = {"bad": 3, "mid": 2, "auto": 1, "ok": 0}
ENDINGS = {"closed", "resolved"}


@dataclass(frozen=True)
class Mark:
    """One criterion's words in a message."""

    start: int
    end: int
    number: int
    tone: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text under the same marks; ``ending`` are the criteria whose words end here."""

    text: str
    tone: str = ""
    numbers: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()

    @property
    def tail(self) -> str:
        """The end of the last word, which never parts from the numbers after it."""
        return self.text[-min(len(self.text) - self.text.rfind(" ") - 1, LONGEST_TAIL) :] if self.text else ""

    @property
    def head(self) -> str:
        return self.text[: len(self.text) - len(self.tail)]


@dataclass(frozen=True)
class Pause:
    """A wait over the standard, before a message or at the end."""

    wait: int
    limit: int | None
    number: int
    tone: str


@dataclass(frozen=True)
class Line:
    """One row of the transcript: a message, a note, a day or the end."""

    kind: str
    seq: int = 0
    at: datetime | None = None
    author: str = ""
    is_staff: bool = False
    pieces: list[Piece] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    pauses_after: list[Pause] = field(default_factory=list)
    day: date | None = None


def transcript_lines(conversation: Conversation, card: Scorecard) -> list[Line]:
    """Messages and notes in order, days between them, evidence in place."""
    entries = entries_after(conversation=conversation, audience="staff", after=0, limit=LONGEST)
    lines: list[Line] = []
    last_day = None
    for entry in entries:
        if entry.kind not in {"message", "note"}:
            continue
        on = timezone.localtime(entry.created_at).date()
        if on != last_day:
            lines.append(Line(kind="day", day=on))
            last_day = on
        lines.append(_message(entry, card.rows))
    return lines


def ending_of(conversation: Conversation) -> str:
    """The last line's words; empty while the conversation goes on."""
    entries = entries_after(conversation=conversation, audience="staff", after=0, limit=LONGEST)
    last = next((entry for entry in reversed(entries) if entry.kind in ENDINGS), None)
    if last is None:
        return ""
    return ending_words(last.author_kind) % {"clock": timezone.localtime(last.created_at).strftime("%H:%M")}


def _message(entry: StoredEntry, rows: list[CriterionRow]) -> Line:
    text = hide_personal_data(entry.body) if entry.body else _removed(entry)
    is_staff = entry.author_kind == "staff"
    return Line(
        kind=entry.kind,
        seq=entry.seq,
        at=entry.created_at,
        author=entry.author_name if is_staff else pgettext("transcript", "Borrower"),
        is_staff=is_staff,
        pieces=pieces(text, _marks(entry.seq, rows)),
        files=[file.name for file in entry.attachments],
        pauses=_pauses(entry.seq, rows, at_end=False),
        pauses_after=_pauses(entry.seq, rows, at_end=True),
    )


def _removed(entry: StoredEntry) -> str:
    return "" if entry.attachments else _("The text was removed")


def _marks(seq: int, rows: list[CriterionRow]) -> list[Mark]:
    return [
        Mark(start=one["start"], end=one["end"], number=row.number, tone=tone)
        for row in rows
        for tone, one in row.marks
        if one["seq"] == seq
    ]


def _pauses(seq: int, rows: list[CriterionRow], *, at_end: bool) -> list[Pause]:
    return [
        Pause(wait=pause["wait"], limit=finding.limit, number=row.number, tone=finding.tone)
        for row in rows
        for finding in row.findings
        for pause in finding.pauses
        if pause["seq"] == seq and bool(pause.get("at_end")) == at_end
    ]


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text at every edge of a mark; a mark never reaches beyond its text. An empty mark is an empty piece."""
    inside = [Mark(mark.start, min(mark.end, len(text)), mark.number, mark.tone) for mark in marks]
    words = [mark for mark in inside if 0 <= mark.start < mark.end]
    places = [mark for mark in inside if mark.start == mark.end]
    edges = sorted({0, len(text), *(edge for mark in words + places for edge in (mark.start, mark.end))})
    cut = _missing_at(0, places)
    for start, end in pairwise(edges):
        cut.append(_piece(text[start:end], [mark for mark in words if mark.start <= start and end <= mark.end], end))
        cut += _missing_at(end, places)
    return cut


def _missing_at(edge: int, places: list[Mark]) -> list[Piece]:
    """The sign of what is missing at a place."""
    here = [mark for mark in places if mark.start == edge]
    return [_piece("", here, edge)] if here else []


def _piece(text: str, over: list[Mark], end: int) -> Piece:
    if not over:
        return Piece(text=text)
    return Piece(
        text=text,
        tone=max((mark.tone for mark in over), key=lambda tone: WORST[tone]),
        numbers=tuple(sorted({mark.number for mark in over})),
        ending=tuple(sorted({mark.number for mark in over if mark.end == end})),
    )


def quotes(lines: list[Line], row: CriterionRow) -> list[dict[str, object]]:
    """A criterion's evidence as quotations with their times."""
    said = {line.seq: line for line in lines if line.seq}
    found = []
    for one in row.evidence:
        line = said.get(one["seq"])
        if line is None:
            continue
        text = "".join(piece.text for piece in line.pieces)[one["start"] : one["end"]]
        found.append({"seq": line.seq, "text": _shortened(text), "at": line.at})
    return found


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 160 else words[:159].rstrip() + "…"
