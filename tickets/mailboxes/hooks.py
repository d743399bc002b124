"""Letters that a provider's webhook hands in: who signed is checked, by anymail where it can, and the raw letter taken.

A provider that is not asked for the raw letter sends fields of its own making: that is refused, with words that say
which switch is meant. Keys are the mailbox's own; none of them ever stands in an address.
"""

import base64
import binascii
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from anymail.exceptions import AnymailError, AnymailNotSupportedWarning, AnymailWebhookValidationFailure
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailtrap import MailtrapInboundWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings

from tickets.mailboxes import signatures
from tickets.mailboxes.credentials import credentials_of
from tickets.mailboxes.errors import HookMalformed, HookRefused
from tickets.mailboxes.posted import Posted
from tickets.models import Mailbox

RESEND, MAILTRAP = "https://api.resend.com/", "https://mailtrap.io/api/"


@dataclass(frozen=True)
class HandedIn:
    """A raw letter, its number at the provider, its envelope, and what the provider found out about the sender."""

    number: str
    raw: bytes
    sender: str = ""
    recipient: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


Taker = Callable[[Posted, dict[str, Any]], Iterator[HandedIn]]


@dataclass(frozen=True)
class Provider:
    """How one provider's webhook is believed, and where its letters are. ``secret``: the name anymail gives the key."""

    take: Taker
    view: Any = None
    secret: str = ""
    keys: tuple[str, ...] = ()  # what else the administrator copies from the provider

    @property
    def is_signed(self) -> bool:
        """Whether the provider signs with a key of its own; otherwise it signs in with a password that we make."""
        return bool(self.secret)


def letters_of(posted: Posted, mailbox: Mailbox) -> list[HandedIn]:
    """The letters of a webhook that proved whose it is."""
    kept, provider = credentials_of(mailbox), PROVIDERS[mailbox.provider]
    if not kept.get("secret"):
        raise HookRefused
    if provider.view is not None:
        _verify(posted, provider, kept["secret"])
    try:
        return list(provider.take(posted, kept))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, binascii.Error):
        raise HookMalformed("hook_malformed") from None


def _verify(posted: Posted, provider: Provider, secret: str) -> None:
    """Anymail's own verification: the signature, or the password of HTTP's basic sign-in."""
    options = {provider.secret: secret} if provider.is_signed else {"webhook_secret": f"hook:{secret}"}
    if provider.view is MandrillCombinedWebhookView:
        options["webhook_url"] = settings.PUBLIC_URL + posted.request.path
    if provider.view is MailtrapInboundWebhookView:
        options["api_token"] = "not for verifying"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        view = provider.view(**options)
    try:
        view.run_validators(posted.request)
    except (AnymailWebhookValidationFailure, AnymailError, ValueError, KeyError):
        raise HookRefused from None


def _raw(value: Any) -> bytes:
    """The raw letter; its absence has a reason that the administrator can mend."""
    if not value:
        raise HookMalformed("hook_without_raw")
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def _text(posted: Posted, name: str) -> str:
    return posted.fields.get(name, b"").decode("utf-8", "replace")


