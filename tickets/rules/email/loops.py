"""When the desk keeps silent: machines, floods, and whoever has heard from us already. Counts in, a reason out."""

from dataclasses import dataclass

PER_ADDRESS = 1  # acknowledgements of one mailbox to one address in a day
PER_TICKET = 3
LETTERS_PER_HOUR = 20  # of one sender; more are taken in and not answered by machine
TICKETS_PER_HOUR = 5  # new ones of one sender; further letters go to the newest of them
USUAL_AT_LEAST = 5.0  # acknowledgements in ten minutes that a quiet desk may well send
TOO_MANY = 10.0  # times the usual
AGE = 86_400.0  # seconds after which a letter is not acknowledged any more


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What was sent and received lately, the letter in question included; times in seconds."""

    to_address_today: int = 0
    for_ticket: int = 0
    letters_this_hour: int = 0
    recent: int = 0  # acknowledgements of the whole desk in ten minutes
    usual: float = 0.0  # the same on average


@dataclass(frozen=True, kw_only=True)
class Came:
    """What speaks for or against acknowledging a letter."""

    is_human: bool
    is_message: bool  # it stands in the exchange, not beside it
    is_on: bool  # the mailbox acknowledges
    is_silenced: bool  # it came before the mailbox was to speak
    has_address: bool  # one that is certain, and not ours
    is_suppressed: bool
    age: float


def why_silent(came: Came, counts: Counts) -> str:
    """Why a letter gets no acknowledgement; empty when it gets one."""
    reasons = {
        "off": not came.is_on,
        "machine": not came.is_human,
        "beside": not came.is_message,
        "no_address": not came.has_address,
        "first_import": came.is_silenced,
        "old": came.age > AGE,
        "suppressed": came.is_suppressed,
        "flood": counts.letters_this_hour > LETTERS_PER_HOUR,
        "address": counts.to_address_today >= PER_ADDRESS,
        "ticket": counts.for_ticket >= PER_TICKET,
        "breaker": is_broken(counts.recent, counts.usual),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def is_broken(recent: int, usual: float) -> bool:
    """Whether the desk sends far more acknowledgements than usual: something answers something."""
    return recent >= TOO_MANY * max(usual, USUAL_AT_LEAST)
