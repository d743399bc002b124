"""What the work refuses; each error has a stable ``code`` and an HTTP ``status``.

DeskError
└── TicketError
    ├── NotVisible      404  what the actor may not see does not exist
    ├── NotYours        403  seen, but another's to do
    ├── Taken           409  a colleague was quicker; ``name`` says who
    ├── NoFreeSlot      409  all places of that agent are taken
    ├── AlreadyResolved 409
    ├── TooOld          409  the conversation ended too long ago to go on
    ├── TooLate         409  what should be undone was already answered
    └── Invalid         400  a required field is missing or unknown
"""

from django.utils.translation import gettext_lazy as _

from identity.errors import DeskError, Words


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


class NoFreeSlot(TicketError):
    code = "no_free_slot"
    status = 409
    message = _("All places are taken. Choose a colleague with a free place, or the queue.")


class AlreadyResolved(TicketError):
    code = "already_resolved"
    status = 409
    message = _("This is already finished.")


class TooLate(TicketError):
    code = "too_late"
    status = 409
    message = _("It is too late to undo this.")


class TooOld(TicketError):
    code = "too_old"
    status = 409
    message = _("This conversation ended too long ago. Ask a new question: we will see the earlier ones.")


class Invalid(TicketError):
    """The request names something unknown or leaves something out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = INVALID[code]


INVALID: dict[str, Words] = {
    "unknown_agent": _("This colleague is not here any more. Choose another."),
    "unknown_topic": _("There is no such topic."),
    "unknown_step": _("This topic has no such step."),
    "chats_come_by_themselves": _("Chats come by themselves. Only letters are taken."),
    "summary_required": _("Write a line for the colleague: what was asked and what is already done."),
    "same_agent": _("This conversation is already theirs."),
    "not_resolved": _("This is not finished yet."),
    "moment_passed": _("Choose a moment that is still ahead."),
    "unknown_state": _("There is no such state."),
}
    "cannot_merge": _("These two cannot be joined: choose another ticket by e-mail that was not joined itself."),
