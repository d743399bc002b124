"""What can go wrong between the desk and a mail server, or a letter and its reader.

MailError
├── MailboxUnusable    its settings or password cannot be used: no retry before a person looks
├── Unreachable        the server cannot be reached, or broke off: try again
├── SignInRefused      the server refused the name or the password: retrying would lock the account
├── Rejected           the server said no for good (5xx)
├── Deferred           the server said not now (4xx)
├── Unanswered         the line broke after the letter was handed over: it may have left
├── LetterUnreadable   the child that read a letter died or took too long
├── PictureRefused     a picture on a foreign server that the desk does not fetch, or that did not come
├── HookRefused        a webhook whose signature is not its provider's, or too old
└── HookMalformed      a signed webhook that brings no raw letter; ``code`` says why
"""


class MailError(Exception):
    """Trouble with mail; the text says what the server said, never a password."""


class MailboxUnusable(MailError):
    pass


class Unreachable(MailError):
    pass


class SignInRefused(MailError):
    pass


class Rejected(MailError):
    pass


class Deferred(MailError):
    pass


class Unanswered(MailError):
    pass


class LetterUnreadable(MailError):
    def __init__(self) -> None:
        super().__init__("the letter could not be read within its limits")


class PictureRefused(MailError):
    pass


class HookRefused(MailError):
    pass


class HookMalformed(MailError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
