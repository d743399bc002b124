"""What the chat refuses, and why: each refusal has a stable code, an HTTP status and a sentence for people.

ChatError
├── NotVisible            404: what the actor may not see does not exist
├── Refused               a post or another write was refused (codes of docs/protocol.md)
└── FileRefused           an upload was refused; what was typed is not touched
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.errors import DeskError


class ChatError(DeskError):
    """Anything the chat will not do."""

    code = "chat"
    status = 400
    message = _("The chat cannot do this.")


class NotVisible(ChatError):
    code = "not_found"
    status = 404
    message = _("There is no such conversation.")


class Refused(ChatError):
    """A write was refused with one of the codes of docs/protocol.md."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.status, self.message = REFUSALS.get(code, REFUSALS["malformed"])


class FileRefused(ChatError):
    """An upload was refused."""

    status = 400

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = FILE_REFUSALS[code]


REFUSALS: dict[str, tuple[int, Any]] = {
    "database": (503, _("The desk cannot store messages just now. Try again in a few seconds.")),
    "overload": (503, _("The desk is busy. Try again in a few seconds.")),
    "storage": (507, _("The desk cannot store messages just now. Try again later.")),
    "order": (409, _("An earlier message was not stored yet. Send it first.")),
    "too_fast": (429, _("Too many messages at once. Wait a little.")),
    "forbidden": (403, _("You cannot write in this conversation.")),
    "closed": (409, _("This conversation is closed. Start a new one.")),
    "too_long": (400, _("The message is too long. Divide it into parts.")),
    "empty": (400, _("The message is empty.")),
    "malformed": (400, _("This request cannot be understood.")),
    "conflict": (409, _("Another message was already sent under this id.")),
    "attachment": (400, _("A file of this message cannot be used. Attach it again.")),
}

FILE_REFUSALS: dict[str, Any] = {
    "file_type": _("This kind of file cannot be sent. Send a picture, a PDF, a text or an office file."),
    "file_content": _("The content of the file does not match its name."),
    "file_too_large": _("The file is larger than 10 MB."),
    "file_empty": _("The file is empty."),
    "file_name": _("The file has no usable name."),
    "image_unreadable": _("The picture cannot be read. Save it as JPEG and send it again."),
    "image_too_large": _("The picture has too many pixels. Make it smaller and send it again."),
    "file_quota": _("Too many files for one day. Try again tomorrow."),
}
