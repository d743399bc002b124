"""Every write of the work: verbs on tickets, letters and jobs.

``from tickets import actions as tickets`` → ``tickets.resolve(ticket=…, by=…)``.
"""

from tickets.actions.assignments import assign, take
from tickets.actions.clocks import move_clocks
from tickets.actions.invitations import start_chat
from tickets.actions.matching import match
from tickets.actions.presence import renew_presence, set_availability, shorten_presence
from tickets.actions.scenario_runs import mark_step, take_step_back
from tickets.actions.seed import seed_desk, set_hours
from tickets.actions.slots import ensure_slots
from tickets.actions.sweeps import hold_silent, release_absent, release_unanswered, sweep, wake_snoozed
from tickets.actions.tickets import (
    need_answer,
    open_ticket,
    reopen,
    resolve,
    set_priority,
    set_topic,
    snooze,
)
from tickets.actions.transfers import transfer, undo_transfer

__all__ = [
    "assign",
    "ensure_slots",
    "hold_silent",
    "mark_step",
    "match",
    "move_clocks",
    "need_answer",
    "open_ticket",
    "release_absent",
    "release_unanswered",
    "renew_presence",
    "reopen",
    "resolve",
    "seed_desk",
    "set_availability",
    "set_hours",
    "set_priority",
    "set_topic",
    "shorten_presence",
    "snooze",
    "start_chat",
    "sweep",
    "take",
    "take_step_back",
    "transfer",
    "undo_transfer",
    "wake_snoozed",
]
