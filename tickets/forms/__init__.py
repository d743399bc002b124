"""What forms and the interface accept, by noun."""

from tickets.forms.interface import (
    AnswerForm,
    AnswersForm,
    AvailabilityForm,
    ContinueForm,
    MergeForm,
    MomentField,
    PeriodForm,
    SnoozeForm,
    StartChatForm,
    StepForm,
    TopicForm,
    TransferForm,
)
from tickets.forms.mailboxes import MailboxForm, SecretField

__all__ = [
    "AnswerForm",
    "AnswersForm",
    "AvailabilityForm",
    "ContinueForm",
    "MailboxForm",
    "MergeForm",
    "MomentField",
    "PeriodForm",
    "SecretField",
    "SnoozeForm",
    "StartChatForm",
    "StepForm",
    "TopicForm",
    "TransferForm",
]
