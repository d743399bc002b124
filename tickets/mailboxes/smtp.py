"""Sending a letter by SMTP."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from tickets.mailboxes.credentials import access_token
from tickets.mailboxes.errors import Deferred, Rejected, SignInRefused, Unanswered, Unreachable
from tickets.mailboxes.imap import refuse_clear_text
from tickets.mailboxes.passwords import decrypt
from tickets.models import Mailbox

TIMEOUT = 20  # seconds of silence on the socket


@dataclass(frozen=True)
class HandedOver:
    """The server has taken responsibility: what it said, and for whom it would not."""

    said: str
    refused: list[str]


def send(letter: EmailMessage, *, mailbox: Mailbox, recipients: list[str], return_to: str) -> HandedOver:
    """Hand the letter to the mailbox's server.

    ``return_to`` is the envelope's sender; a server that lets nobody send under any but the mailbox's own address
    gets that one. When the first recipient is refused, nothing is sent; of the others it is said.
    """
    was_handed_over = False
    try:
        with _session(mailbox) as server:
            _sign_in(server, mailbox)
            _name_sender(server, return_to, mailbox.address)
            refused = {each: answer for each in recipients if (answer := server.rcpt(each))[0] >= 400}
            if recipients[0] in refused:
                raise _refusal(refused[recipients[0]])
            was_handed_over = True
            code, words = server.data(letter.as_bytes())
            was_handed_over = False
            if code >= 400:
                raise _refusal((code, words))
            return HandedOver(said=words.decode("utf-8", "replace")[:300], refused=list(refused))
    except smtplib.SMTPAuthenticationError as error:
        raise SignInRefused(_said(error)) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal((error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        kind = Unanswered if was_handed_over else Unreachable
        raise kind(f"{mailbox.smtp_host}:{mailbox.smtp_port}: {error}") from error


def _name_sender(server: smtplib.SMTP, return_to: str, own: str) -> None:
    code, words = server.mail(return_to)
    if code >= 500 and return_to != own:
        server.rset()
        code, words = server.mail(own)
    if code >= 400:
        raise _refusal((code, words))


def _sign_in(server: smtplib.SMTP, mailbox: Mailbox) -> None:
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("auth"):
        return
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        server.login(mailbox.username, decrypt(mailbox.password_encrypted))
        return
    words = f"user={mailbox.username}\1auth=Bearer {access_token(mailbox)}\1\1"
    code, answer = server.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def try_sign_in(mailbox: Mailbox) -> None:
    """Sign in and leave, to see that letters could be sent."""
    try:
        with _session(mailbox) as server:
            _sign_in(server, mailbox)
    except smtplib.SMTPAuthenticationError as error:
        raise SignInRefused(_said(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{mailbox.smtp_host}:{mailbox.smtp_port}: {error}") from None


@contextlib.contextmanager
def _session(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    """A connection; how the server takes our goodbye says nothing of the letter it has already answered for."""
    server = _open(mailbox)
    try:
        yield server
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _open(mailbox: Mailbox) -> smtplib.SMTP:
    host, port, security = mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security
    if security == Mailbox.Security.TLS:
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    if security == Mailbox.Security.PLAIN:
        refuse_clear_text(host)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if security == Mailbox.Security.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _refusal(answer: tuple[int, bytes | str]) -> Rejected | Deferred:
    code, words = answer
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    kind = Rejected if code >= 500 else Deferred
    return kind(f"{code} {text}"[:250])


def _said(error: smtplib.SMTPResponseException) -> str:
    words = error.smtp_error
    return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"[:250]
