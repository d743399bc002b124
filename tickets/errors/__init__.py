"""What the work refuses; each error has a stable ``code`` and an HTTP ``status``.

DeskError
└── TicketError
    ├── NotVisible      404  what the actor may not see does not exist
    ├── NotYours        403  seen, but another's to do
    ├── Taken           409  a colleague was quicker; ``name`` says who
    ├── NoFreeSlot      409  all places of that agent are taken
    ├── AlreadyResolved 409
    ├── TopicMissing    409  nothing is finished before it is said what it was about
    ├── LetterSettled   409  somebody has read this held letter already
    ├── LinkRefused     403  a link of a letter that does not lead this borrower into the chat
    ├── TooOld          409  the conversation ended too long ago to go on
    ├── TooLate         409  what should be undone was already answered
    ├── Sealed          409  a legal text was changed, has run out, or is not approved; ``message`` says which
    ├── Disclosure      409  a letter names what an unproved person may not learn; ``kinds`` says what
    ├── ThirdParty      409  a copy would go to somebody who takes no part; ``addresses`` says to whom
    ├── ScenarioUnfinished 409  a draft that cannot be followed to an end; ``problems`` says why
    ├── StepTaken       409  a colleague was quicker with this step, or the scenario went on meanwhile
    ├── NotProved       409  too few matches, or none by a reliable way
    ├── TooManyChecks   429  the lender was asked too often about one letter, or by one agent
    ├── LenderSilent    503  the lender does not answer now
    ├── LinkSpent       410  the link to bring a photo was used, has run out, or never was
    ├── RulesRing       409  rules would set each other off for ever; says which
    └── Invalid         400  a required field is missing or unknown
"""

from collections.abc import Sequence

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.errors import DeskError, Words
from identity.rules.disclosure import Found
from tickets.errors.invalid import INVALID as INVALID
from tickets.rules.scenarios import Problem


class TicketError(DeskError):
    pass


class NotVisible(TicketError):
    code = "not_found"
    status = 404
    message = _("Nothing was found.")


class NotYours(TicketError):
    code = "not_yours"
    status = 403
    message = _("This is a colleague's conversation. Ask them to transfer it, or ask a supervisor.")


class Taken(TicketError):
    code = "taken"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.message = _("%(name)s is already on this conversation") % {"name": name}


class LetterSettled(TicketError):
    code = "letter_settled"
    status = 409
    message = _("Somebody has read this letter already.")


class NoFreeSlot(TicketError):
    code = "no_free_slot"
    status = 409
    message = _("All places are taken. Choose a colleague with a free place, or the queue.")


class RulesRing(TicketError):
    code = "rules_ring"
    status = 409

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(*names)
        alone = _("The rule would set itself off: what it changes makes its own condition true again.")
        together = _("These rules would set each other off for ever: %(names)s.")
        self.message = alone if len(names) == 2 else together % {"names": " → ".join(names)}


class AlreadyResolved(TicketError):
    code = "already_resolved"
    status = 409
    message = _("This is already finished.")


class TopicMissing(TicketError):
    """There is no topic, or one that nothing is finished with: ``reason`` is ``none``, ``parent`` or ``archived``."""

    code = "topic_missing"
    status = 409

    def __init__(self, reason: str = "none") -> None:
        super().__init__(reason)
        self.message = TOPIC_MISSING[reason]


TOPIC_MISSING: dict[str, Words] = {
    "none": _("Choose the topic first: nothing is finished before it is said what it was about."),
    "parent": _("Choose a more exact topic: this one has topics under it."),
    "archived": _("Choose another topic: this one is in the archive."),
}


class TooLate(TicketError):
    code = "too_late"
    status = 409
    message = _("It is too late to undo this.")


class Sealed(TicketError):
    """A legal text would not leave as it was approved; nothing was stored."""

    code = "sealed"
    status = 409

    def __init__(self, reason: str, title: str) -> None:
        super().__init__(reason)
        self.message = SEALED[reason] % {"title": title}


