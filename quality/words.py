"""The words of quality: why a check judged as it did, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from quality.rules.ratings import Option

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
    "goes_on": gettext_lazy("The talk goes on from one of the day before: no greeting is needed"),
    "borrower_closed": gettext_lazy("The borrower ended the correspondence"),
    "borrower_calm": gettext_lazy("The borrower shows no discontent"),
    "felt_with": gettext_lazy("Discontent is met with an apology or understanding"),
    "not_felt_with": gettext_lazy("After discontent there is neither an apology nor understanding"),
    "no_bare_refusal": gettext_lazy("No refusal without a way out"),
    "bare_refusal": gettext_lazy("A refusal, and nothing is offered instead"),
    "spelt_right": gettext_lazy("No mistakes in spelling"),
    "few_misspelt": gettext_lazy("One slip of the keyboard is not a mistake yet"),
    "misspelt": gettext_lazy("Words with mistakes"),
    "business_words": gettext_lazy("The style is businesslike"),
    "unbusinesslike": gettext_lazy("Slang, diminutives or officialese"),
    "no_questions": gettext_lazy("The borrower asked nothing"),
    "all_answered": gettext_lazy("Every question is answered"),
    "nothing_told": gettext_lazy("Nothing of a loan was told"),
    "told_to_unknown": gettext_lazy("Data of a loan are told before the identity is confirmed"),
    "nothing_sent": gettext_lazy("The borrower sent no personal data in clear text"),
    "one_answer": gettext_lazy("There is only one answer"),
    "same_answer_twice": gettext_lazy("The same answer is sent twice"),
    "own_words": gettext_lazy("Answers are not repeated"),
    "no_ticket": gettext_lazy("The conversation has no ticket"),
    "topic_not_set": gettext_lazy("No topic is set"),
    "topic_set": gettext_lazy("The topic is set"),
    "nothing_promised": gettext_lazy("Nothing was promised until a moment"),
    "promise_kept": gettext_lazy("What was promised came in time"),
    "promise_late": gettext_lazy("What was promised seems to have come late"),
    "promise_open": gettext_lazy("It cannot be seen here whether the promise was kept"),
    "no_complaint": gettext_lazy("There is no complaint"),
    "complaint_handled": gettext_lazy("The complaint went its whole way"),
}
_KINDS = {
    "card": gettext_lazy("card number"),
    "passport": gettext_lazy("passport"),
    "cvv": gettext_lazy("CVV"),
    "snils": gettext_lazy("SNILS"),
    "inn": gettext_lazy("INN"),
    "phone": gettext_lazy("phone number"),
}
_TROUBLES = {
    "no_reply": gettext_lazy("no reply"),
    "only_stock": gettext_lazy("only courtesies in reply"),
    "asked_again": gettext_lazy("had to be asked again"),
}
_PARTS = {
    "apology": gettext_lazy("apology"),
    "number": gettext_lazy("number of the complaint"),
    "term": gettext_lazy("term of the answer"),
    "result": gettext_lazy("result, or who decides"),
}


def option_words(option: Option, *, of: int) -> str:
    """What an answer of a scale is called; a number with how many there are, when that is told."""
    if option.ru:
        return option.en if get_language() == "en" else option.ru
    if option.name in VERDICTS:
        return str(VERDICTS[option.name])
    return _("%(n)s of %(of)d") % {"n": option.name, "of": of} if of else option.name


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


def _identified(facts: Facts) -> str:
    if facts.get("by") == "words":
        return _("The identity was asked for before anything was told")
    return _("The desk knew who writes before anything was told")


def _sent_personal_data(facts: Facts) -> str:
    kinds = ", ".join(str(_KINDS.get(kind, kind)) for kind in facts.get("kinds", ()))
    return _("The borrower sent in clear text: %(kinds)s. Remove it from the conversation") % {"kinds": kinds}


def _unanswered(facts: Facts) -> str:
    open_ones = [f"«{one['words']}» ({_TROUBLES.get(one['trouble'], one['trouble'])})" for one in facts.get("open", ())]
    return _("Without an answer: %(questions)s") % {"questions": ", ".join(open_ones)}


def _perhaps_unanswered(facts: Facts) -> str:
    return _("Perhaps a question. %(said)s") % {"said": _unanswered(facts)}


def _only_prepared(facts: Facts) -> str:
    return _("Prepared answers are %(share)d%% of what was written, and the borrower had to ask again") % {
        "share": facts.get("share", 0)
    }


def _topic_doubted(facts: Facts) -> str:
    words = ", ".join(f"«{word}»" for word in facts.get("weighed", ()))
    return _("It looks like another topic, %(topic)s (%(probability)s): %(words)s") % {
        "topic": facts.get("likely", ""),
        "probability": facts.get("probability", ""),
        "words": words,
    }


def _complaint_unfinished(facts: Facts) -> str:
    missing = ", ".join(str(_PARTS.get(part, part)) for part in facts.get("missing", ()))
    return _("The complaint lacks: %(missing)s") % {"missing": missing}


def _perhaps_complaint(facts: Facts) -> str:
    missing = ", ".join(str(_PARTS.get(part, part)) for part in facts.get("missing", ()))
    return _("Perhaps a complaint. If so, it lacks: %(missing)s") % {"missing": missing}


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
    "identified": _identified,
    "sent_personal_data": _sent_personal_data,
    "unanswered": _unanswered,
    "perhaps_unanswered": _perhaps_unanswered,
    "only_prepared": _only_prepared,
    "topic_doubted": _topic_doubted,
    "complaint_unfinished": _complaint_unfinished,
    "perhaps_complaint": _perhaps_complaint,
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
    "not_felt_with": gettext_lazy("No empathy"),
    "unanswered": gettext_lazy("Unanswered question"),
    "told_to_unknown": gettext_lazy("Identity not confirmed"),
    "sent_personal_data": gettext_lazy("The borrower's personal data"),
    "misspelt": gettext_lazy("Mistakes"),
    "bare_refusal": gettext_lazy("Bare refusal"),
    "topic_not_set": gettext_lazy("No topic"),
    "complaint_unfinished": gettext_lazy("Complaint not finished"),
    "same_answer_twice": gettext_lazy("Same answer twice"),
}


def tag_words(reason: str, facts: Facts) -> str | None:
    """The short reason why a conversation should be looked at; None when it is not worth a tag."""
    words = TAGS.get(reason)
    return None if words is None else str(words) % _times(facts)
