"""The desk's own state in words: what an alarm says and what to do, and the names of classes of work."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from supportdesk.templatetags.desk import duration, figure, latency, percent
from tickets.rules.alarms import Alarm, DeskFacts
from tickets.rules.workers import CLOCK, IMPORT, MAIL, MODEL, OTHER, REPORT, ROUTING, SCORE


@dataclass(frozen=True)
class AlarmWords:
    """One alarm as the page says it; ``code`` is its section in docs/operate.md."""

    code: str
    title: str
    advice: str
    is_grave: bool


def work_words(work: str) -> str:
    known = {
        ROUTING: pgettext("work", "Giving chats to agents"),
        MAIL: pgettext("work", "Sending letters"),
        IMPORT: pgettext("work", "Reading letters"),
        SCORE: pgettext("work", "Scores"),
        REPORT: pgettext("work", "Reports"),
        MODEL: pgettext("work", "The model"),
        OTHER: pgettext("work", "Everything else"),
        CLOCK: pgettext("work", "The clock"),
    }
    return known.get(work, work)


def alarm_words(alarm: Alarm, facts: DeskFacts) -> AlarmWords:
    title, advice = WORDS[alarm.code](alarm, facts)
    return AlarmWords(alarm.code, title, advice, alarm.is_grave)


def _probe_failed(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    steps = {
        "sign_in": pgettext("probe", "signing in"),
        "connect": pgettext("probe", "connecting"),
        "acknowledge": pgettext("probe", "acknowledging a message"),
        "deliver": pgettext("probe", "delivering it"),
        "answer": pgettext("probe", "bringing the answer back"),
        "resume": pgettext("probe", "going on after a cut"),
    }
    step = steps.get(alarm.subject, alarm.subject)
    title = _("The probe does not get through: it fails at %(step)s") % {"step": step}
    return title, _("People are probably kept out too. Look whether the web processes and the proxy serve.")


def _probe_silent(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    advice = _("Start the program “probe”: without it nobody notices that messages do not get through.")
    return _("The probe is silent"), advice


def _web_silent(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    advice = _("Look at the log of the program “web” and restart it.")
    return _("No web process gives a sign of life"), advice


def _workers_silent(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Nobody does this work: %(work)s") % {"work": work_words(alarm.subject)}
    return title, _("Restart the worker. What is promised is kept and will be done.")


def _posts_refused(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    count = figure(alarm.value)
    if alarm.subject == "storage":
        title = _("Messages are refused, the disk of Postgres is full: %(count)s") % {"count": count}
        return title, _("Free some space at once. Clients keep what was not stored and send it again.")
    title = _("Messages are refused, Postgres fails: %(count)s") % {"count": count}
    return title, _("Look at the log of Postgres. Clients keep what was not stored and send it again.")


def _acknowledgements_slow(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("One message in twenty is stored later than in %(time)s") % {"time": latency(alarm.value)}
    return title, _("Look at the load of Postgres and of the machine; add a web process.")


def _deliveries_slow(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("One message in twenty is shown later than in %(time)s") % {"time": latency(alarm.value)}
    return title, _("Look at Redis and at the load of the web processes.")


def _redis_away(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    advice = _("Messages still arrive, within a second. Start Redis again; nothing has to be restored.")
    return _("Redis does not answer"), advice


def _outbox_old(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Work has waited for %(time)s: %(work)s")
    title %= {"time": duration(alarm.value), "work": work_words(alarm.subject)}
    return title, _("Look whether its worker runs, and what its log says.")


def _jobs_failed(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Given up after several attempts: %(count)s. %(work)s")
    title %= {"count": figure(alarm.value), "work": work_words(alarm.subject)}
    return title, _("Remove the cause, then try the jobs again below.")


def _mailbox_late(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("A mailbox is not read: %(mailbox)s") % {"mailbox": _mailbox(alarm, facts)}
    return title, _("Look at its last error below; check the server and the password.")


def _letters_waiting(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Letters have not been read for %(time)s: %(mailbox)s")
    title %= {"time": duration(alarm.value), "mailbox": _mailbox(alarm, facts)}
    return title, _("Look whether the worker that reads letters runs.")


def _letters_missed(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Letters had been missed: %(count)s. %(mailbox)s")
    title %= {"count": figure(alarm.value), "mailbox": _mailbox(alarm, facts)}
    return title, _("They are fetched now. If the alarm is here again in an hour, the server does not give them.")


def _letters_answering(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("Far more acknowledgements than usual: %(count)s in ten minutes") % {"count": figure(alarm.value)}
    return title, _("None leave now. Look at the newest letters: a machine probably answers ours, or somebody floods.")


def _journal_gaps(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("The journal of letters and its files do not match: %(count)s") % {"count": figure(alarm.value)}
    return title, _("Look whether the disk or the database was restored from a backup; the raw letters tell more.")


def _disk_full(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("The disk of %(host)s is %(share)s full")
    title %= {"host": alarm.subject, "share": percent(alarm.value * 100)}
    return title, _("Free some space or enlarge the disk before messages are refused.")


def _connections_many(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("%(share)s of the connections of Postgres are taken") % {"share": percent(alarm.value * 100)}
    return title, _("Look for programs that keep connections; raise max_connections or put pgbouncer in front.")


def _sockets_many(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("A web process holds %(count)s sockets") % {"count": figure(alarm.value)}
    return title, _("Add a web process before there are 5,000.")


def _loop_busy(alarm: Alarm, facts: DeskFacts) -> tuple[str, str]:
    title = _("A web process is late by %(time)s") % {"time": latency(alarm.value)}
    return title, _("The machine is overloaded: add a web process or look what else runs there.")


def _mailbox(alarm: Alarm, facts: DeskFacts) -> str:
    return next((box.address for box in facts.mailboxes if str(box.id) == alarm.subject), alarm.subject)


WORDS: dict[str, Callable[[Alarm, DeskFacts], tuple[str, str]]] = {
    "probe_failed": _probe_failed,
    "probe_silent": _probe_silent,
    "web_silent": _web_silent,
    "workers_silent": _workers_silent,
    "posts_refused": _posts_refused,
    "acknowledgements_slow": _acknowledgements_slow,
    "deliveries_slow": _deliveries_slow,
    "redis_away": _redis_away,
    "outbox_old": _outbox_old,
    "jobs_failed": _jobs_failed,
    "mailbox_late": _mailbox_late,
    "letters_waiting": _letters_waiting,
    "letters_missed": _letters_missed,
    "letters_answering": _letters_answering,
    "journal_gaps": _journal_gaps,
    "disk_full": _disk_full,
    "connections_many": _connections_many,
    "sockets_many": _sockets_many,
    "loop_busy": _loop_busy,
}
