"""Log lines: one JSON object each, or words for a person at a terminal. Neither ever holds what people wrote.

Our own lines carry ids and codes by convention. Lines of libraries may quote anything, so of theirs only the fixed part
and numbers stay. Of an exception the type and the places in the code stay, not its words: Postgres quotes whole rows.
"""

import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson

from supportdesk.realtime import traces

OURS = ("identity", "chat", "tickets", "quality", "supportdesk")
TRAFFIC = "supportdesk.traffic"  # a line for each request and socket: for machines that collect lines
HIDDEN = "…"
PLACES = 25  # of a traceback
FIXED_PART = re.compile(r"[^:\n<'\"]*")  # of a library's line without arguments, which may be put together already
NAMED = ("name", "id")  # of Celery's lines: the task

Facts = dict[str, Any]


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, logger, event, and what is known of request, connection, actor."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {"time": moment.replace("+00:00", "Z"), "level": record.levelname.lower(), "logger": record.name}
        return orjson.dumps(facts | facts_of(record), default=str).decode()


class Words(logging.Formatter):
    """The same for people: time, level, logger, words, then the places of an error."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        known = " ".join(f"{name}={facts[name]}" for name in (*traces.present(), "status", "route") if name in facts)
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {facts['message']} {known}".rstrip()
        if "error" in facts:
            line += f" [{facts['error']}]" + "".join(f"\n    {place}" for place in facts["places"])
        return line


def facts_of(record: logging.LogRecord) -> Facts:
    """What may be told of a record. ``event`` is its fixed part, the same for every occurrence."""
    is_ours = record.name.partition(".")[0] in OURS
    event = str(record.msg) if is_ours else _fixed_part(record)
    facts: Facts = {"event": event, "message": record.getMessage() if is_ours else _hidden(record, event)}
    facts |= traces.present() | getattr(record, "facts", {})
    if request := getattr(record, "request", None):
        facts |= {"status": getattr(record, "status_code", 500), "route": route_of(request)}
    return facts | (_error(record.exc_info) if record.exc_info else {})


def route_of(request: Any) -> str:
    """The name of the address, never the address: it may hold a signature or what somebody typed."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match else "-"


def speak_of_crashes() -> None:
    """What nobody caught goes through the log as well, instead of past it to the terminal."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda crash: _uncaught(crash.exc_type, crash.exc_value, crash.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, places: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    crash = error or kind()
    logging.getLogger("supportdesk").critical("nobody caught an error", exc_info=(kind, crash, places))


def _fixed_part(record: logging.LogRecord) -> str:
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    found = FIXED_PART.match(str(record.msg)) if not record.args else None
    return found[0].strip()[:80] if found else str(record.msg)


def _hidden(record: logging.LogRecord, event: str) -> str:
    """A library's line with its numbers; texts are hidden, but for the name of a task."""
    if isinstance(record.args, dict):
        shown: Any = {name: value if name in NAMED else _number(value) for name, value in record.args.items()}
    else:
        shown = tuple(_number(value) for value in record.args or ())
    try:
        return event % shown if shown else event
    except (TypeError, ValueError, KeyError):
        return event


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else HIDDEN


def _error(exc_info: Any) -> Facts:
    """The types of an error and of what caused it, the database's own code, and where it passed."""
    _, error, _ = exc_info
    if error is None:
        return {}
    chain: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < 5:
        code = getattr(seen, "pgcode", None)
        chain.append(type(seen).__name__ + (f" {code}" if code else ""))
        seen = seen.__cause__ or seen.__context__
    passed = traceback.extract_tb(error.__traceback__)[-PLACES:]
    places = [f"{'/'.join(each.filename.split('/')[-3:])}:{each.lineno} {each.name}" for each in passed]
    return {"error": " < ".join(chain), "places": places}
