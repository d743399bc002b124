"""A mailbox, as an administrator describes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Mailbox
from tickets.rules.email.domains import KNOWN, ascii_domain, organisation
from tickets.rules.email.headers import is_address

SHOWN = (
    *("address", "name", "purpose", "kind", "imap_host", "imap_port", "imap_security", "folder"),
    *("smtp_host", "smtp_port", "smtp_security", "auth", "username", "is_m365", "signature", "acknowledges"),
)
LABELS = {
    "address": _("Address"),
    "name": _("Name that borrowers see as the sender"),
    "purpose": _("What it is for"),
    "kind": _("How letters come"),
    "imap_host": _("Server (IMAP)"),
    "imap_port": _("Port (IMAP)"),
    "imap_security": _("Encryption (IMAP)"),
    "folder": _("Folder"),
    "smtp_host": _("Server (SMTP)"),
    "smtp_port": _("Port (SMTP)"),
    "smtp_security": _("Encryption (SMTP)"),
    "auth": _("How the desk signs in"),
    "username": _("User name, if it is not the address"),
    "signature": _("Signature below every answer, after the agent's name"),
    "acknowledges": _("Say at once that a letter came, and when it will be answered"),
    "is_m365": _("Microsoft 365 receives for this mailbox: its topmost check of the sender is believed"),
}


class SecretField(forms.CharField):
    """Typed, never shown again: left empty it stays as it was."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, required=False, strip=True, max_length=2000, widget=widget, help_text=help_text)


class MailboxForm(forms.ModelForm):
    """A mailbox, as an administrator describes it. What a kind does not need is not asked for."""

    password = SecretField(_("Password"), _("Of the mailbox, or a password for programs. It is kept encrypted."))
    authserv_ids = forms.CharField(
        label=_("Servers whose checks of senders are believed"),
        required=False,
        max_length=500,
        help_text=_("Names before the first semicolon in Authentication-Results, by commas: mx.google.com"),
    )
    review_senders = forms.CharField(
        label=_("Senders who tell of public reviews"),
        required=False,
        max_length=1000,
        help_text=_("Addresses or domains, by commas. Their letters become public reviews and never tickets."),
    )
    client_id = forms.CharField(label=_("Application (client) id"), required=False, max_length=300)
    client_secret = SecretField(_("Secret of the application"))
    tenant = forms.CharField(label=_("Tenant of Microsoft 365"), required=False, max_length=100)
    is_application = forms.BooleanField(label=_("The application signs in by itself, without a person"), required=False)
    secret = SecretField(_("Key of the webhook"), _("For Amazon SES: the ARN of the topic."))
    api_key = SecretField(_("Key of the interface"), _("Resend and Mailtrap: to fetch the raw letter."))
    is_silent = forms.BooleanField(
        label=_("Letters that lie there already get no acknowledgement"), required=False, initial=True
    )

    class Meta:
        model = Mailbox
        fields = SHOWN
        labels = LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = self.instance
        self.initial["authserv_ids"] = ", ".join(box.authserv_ids)
        self.initial["review_senders"] = ", ".join(box.review_senders)
        kept = kwargs.get("initial") or {}
        self.initial.update({name: kept.get(name, "") for name in ("client_id", "tenant", "is_application")})
        for name, field in self.fields.items():
            field.help_text = "" if name in SHOWN else field.help_text  # a model's is for developers
            kind = "cb" if isinstance(field, forms.BooleanField) else "input"
            field.widget.attrs["class"] = "select" if isinstance(field.widget, forms.Select) else kind
            if name == "purpose":
                field.required = False  # a program that does not name it means letters of borrowers
            if name in {"imap_host", "folder", "imap_port", "smtp_host", "username"}:
                field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
                field.required = False

    def clean_authserv_ids(self) -> list[str]:
        return [each.strip().lower() for each in self.cleaned_data["authserv_ids"].split(",") if each.strip()]

    def clean_review_senders(self) -> list[str]:
        """Borrowers write from the domains of mail providers: of those a whole address is wanted."""
        found = [each.strip().lower().lstrip("@") for each in self.cleaned_data["review_senders"].split(",")]
        senders = list(dict.fromkeys(filter(None, found)))
        for each in senders:
            if not (is_address(each) if "@" in each else ascii_domain(each)):
                raise forms.ValidationError(
                    _("This is neither an address nor a domain: %(name)s"), params={"name": each}
                )
            if "@" not in each and organisation(each) in KNOWN:
                problem = _("Borrowers write from %(name)s too: enter the whole address.")
                raise forms.ValidationError(problem, params={"name": each})
        return senders

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["purpose"] = found.get("purpose") or Mailbox.Purpose.SUPPORT
        if found.get("kind") == Mailbox.Kind.IMAP and not found.get("imap_host"):
            self.add_error("imap_host", _("Name the server: letters are fetched there."))
        found["folder"], found["imap_port"] = found.get("folder") or "INBOX", found.get("imap_port") or 993
        for end in ("imap", "smtp"):
            is_plain = found.get(f"{end}_security") == Mailbox.Security.PLAIN
            if is_plain and found.get(f"{end}_host") not in {"", "127.0.0.1", "localhost", "::1"}:
                self.add_error(f"{end}_security", _("Without encryption only this machine itself is spoken with."))
        if found.get("auth") != Mailbox.Auth.PASSWORD and not found.get("client_id"):
            self.add_error("client_id", _("Without an application the provider gives no leave."))
        if found.get("is_application") and found.get("auth") != Mailbox.Auth.M365:
            self.add_error("is_application", _("Only Microsoft 365 lets an application sign in by itself."))
        return found
