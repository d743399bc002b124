"""What the interface accepts."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.forms import StrictForm
from chat.rules.entries import ATTACHMENTS_LIMIT
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


class TransferForm(StrictForm):
    to = serializers.UUIDField(allow_null=True, required=False, default=None)
    summary = serializers.CharField(allow_blank=True, max_length=2000, required=False, default="")


class SnoozeForm(StrictForm):
    until = serializers.DateTimeField()


class TopicForm(StrictForm):
    topic = serializers.CharField(allow_blank=True, allow_null=True, max_length=50)


class AnswerForm(StrictForm):
    """An answer by letter. ``to`` is a participant, the correspondent where it is empty."""

    id = serializers.UUIDField()
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, default="")
    to = serializers.CharField(max_length=254, allow_blank=True, required=False, default="")
    cc = serializers.ListField(child=serializers.CharField(max_length=254), max_length=20, default=list)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=254), max_length=20, default=list)
    attachments = serializers.ListField(child=serializers.UUIDField(), max_length=ATTACHMENTS_LIMIT, default=list)


class MergeForm(StrictForm):
    into = serializers.IntegerField(min_value=1)


class ContinueForm(StrictForm):
    token = serializers.CharField(max_length=100)


class StepForm(StrictForm):
    done = serializers.BooleanField()


class AvailabilityForm(StrictForm):
    state = serializers.CharField(max_length=9)
    reason = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class StartChatForm(StrictForm):
    topic = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")


@extend_schema_field(OpenApiTypes.STR)
class MomentField(serializers.Field[date | datetime, str, str, None]):
    """A date, or a moment with its offset; a plus that an address turned into a space is forgiven."""

    def to_internal_value(self, data: str) -> date | datetime:
        text = str(data).strip()
        try:
            if len(text) == len("2026-11-23"):
                return date.fromisoformat(text)
            moment = datetime.fromisoformat(text[:19] + text[19:].replace(" ", "+"))
        except ValueError:
            raise serializers.ValidationError(_("Write a date as in 2026-11-23.")) from None
        return moment if is_aware(moment) else make_aware(moment)

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class PeriodForm(serializers.Serializer[None]):
    since = MomentField(required=False)
    until = MomentField(required=False)


class AnswersForm(serializers.Serializer[None]):
    query = serializers.CharField(max_length=100, allow_blank=True, required=False, default="")
    topic = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")
    conversation = serializers.UUIDField(required=False, allow_null=True, default=None)
    fitting = serializers.BooleanField(required=False, default=False)


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
