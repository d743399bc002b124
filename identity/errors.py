"""What the desk refuses, one hierarchy per app; each error has a stable ``code`` and an HTTP ``status``.

DeskError
└── IdentityError
    ├── TokenRefused      401  the lender's token (one public answer; ``reason`` is for the audit log)
    ├── TooManyTokens     429  too many refused tokens from one address; ``retry_after`` says how long to wait
    ├── TicketRefused     401  the socket ticket
    ├── SessionEnded      401  the borrower's or staff member's session
    ├── SignInRefused     401  e-mail or password
    ├── LockedOut         429  too many failures; ``until`` says when to come back
    ├── WeakPassword      400  ``problems`` says why, in words
    ├── NotAllowed        403
    ├── NotFound          404  what the actor may not see does not exist
    └── Conflict          409  the change would leave the desk without an administrator, or an e-mail is taken
"""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class DeskError(Exception):
    """The base of every refusal of every app; ``supportdesk.errors`` turns it into ``{"code", "message"}``."""

    code: str = "error"
    status: int = 400
    message: Words = _("This cannot be done.")

    def __str__(self) -> str:
        return self.code


class IdentityError(DeskError):
    pass


class TokenRefused(IdentityError):
    """Every bad token gets the same answer, so that a forger learns nothing; ``reason`` goes to the audit log."""

    code = "token_refused"
    status = 401
    message = _("We could not confirm who you are. Reload the page and open the chat again.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyTokens(IdentityError):
    code = "too_many_tokens"
    status = 429
    message = _("Too many tries from this network. Open the chat again in a minute.")
    retry_after = 60  # seconds


class TicketRefused(IdentityError):
    code = "ticket_refused"
    status = 401
    message = _("The connection pass is used up or too old. Ask for a new one.")


class SessionEnded(IdentityError):
    code = "session_ended"
    status = 401
    message = _("The session has ended. Reload the page and open the chat again.")


class SignInRefused(IdentityError):
    """``left`` tries remain before sign-in closes for ``lock_time`` seconds."""

    code = "sign_in_refused"
    status = 401
    message = _("The e-mail or the password did not match.")

    def __init__(self, *, left: int, lock_time: int) -> None:
        super().__init__()
        self.left = left
        self.lock_time = lock_time


class LockedOut(IdentityError):
    code = "locked_out"
    status = 429
    message = _("Too many failed tries. Sign-in is closed for a while.")

    def __init__(self, *, until: datetime) -> None:
        super().__init__()
        self.until = until


class WeakPassword(IdentityError):
    code = "weak_password"
    message: Words = _("This password will not do.")

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.problems = problems
        self.message = " ".join(problems)


class NotAllowed(IdentityError):
    code = "not_allowed"
    status = 403
    message = _("You do not have the right to do this.")


class NotFound(IdentityError):
    code = "not_found"
    status = 404
    message = _("Nothing was found.")


class Conflict(IdentityError):
    status = 409

    def __init__(self, code: str, message: Words) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
