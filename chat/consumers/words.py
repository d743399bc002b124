"""Sentences for the codes of ``error`` frames; the client shows them or its own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.errors import REFUSALS

ERRORS: dict[str, Any] = {
    "binary": _("Only text frames are understood."),
    "too_large": _("The frame is too large."),
    "unknown": _("A frame of this type is not known."),
    "not_found": _("There is no such conversation."),
    "too_many": _("Too many subscriptions on one connection."),
    "server_error": _("Something broke on our side. Try again in a minute."),
}


def message_of(code: str) -> Any:
    if code in ERRORS:
        return ERRORS[code]
    return REFUSALS.get(code, REFUSALS["malformed"])[1]
