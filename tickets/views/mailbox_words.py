"""A mailbox's state in words: what is wrong and what to do, and how each step of a check went."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from supportdesk.templatetags.desk import figure
from tickets.actions.mailbox_settings import Step
from tickets.models import Mailbox


@dataclass(frozen=True)
class Trouble:
    """One sentence, advice, and the server's own words, which are for experts."""

    sentence: str
    advice: str
    said: str


def trouble_words(mailbox: Mailbox) -> Trouble | None:
    """What is wrong just now; nothing where all is well."""
    kind, _colon, said = mailbox.last_error.partition(": ")
    if mailbox.is_paused or not mailbox.last_error:
        return None
    sentence, advice = _sentence(mailbox, kind, said)
    return Trouble(sentence, advice, said)


def _sentence(mailbox: Mailbox, kind: str, said: str) -> tuple[str, str]:
    if kind == "SignInRefused" and mailbox.auth != Mailbox.Auth.PASSWORD:
        return _("The provider has withdrawn its leave."), _("Press “Reconnect” and sign in there again.")
    if kind == "SignInRefused":
        advice = _("Give the right password. It is not tried again until then, so that the account is not locked.")
        return _("The server refuses the user name or the password."), advice
    if kind == "MailboxUnusable":
        return _("The settings of this mailbox cannot be used."), _("Open the settings, mend them and save.")
    if "certificate" in said.lower():
        advice = _("Nothing is sent unprotected: give the name that stands in the certificate, or renew it there.")
        return _("The server's certificate cannot be trusted."), advice
    if kind == "Unreachable":
        return _("The server cannot be reached or broke off."), _("It is tried again by itself, ever less often.")
    return _("Something went wrong."), _("It is tried again by itself, ever less often.")


def step_words(step: Step) -> str:
    """What was tried, and how it went."""
    went_well, failed = {
        "imap": (_("The server answers, and its certificate is right"), _("The server does not answer as it should")),
        "imap_sign_in": (_("The server lets us in"), _("Sign-in refused")),
        "folder": (_("The folder opens; letters in it: %(count)s"), _("The folder cannot be opened")),
        "smtp": (_("Sending: the server answers, and lets us in"), _("Sending does not work")),
    }[step.code]
    return went_well.replace("%(count)s", figure(step.count or 0)) if step.went_well else failed
