"""Calls as an exchange tells of them: a signed text, four kinds of events, and one end whatever order they come in."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

WINDOW = 300  # seconds a signature is good for, before and after
LONGEST_CALL = timedelta(hours=12)
OLDEST_CALL = timedelta(days=7)  # an exchange that was cut off tells of its calls when it is back
AHEAD = timedelta(minutes=5)  # by which its clock may be fast
KINDS = ("started", "answered", "ended", "recording")
NUMBER = re.compile(r"\+?[\d\s().-]{3,30}")
FIELDS = {
    "event", "call", "direction", "number", "line", "started_at", "answered_at", "ended_at", "agent", "recording",
}  # fmt: skip


class UnreadableEvent(ValueError):
    """Signed, but not an event of a call; ``field`` names what is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class CallEvent:
    """One event. Each names the call whole, so that the first to come can open it."""

    kind: str
    call_id: str
    direction: str
    number: str
    started_at: datetime
    line: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    agent: str = ""
    recording: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """As it is kept and compared."""
        return {name: _plain(value) for name, value in vars(self).items() if value not in {None, ""}}

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Settled:
    """What the events say together."""

    state: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    agent: str
    recording: str


def sign(body: bytes, *, moment: int, secret: str) -> str:
    """HMAC-SHA-256 of the moment, a full stop and the body."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, *, moment: str, signature: str, secret: str, now: float) -> bool:
    """Whether whoever knows the secret signed exactly this, a moment ago."""
    if not re.fullmatch(r"\d{9,11}", moment) or abs(now - int(moment)) > WINDOW:
        return False
    wanted = sign(body, moment=int(moment), secret=secret)
    given = signature.strip().lower().removeprefix("sha256=")
    return hmac.compare_digest(given.encode(), wanted.encode())


def read_event(body: bytes, *, now: datetime, recording_hosts: list[str]) -> CallEvent:
    """The event of a signed body; raises ``UnreadableEvent``."""
    said = _object(body)
    kind = said.get("event")
    if kind not in KINDS:
        raise UnreadableEvent("event")
    started_at = _moment(said, "started_at", now=now)
    if started_at is None or started_at < now - OLDEST_CALL:
        raise UnreadableEvent("started_at")
    event = CallEvent(
        kind=kind,
        call_id=_text(said, "call", longest=100, needed=True),
        direction=_direction(said),
        number=_number(said, "number"),
        line=_number(said, "line"),
        started_at=started_at,
        answered_at=_after(said, "answered_at", now=now, first=started_at, needed=kind == "answered"),
        ended_at=_after(said, "ended_at", now=now, first=started_at, needed=kind == "ended"),
        agent=_text(said, "agent", longest=254),
        recording=_recording(said, recording_hosts) if kind == "recording" else "",
    )
    if event.answered_at and not event.agent:  # otherwise who answered would depend on which event came first
        raise UnreadableEvent("agent")
    if event.answered_at and event.ended_at and event.ended_at < event.answered_at:
        raise UnreadableEvent("ended_at")
    return event


def settle(events: Mapping[str, Mapping[str, Any]]) -> Settled:
    """The call as the kept facts of its events, by kind, tell of it: the same in whatever order they came."""
    started = min(datetime.fromisoformat(each["started_at"]) for each in events.values())
    answered, ended = _told(events, "answered_at", ("answered", "ended")), _told(events, "ended_at", ("ended",))
    agents = [events[kind].get("agent", "") for kind in ("answered", "ended", "started") if kind in events]
    state = {
        (False, False): "ringing",
        (True, False): "talking",
        (True, True): "answered",
        (False, True): "missed",
    }[answered is not None, ended is not None]
    return Settled(
        state=state,
        started_at=started,
        answered_at=answered,
        ended_at=max(ended, answered) if ended and answered else ended,
        agent=next(filter(None, agents), ""),
        recording=str(events.get("recording", {}).get("recording", "")),
    )


def digits_of(number: str) -> str:
    """A number as it is kept and compared: digits, a Russian one always from 7."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 10 and digits[0] == "9":
        return "7" + digits
    return "7" + digits[1:] if len(digits) == 11 and digits[0] == "8" else digits


def shown_number(digits: str) -> str:
    """``+7 916 204-58-31``; a number of another shape stands as it is."""
    if len(digits) != 11 or digits[0] != "7":
        return f"+{digits}" if len(digits) > 6 else digits
    return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"


def _told(events: Mapping[str, Mapping[str, Any]], name: str, kinds: tuple[str, ...]) -> datetime | None:
    """What the event that should know says; else any other that mentions it."""
    said = [events[kind][name] for kind in kinds if name in events.get(kind, {})]
    return datetime.fromisoformat(said[0]) if said else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableEvent("body") from None
    if not isinstance(said, dict):
        raise UnreadableEvent("body")
    if unknown := sorted(said.keys() - FIELDS):
        raise UnreadableEvent(str(unknown[0])[:40])
    return said


def _text(said: Mapping[str, Any], name: str, *, longest: int, needed: bool = False) -> str:
    value = said.get(name)
    value = "" if value is None else value
    if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()):
        raise UnreadableEvent(name)
    if not value.isprintable():
        raise UnreadableEvent(name)
    return value.strip()


def _direction(said: Mapping[str, Any]) -> str:
    direction = said.get("direction")
    if direction not in {"in", "out"}:
        raise UnreadableEvent("direction")
    return str(direction)


def _number(said: Mapping[str, Any], name: str) -> str:
    """Digits; empty when the caller hides theirs."""
    value = _text(said, name, longest=32)
    if value and not NUMBER.fullmatch(value):
        raise UnreadableEvent(name)
    digits = digits_of(value)
    if len(digits) > 15:  # E.164
        raise UnreadableEvent(name)
    return digits


def _moment(said: Mapping[str, Any], name: str, *, now: datetime) -> datetime | None:
    value = _text(said, name, longest=40)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise UnreadableEvent(name) from None
    if moment.tzinfo is None or moment.astimezone(UTC) > now + AHEAD:
        raise UnreadableEvent(name)
    return moment.astimezone(UTC)


def _after(said: Mapping[str, Any], name: str, *, now: datetime, first: datetime, needed: bool) -> datetime | None:
    moment = _moment(said, name, now=now)
    if moment is None and needed:
        raise UnreadableEvent(name)
    if moment is not None and not first <= moment <= first + LONGEST_CALL:
        raise UnreadableEvent(name)
    return moment


def _recording(said: Mapping[str, Any], hosts: list[str]) -> str:
    """An address that may be opened: encrypted, at a host the administrator has named, without a name or password."""
    value = _text(said, "recording", longest=1000, needed=True)
    try:
        parts = urlsplit(value)
        is_good = parts.scheme == "https" and parts.hostname in hosts and not parts.username and not parts.password
    except ValueError:
        is_good = False
    if not is_good or "\\" in value or " " in value:
        raise UnreadableEvent("recording")
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
