"""Who owes whom an answer, by when."""

from tickets.models.answers import AnswerUse, AnswerVersion, CannedAnswer
from tickets.models.appeals import Appeal, AppealYear
from tickets.models.calendars import Calendar, CalendarDay, ProductionDay
from tickets.models.calls import Call, CallEvent, Exchange
from tickets.models.continuing import ContinueLink
from tickets.models.event_rules import EventRule, RuleTrial
from tickets.models.exports import Export
from tickets.models.links import TicketLink
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
from tickets.models.paper import PaperAnswer, PaperLetter
from tickets.models.reasons import Reason, reason_words
from tickets.models.rollups import DayFigure, HalfHourFigure, RolledDay
from tickets.models.routing import Availability, AvailabilityPeriod, PresenceLease, Slot
from tickets.models.scenarios import (
    Scenario,
    ScenarioChoice,
    ScenarioMark,
    ScenarioRun,
    ScenarioStep,
    ScenarioVersion,
)
from tickets.models.search import SearchCursor, SearchDocument, SearchName
from tickets.models.silence import SilenceRule
from tickets.models.skills import SkillRule
from tickets.models.staffing import StaffingPlan
from tickets.models.tickets import Assignment, Ticket, TicketEvent
from tickets.models.topics import Priority, SlaTarget, Topic, TopicVersion, WorkingHours
from tickets.models.verification import IdentityDecision, UploadLink, Verification
from tickets.models.views import SavedView

__all__ = [
    "AnswerUse",
    "AnswerVersion",
    "Appeal",
    "AppealYear",
    "Assignment",
    "Availability",
    "AvailabilityPeriod",
    "Calendar",
    "CalendarDay",
    "Call",
    "CallEvent",
    "CannedAnswer",
    "ContinueLink",
    "DayFigure",
    "EventRule",
    "Exchange",
    "Export",
    "FolderCursor",
    "HalfHourFigure",
    "IdentityDecision",
    "InboundLetter",
    "Job",
    "JournalGap",
    "LetterSource",
    "MailReference",
    "Mailbox",
    "OutboundLetter",
    "PaperAnswer",
    "PaperLetter",
    "PresenceLease",
    "Priority",
    "ProbeRun",
    "Process",
    "ProcessSample",
    "ProductionDay",
    "Reason",
    "RolledDay",
    "RuleTrial",
    "SavedView",
    "Scenario",
    "ScenarioChoice",
    "ScenarioMark",
    "ScenarioRun",
    "ScenarioStep",
    "ScenarioVersion",
    "SearchCursor",
    "SearchDocument",
    "SearchName",
    "SilenceRule",
    "SkillRule",
    "SlaTarget",
    "Slot",
    "StaffingPlan",
    "Suppression",
    "Ticket",
    "TicketEvent",
    "TicketLink",
    "TicketParticipant",
    "Topic",
    "TopicVersion",
    "UploadLink",
    "Verification",
    "Worker",
    "WorkingHours",
    "reason_words",
]
