"""Who owes whom an answer, by when."""

from tickets.models.answers import CannedAnswer
from tickets.models.continuing import ContinueLink
from tickets.models.mail import (
    InboundLetter,
    LetterSource,
    MailReference,
    OutboundLetter,
    Suppression,
    TicketParticipant,
)
from tickets.models.mailboxes import FolderCursor, JournalGap, Mailbox
from tickets.models.operations import ProbeRun, Process, ProcessSample
from tickets.models.outbox import Job, Worker
from tickets.models.reasons import Reason, reason_words
from tickets.models.routing import Availability, AvailabilityPeriod, PresenceLease, Slot
from tickets.models.tickets import Assignment, Ticket, TicketEvent
from tickets.models.topics import ScenarioStep, SlaTarget, Topic, WorkingHours
from tickets.models.verification import IdentityDecision, UploadLink, Verification

__all__ = [
    "Assignment",
    "Availability",
    "AvailabilityPeriod",
    "CannedAnswer",
    "ContinueLink",
    "FolderCursor",
    "IdentityDecision",
    "InboundLetter",
    "Job",
    "JournalGap",
    "LetterSource",
    "MailReference",
    "Mailbox",
    "OutboundLetter",
    "PresenceLease",
    "ProbeRun",
    "Process",
    "ProcessSample",
    "Reason",
    "ScenarioStep",
    "SlaTarget",
    "Slot",
    "Suppression",
    "Ticket",
    "TicketEvent",
    "TicketParticipant",
    "Topic",
    "UploadLink",
    "Verification",
    "Worker",
    "WorkingHours",
    "reason_words",
]
