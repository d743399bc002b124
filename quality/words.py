"""The words of quality: why a check judged as it did, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

Facts = dict[str, Any]

VERDICTS = {
    "pass": gettext_lazy("Yes"),
    "partial": gettext_lazy("Partly"),
    "fail": gettext_lazy("No"),
    "na": gettext_lazy("Not applicable"),
    "unsure": gettext_lazy("Not sure"),
}
_PLAIN = {
    "no_answer": gettext_lazy("Staff did not write in this conversation"),
    "greeted": gettext_lazy("There is a greeting at the beginning"),
    "not_greeted": gettext_lazy("There is no greeting in the first answers"),
    "introduced": gettext_lazy("It is said who answers"),
    "not_introduced": gettext_lazy("It is not said who answers"),
    "named": gettext_lazy("The borrower is addressed by name"),
    "not_named": gettext_lazy("The borrower is never addressed by name"),
    "name_unknown": gettext_lazy("The borrower's name is not known"),
    "familiar": gettext_lazy("The borrower is addressed with «ты»"),
    "formal": gettext_lazy("The address is formal throughout"),
    "not_russian": gettext_lazy("The conversation is not in Russian"),
    "we_started": gettext_lazy("The conversation was started by us"),
    "no_limit": gettext_lazy("The standard sets no limit for this channel"),
    "nothing_to_answer": gettext_lazy("After the first answer nothing waited for a reply"),
    "said_goodbye": gettext_lazy("There is a goodbye at the end"),
    "no_goodbye": gettext_lazy("There is no goodbye at the end"),
    "borrower_left": gettext_lazy("The borrower left without an answer"),
    "offered_help": gettext_lazy("Further help is offered at the end"),
    "no_offer_of_help": gettext_lazy("Further help is not offered at the end"),
    "nothing_forbidden": gettext_lazy("No forbidden wording"),
    "forbidden_words": gettext_lazy("Forbidden wording"),
    "no_threats": gettext_lazy("No threats, no pressure, no promises of approval"),
    "threatened": gettext_lazy("It looks like a threat, pressure or a promise of approval"),
    "no_secret_asked": gettext_lazy("Codes and card numbers were not asked for"),
    "asked_for_secret": gettext_lazy("It looks like a request for a secret code or a card number"),
    "nothing_disclosed": gettext_lazy("No personal data in clear text"),
    "calm": gettext_lazy("No shouting"),
    "own_links": gettext_lazy("No foreign links"),
}
_KINDS = {
    "card": gettext_lazy("card number"),
    "passport": gettext_lazy("passport"),
    "cvv": gettext_lazy("CVV"),
    "snils": gettext_lazy("SNILS"),
    "inn": gettext_lazy("INN"),
}


def counter(seconds: float) -> str:
    """``4:12``, with hours when there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def reason_words(reason: str, facts: Facts) -> str:
    """The sentence of a finding."""
    if reason in _COMPOSED:
        return _COMPOSED[reason](facts)
    return str(_PLAIN.get(reason, reason))


def _answered_in_time(facts: Facts) -> str:
    return _("First answer after %(wait)s, the limit is %(limit)s") % _times(facts)


def _long_pause(facts: Facts) -> str:
    return _("Pause of %(wait)s, the limit is %(limit)s") % _times(facts)


def _no_long_pause(facts: Facts) -> str:
    return _("The longest pause was %(wait)s, the limit is %(limit)s") % _times(facts)


def _disclosed(facts: Facts) -> str:
    kinds = ", ".join(str(_KINDS.get(kind, kind)) for kind in facts.get("kinds", ()))
    return _("Written in clear text: %(kinds)s") % {"kinds": kinds}


def _shouted(facts: Facts) -> str:
    times = facts.get("times", 1)
    words = ngettext("%(n)d word in capitals or row of signs", "%(n)d words in capitals or rows of signs", times)
    return words % {"n": times}


def _foreign_links(facts: Facts) -> str:
    return _("Links to foreign sites: %(hosts)s") % {"hosts": ", ".join(facts.get("hosts", ()))}


def _times(facts: Facts) -> dict[str, str]:
    return {"wait": counter(facts.get("wait", 0)), "limit": counter(facts.get("limit", 0))}


_COMPOSED: dict[str, Callable[[Facts], str]] = {
    "answered_in_time": _answered_in_time,
    "answered_late": _answered_in_time,
    "long_pause": _long_pause,
    "no_long_pause": _no_long_pause,
    "disclosed": _disclosed,
    "shouted": _shouted,
    "foreign_links": _foreign_links,
}


def ending_words(author_kind: str) -> str:
    """How a conversation ended."""
    endings = {
        "staff": pgettext("conversation", "Closed by staff at %(clock)s"),
        "borrower": pgettext("conversation", "Closed by the borrower at %(clock)s"),
    }
    return endings.get(author_kind, pgettext("conversation", "Closed at %(clock)s"))


TAGS = {
    "answered_late": gettext_lazy("First answer %(wait)s"),
    "long_pause": gettext_lazy("Pause %(wait)s"),
    "forbidden_words": gettext_lazy("Forbidden wording"),
    "threatened": gettext_lazy("Pressure"),
    "asked_for_secret": gettext_lazy("Asked for a code"),
    "disclosed": gettext_lazy("Personal data"),
    "foreign_links": gettext_lazy("Foreign link"),
    "shouted": gettext_lazy("Shouting"),
    "familiar": gettext_lazy("Familiar address"),
}


def tag_words(reason: str, facts: Facts) -> str | None:
    """The short reason why a conversation should be looked at; None when it is not worth a tag."""
    words = TAGS.get(reason)
    return None if words is None else str(words) % _times(facts)
