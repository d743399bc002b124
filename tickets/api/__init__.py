"""The interface under /api/v1/: fetch through access, one action, answer."""

from tickets.api.answers import Answers
from tickets.api.borrowers import ConversationTicket, History, Home, ReopenConversation
from tickets.api.continuing import ContinueConversation
from tickets.api.inbox import Agents, OwnAvailability, OwnInbox, StartChat
from tickets.api.letters import CancelAnswer, LiftSuppression, RetryAnswer, TicketLetters
from tickets.api.parties import AdmitLetter, MergeTicket, SplitLetter
from tickets.api.reports import BoardNow, ServiceReport
from tickets.api.tickets import (
    OneTicket,
    Reopen,
    Resolve,
    Snooze,
    Step,
    Take,
    TicketPriority,
    TicketTopic,
    Transfer,
    UndoTransfer,
)

__all__ = [
    "AdmitLetter",
    "Agents",
    "Answers",
    "BoardNow",
    "CancelAnswer",
    "ContinueConversation",
    "ConversationTicket",
    "History",
    "Home",
    "LiftSuppression",
    "MergeTicket",
    "OneTicket",
    "OwnAvailability",
    "OwnInbox",
    "Reopen",
    "ReopenConversation",
    "Resolve",
    "RetryAnswer",
    "ServiceReport",
    "Snooze",
    "SplitLetter",
    "StartChat",
    "Step",
    "Take",
    "TicketLetters",
    "TicketPriority",
    "TicketTopic",
    "Transfer",
    "UndoTransfer",
]