def _mailgun(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    signatures.check_age(_text(posted, "timestamp"))
    raw = _raw(posted.fields.get("body-mime"))
    yield HandedIn(_text(posted, "token"), raw, _text(posted, "sender"), _text(posted, "recipient"))


def _sendgrid(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    envelope = json.loads(posted.fields.get("envelope", b"{}"))
    facts = {"spf": _text(posted, "SPF"), "dkim": _text(posted, "dkim"), "address": _text(posted, "sender_ip")}
    raw = _raw(posted.fields.get("email"))
    to = str(next(iter(envelope.get("to", [])), ""))
    yield HandedIn(hashlib.sha256(raw).hexdigest(), raw, str(envelope.get("from", "")), to, facts)


def _postmark(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    said = posted.facts
    heads = said.get("Headers") or []
    sender = str(heads[0]["Value"]).strip("<>") if heads and heads[0]["Name"].lower() == "return-path" else ""
    yield HandedIn(said["MessageID"], _raw(said.get("RawEmail")), sender, str(said.get("OriginalRecipient", "")))


def _mandrill(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    for event in json.loads(posted.fields["mandrill_events"]):
        if event.get("event") == "inbound":
            said = event["msg"]
            raw = _raw(said.get("raw_msg"))
            facts = {"spf": str((said.get("spf") or {}).get("result", "")), "dkim": str(said.get("dkim", ""))}
            yield HandedIn(hashlib.sha256(raw).hexdigest(), raw, said.get("sender") or "", said["email"], facts)


def _sparkpost(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    for event in posted.facts:
        said = event["msys"]["relay_message"]
        content = said["content"]
        raw = _raw(content.get("email_rfc822"))
        raw = base64.b64decode(raw) if content.get("email_rfc822_is_base64") else raw
        yield HandedIn(hashlib.sha256(raw).hexdigest(), raw, said.get("msg_from") or "", said.get("rcpt_to") or "")


def _postal(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    said = posted.facts
    raw = _raw(said.get("message"))
    raw = base64.b64decode(raw) if said.get("base64") is True else raw
    yield HandedIn(str(said["id"]), raw, said.get("mail_from") or "", said.get("rcpt_to") or "")


def _mailersend(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    said = posted.facts["data"]
    to = next((each["email"] for each in said.get("recipients", {}).get("rcptTo", [])), "")
    facts = {"spf": (said.get("spf_check") or {}).get("code", ""), "dkim": said.get("dkim_check", "")}
    yield HandedIn(said["id"], _raw(said.get("raw")), said.get("sender", {}).get("email", ""), to, facts)


def _mailtrap(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    for event in posted.facts.get("events", []):
        place = f"inbound/inboxes/{int(event['inbox_id'])}/messages/{event['message_id']}"
        told = json.loads(signatures.fetch(MAILTRAP + place, token=kept["api_key"]))
        yield HandedIn(str(event["message_id"]), _raw(signatures.fetch(told["raw_message_url"])))


def _resend(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    signatures.check_svix(posted.request, posted.body, kept["secret"])
    said = posted.facts
    if said.get("type") == "email.received":
        number = str(said["data"]["email_id"])
        told = json.loads(signatures.fetch(f"{RESEND}emails/receiving/{number}", token=kept["api_key"]))
        raw = _raw(signatures.fetch((told.get("raw") or {})["download_url"]))
        yield HandedIn(number, raw, str(said["data"].get("from", "")))


def _ses(posted: Posted, kept: dict[str, Any]) -> Iterator[HandedIn]:
    said = posted.facts
    signatures.check_amazon(said)
    if said["TopicArn"] != kept["secret"]:
        raise HookRefused
    if said["Type"] == "SubscriptionConfirmation":
        signatures.confirm_amazon(said)
        return
    event = json.loads(said["Message"])
    if event.get("notificationType") == "Received":
        receipt, mail = event["receipt"], event["mail"]
        raw = _raw(event.get("content"))
        raw = base64.b64decode(raw) if receipt["action"].get("encoding") == "BASE64" else raw
        names = {"spf": "spfVerdict", "dkim": "dkimVerdict", "dmarc": "dmarcVerdict"}
        facts = {name: str(receipt.get(key, {}).get("status", "")).lower() for name, key in names.items()}
        to = str(next(iter(receipt.get("recipients", [])), ""))
        yield HandedIn(str(mail["messageId"]), raw, str(mail.get("source", "")), to, facts)


PROVIDERS: dict[str, Provider] = {
    "mailgun": Provider(_mailgun, MailgunInboundWebhookView, "webhook_signing_key"),
    "postmark": Provider(_postmark, PostmarkInboundWebhookView),
    "ses": Provider(_ses),
    "sendgrid": Provider(_sendgrid, SendGridInboundWebhookView),
    "mandrill": Provider(_mandrill, MandrillCombinedWebhookView, "webhook_key"),
    "sparkpost": Provider(_sparkpost, SparkPostInboundWebhookView),
    "resend": Provider(_resend, keys=("api_key",)),
    "postal": Provider(_postal, PostalInboundWebhookView, "webhook_key"),
    "mailersend": Provider(_mailersend, MailerSendInboundWebhookView, "inbound_secret"),
    "mailtrap": Provider(_mailtrap, MailtrapInboundWebhookView, "inbound_secret", ("api_key",)),
}
GIVES_PASSWORD = {name for name, each in PROVIDERS.items() if each.view is not None and not each.is_signed}
