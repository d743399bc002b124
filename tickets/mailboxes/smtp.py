"""Sending a letter by SMTP."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

from tickets.mailboxes.credentials import access_token
from tickets.mailboxes.errors import Deferred, Rejected, SignInRefused, Unreachable
from tickets.mailboxes.imap import refuse_clear_text
from tickets.mailboxes.passwords import decrypt
from tickets.models import Mailbox

TIMEOUT = 20  # seconds of silence on the socket


def send(letter: EmailMessage, *, mailbox: Mailbox, recipients: list[str]) -> None:
    """Hand the letter to the mailbox's server; returns when the server has taken responsibility for it."""
    password = decrypt(mailbox.password_encrypted)
    try:
        with _session(mailbox) as server:
            if server.has_extn("auth"):
                server.login(mailbox.username, password)
            refused = server.send_message(letter, from_addr=mailbox.address, to_addrs=recipients)
    except smtplib.SMTPAuthenticationError as error:
        raise SignInRefused(_said(error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(max(error.recipients.values())) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal((error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{mailbox.smtp_host}:{mailbox.smtp_port}: {error}") from error
    if refused:
        raise _refusal(max(refused.values()))


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