class Disclosure(TicketError):
    """The answer would tell somebody what they have not proved to be theirs; nothing was stored."""

    code = "disclosure"
    status = 409

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__(self.code)
        self.kinds = list(dict.fromkeys(each.kind for each in found))
        self.message = lazy(_disclosure_words, str)(tuple(found))


class ThirdParty(TicketError):
    """A copy would go to people who take no part; the agent must say that it shall."""

    code = "third_party"
    status = 409

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__(self.code)
        self.addresses = list(addresses)
        words = _("Not sent: %(addresses)s takes no part in this conversation. Confirm that a copy may go there.")
        self.message = words % {"addresses": ", ".join(addresses[:3])}


class StepTaken(TicketError):
    """The log of the scenario went on since it was read."""

    code = "step_taken"
    status = 409
    message = _("This step was taken already. Look where the scenario stands now.")


class ScenarioUnfinished(TicketError):
    """A scenario that does not lead from its first step to an end; nothing was published."""

    code = "scenario_unfinished"
    status = 409
    message = _("Not published: the scenario cannot be followed from its first step to an end yet.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(self.code)
        self.problems = list(problems)


class NotProved(TicketError):
    code = "not_proved"
    status = 409
    message = _("Three matches are needed, one of them by a reliable way, and none may be contradicted.")


class TooManyChecks(TicketError):
    code = "too_many_checks"
    status = 429
    retry_after = 3600
    message = _("The lender was asked too often about this letter or by you. Try later, or ask to sign in by a link.")


class LenderSilent(TicketError):
    code = "lender_silent"
    status = 503
    message = _("The lender's service does not answer. Nothing was kept; try again in a minute.")


class LinkSpent(TicketError):
    code = "link_spent"
    status = 410
    message = _("This link was used already or has run out. Ask for a new one in your letter.")


class TooOld(TicketError):
    code = "too_old"
    status = 409
    message = _("This conversation ended too long ago. Ask a new question: we will see the earlier ones.")


class LinkRefused(TicketError):
    """A link of a letter does not lead this borrower into the chat."""

    status = 403

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = LINK_REFUSED[code]


LINK_REFUSED: dict[str, Words] = {
    "link_unknown": _("This link does not work. Open it from the letter once more, or ask your question here."),
    "link_expired": _("This link has run out: it works for 24 hours. Ask your question here, we see the letters."),
    "link_not_yours": _("This link was sent to another person. Sign in as the one who wrote to us, or ask here."),
}


class Invalid(TicketError):
    """The request names something unknown or leaves something out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = INVALID[code]


DISCLOSED: dict[str, Words] = {
    "sum": _("a sum"),
    "loan": _("the number of a loan"),
    "passport": _("the number of a document"),
    "card": _("the number of a card"),
    "account": _("the number of an account"),
    "phone": _("a phone number"),
    "birth_date": _("a date of birth"),
    "debt": _("the fact of a loan or a debt"),
}


def _disclosure_words(found: Sequence[Found]) -> str:
    """What was found, in the agent's own words, and how it may be said after all."""
    named = dict.fromkeys(f"{DISCLOSED[each.kind]} («{each.text[:40]}»)" for each in found)
    shown = ", ".join(list(named)[:4])
    return gettext(
        "Not sent: the identity is not verified, and the answer names %(what)s. Confirm the identity in the panel on "
        "the right, or take this out and invite the person to sign in to their account."
    ) % {"what": shown}


SEALED: dict[str, Words] = {
    "changed": _("Not sent: “%(title)s” leaves word for word as approved. Take it out, and put it in again if needed."),
    "expired": _("Not sent: “%(title)s” is past its review date. Take it out, and tell a supervisor."),
    "not_approved": _("Not sent: “%(title)s” is not approved any more. Take it out, and tell a supervisor."),
}
