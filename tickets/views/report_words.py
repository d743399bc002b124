"""The report in words: names of figures, and their definitions (the same as in docs/metrics.md)."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.models import Channel
from identity.models import User
from tickets.models import Topic
from tickets.queries.report_dialogs import Wanted
from tickets.queries.rollups import NO_TOPIC, Asked
from tickets.rules.voices import MEASURES


def channel_words(channel: str) -> str:
    known = {Channel.CHAT.value: pgettext("report", "Chat"), Channel.EMAIL.value: pgettext("report", "E-mail")}
    return known.get(channel) or str(dict(Channel.choices).get(channel, channel))


def line_words(code: str) -> str:
    return {
        "opened": pgettext("report", "Opened"),
        "resolved": pgettext("report", "Resolved"),
        "first-response": _("First response time, median"),
        "first-response-90": _("First response time, 90th percentile"),
        "in-time": _("First answers in time"),
        "next-response": _("Next response time, median"),
        "next-in-time": _("Next answers in time"),
        "handle": _("Handle time, median"),
        "resolution": _("Resolution time, median"),
        "contact": _("Solved at the first contact"),
        "cost": _("Agents' time for one solved request"),
        "left": _("Left without an answer"),
        "csat": _("CSAT"),
        "nps": _("NPS"),
    }[code]


def figure_words(wanted: Wanted) -> str:
    """What a list of dialogs is of."""
    titles = {
        "opened": _("Dialogs that were opened"),
        "first_response": _("First answers"),
        "next_response": _("Next answers"),
        "resolution": _("Dialogs that were resolved"),
        "handle_time": _("Dialogs that were resolved"),
        "left": _("Left without an answer"),
        "contact": _("First contacts"),
        "rating": _("Dialogs that were rated"),
        "nps": _("Dialogs with an answer of NPS"),
    }
    if wanted.only and wanted.figure in MEASURES:
        return f"{titles[wanted.figure]}: {_judged(wanted)}"
    late = {"missed": _("late or not solved"), "met": _("in time or solved")}
    title = titles[wanted.figure]
    return f"{title}: {late[wanted.only]}" if wanted.only else title


def _judged(wanted: Wanted) -> str:
    if wanted.figure == "rating":
        return {"met": _("4 and 5 of 5"), "missed": _("1 to 3 of 5")}[wanted.only]
    return {"met": _("promoters"), "missed": _("not promoters")}[wanted.only]


def narrowed_words(wanted: Wanted, agent: User | None, topic: Topic | None) -> list[str]:
    """What a list of dialogs is narrowed to beside its period."""
    asked = wanted.asked
    found = [channel_words(asked.channel)] if asked.channel else []
    found += [agent.full_name] if agent else []
    found += [topic.title if topic else _("without a topic")] if topic or asked.topic == NO_TOPIC else []
    found += [str(WEEKDAYS[wanted.weekday])] if wanted.weekday is not None else []
    return found + ([f"{wanted.hour}:00"] if wanted.hour is not None else [])


def spans(asked: Asked) -> list[tuple[str, str, bool]]:
    """Usual periods up to today: words, address, and whether it is the one on the page."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    found = []
    for words, days in ((_("7 days"), 7), (_("30 days"), 30), (_("90 days"), 90)):
        since = today - timedelta(days=days - 1)
        narrowed = {"channel": asked.channel, "topic": asked.topic, "agent": asked.agent}
        said = {
            "since": since,
            "until": today,
            **{name: one for name, one in narrowed.items() if one not in (None, "")},
        }
        found.append((words, urlencode(said), (asked.since, asked.until) == (since, today)))
    return found


def definitions() -> list[tuple[str, str, str]]:
    """Anchor, name and words; docs/metrics.md has the same words, which a test compares."""
    return [*_of_answers(), *_of_work(), *_of_time(), *_of_voices()]


def _of_answers() -> list[tuple[str, str, str]]:
    return [
        (
            "first-response",
            _("First response time"),
            _(
                "From the borrower's first message to the first public answer of a person; automatic letters "
                "never count."
            ),
        ),
        (
            "in-time",
            _("In time"),
            _("The share of these answers not later than their due moment, counted in working hours."),
        ),
        (
            "next-response",
            _("Next response time"),
            _("The same for every later answer, each from the first message it answers."),
        ),
    ]


def _of_work() -> list[tuple[str, str, str]]:
    return [
        (
            "handle",
            _("Handle time"),
            _("All the time a ticket was in somebody's hands, without time on hold."),
        ),
        (
            "resolution",
            _("Resolution time"),
            _("From opening to the last resolution; a ticket that was reopened and is still open does not count."),
        ),
        (
            "contact",
            _("Solved at the first contact"),
            _(
                "Of first contacts, the share after which the borrower did not come back with the same topic "
                "on any channel for %(n)d days, and which was neither reopened nor transferred."
            )
            % {"n": settings.FCR_DAYS},
        ),
        (
            "cost",
            _("Agents' time for one solved request"),
            _(
                "Every second in which an agent works belongs in equal parts to the live chats and the "
                "letters awaiting their answer in their hands; the seconds of a channel divided by its "
                "resolved requests."
            ),
        ),
    ]


def _of_time() -> list[tuple[str, str, str]]:
    return [
        (
            "parallel",
            _("Chats at once"),
            _("How many live chats an agent had at once, over the time in which there was at least one."),
        ),
        (
            "occupancy",
            _("Occupancy"),
            _("The share of agents' time on the line in which they had at least one live chat."),
        ),
        (
            "ratio",
            _("Chat against e-mail"),
            _(
                "Median of the letters divided by the median of the chats, for the first response, with the "
                "interval that holds 95 of 100 samples."
            ),
        ),
        (
            "moved",
            _("Moved to the chat"),
            _(
                "Of the tickets that letters opened in the period, those whose borrower came by the link of an answer "
                "and went on in the chat. They stay letters in the other figures."
            ),
        ),
        (
            "left",
            _("Left without an answer"),
            _("Chats that ended before anybody had answered."),
        ),
        (
            "opened",
            _("Opened, resolved"),
            _("The number of such events in the period."),
        ),
    ]


def _of_voices() -> list[tuple[str, str, str]]:
    return [
        (
            "csat",
            _("CSAT"),
            _("Of the marks borrowers gave to dialogs, the share of 4 and 5 of 5."),
        ),
        (
            "nps",
            _("NPS"),
            _(
                "Per cent of answers of 9 and 10 minus per cent of 0 to 6, on the day the survey was sent; "
                "an answer about no single dialog is in the figure and in no list."
            ),
        ),
    ]
