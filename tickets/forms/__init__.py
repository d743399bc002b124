"""What forms and the interface accept, by noun."""

from tickets.forms.calls import CallForm, ExchangeForm, WrittenDownForm
from tickets.forms.interface import (
    AnswerForm,
    AnswersForm,
    AvailabilityForm,
    ContinueForm,
    MergeForm,
    MomentField,
    PeriodForm,
    PriorityForm,
    SnoozeForm,
    StartChatForm,
    StepForm,
    TopicForm,
    TransferForm,
)
from tickets.forms.mailboxes import MailboxForm, SecretField
from tickets.forms.paper import PaperAnswerForm, PaperForm, PaperSentForm
from tickets.forms.steps import mark_of

__all__ = [
    "AnswerForm",
    "AnswersForm",
    "AvailabilityForm",
    "CallForm",
    "ContinueForm",
    "ExchangeForm",
    "MailboxForm",
    "MergeForm",
    "MomentField",
    "PaperAnswerForm",
    "PaperForm",
    "PaperSentForm",
    "PeriodForm",
    "PriorityForm",
    "SecretField",
    "SnoozeForm",
    "StartChatForm",
    "StepForm",
    "TopicForm",
    "TransferForm",
    "WrittenDownForm",
    "mark_of",
]
