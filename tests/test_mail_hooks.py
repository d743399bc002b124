"""Providers hand letters in by webhooks: the signature is checked, the raw letter kept, and only then 200 is said."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client

from tests.mailserver import a_letter
from tests.test_letters import letters, tickets

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "a-key-of-the-provider"
RAW = a_letter("Прошу продлить заём.").as_bytes().replace(b"\n", b"\r\n")
EIGHT_BIT = (
    "From: Анна <anna@mail.example>\r\nTo: help@lad.example\r\nSubject: x\r\n"
    'Content-Type: text/plain; charset="koi8-r"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
).encode() + "Прошу продлить заём.\r\n".encode("koi8-r")


def hook(kind: str, secret: str = KEY, **more: Any) -> str:
    """A mailbox of that kind and the address of its webhook."""
    from tickets.actions.mailbox_sign_in import keep_credentials
    from tickets.actions.mailboxes import ensure_mailbox

    mailbox = ensure_mailbox(address="help@lad.example", name="Помощь", password="", kind=kind)
    keep_credentials(mailbox=mailbox, secret=secret, **more)
    return f"/hooks/{mailbox.pk}/mime"


def basic(secret: str = KEY) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"hook:{secret}".encode()).decode()}


def form(fields: dict[str, str | bytes]) -> tuple[bytes, str]:
    """A form as providers send it, byte by byte."""
    parts = b""
    for name, value in fields.items():
        content = value if isinstance(value, bytes) else value.encode()
        parts += f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
    return parts + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def mailgun(raw: bytes = RAW, key: str = KEY, at: float | None = None, token: str = "") -> tuple[bytes, str]:
    stamp, token = str(int(at or time.time())), token or uuid.uuid4().hex
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": stamp, "token": token, "signature": signature}
    return form({"sender": "anna@mail.example", "recipient": "help@lad.example", "body-mime": raw, **signed})


def send(address: str, body: bytes, kind: str, headers: dict[str, str] | None = None) -> int:
    return Client().post(address, body, content_type=kind, headers=headers or {}).status_code


def work() -> None:
    from tickets.actions.outbox import run_due_jobs

    run_due_jobs()


def test_mailgun_hands_a_letter_in_byte_by_byte() -> None:
    from tickets.mailboxes.raw import raw_letter

    assert send(hook("hook:mailgun"), *mailgun(EIGHT_BIT)) == 200
    [letter] = letters()
    assert raw_letter(letter.sha256) == EIGHT_BIT
    assert (letter.envelope_from, letter.envelope_to) == ("anna@mail.example", "help@lad.example")
    assert letter.source_key.startswith("hook:mailgun:")
    work()
    assert tickets()[0].conversation.entries.get(kind="message").body == "Прошу продлить заём."


def test_a_forged_or_old_signature_is_refused_and_nothing_kept() -> None:
    address = hook("hook:mailgun")
    assert send(address, *mailgun(key="another")) == 403
    assert send(address, *mailgun(at=time.time() - 90_000)) == 403
    assert send(address, *form({"body-mime": RAW})) == 403
    assert send(address, b"{}", "application/json") == 403
    assert send("/hooks/999/mime", *mailgun()) == 404
    assert letters() == []


def test_a_recorded_signature_brings_no_second_letter() -> None:
    address = hook("hook:mailgun")
    token = uuid.uuid4().hex
    assert send(address, *mailgun(token=token)) == 200
    assert send(address, *mailgun(b"Subject: forged\r\n\r\nforged", token=token)) == 200
    work()
    assert len(letters()) == len(tickets()) == 1


def test_a_provider_that_comes_again_changes_nothing() -> None:
    address = hook("hook:mailgun")
    for _ in range(3):
        assert send(address, *mailgun()) == 200
    work()
    assert len(letters()) == len(tickets()) == 1


def test_a_webhook_without_the_raw_letter_says_which_switch_is_meant() -> None:
    stamp = str(int(time.time()))
    signature = hmac.new(KEY.encode(), f"{stamp}t".encode(), hashlib.sha256).hexdigest()
    body, kind = form({"timestamp": stamp, "token": "t", "signature": signature, "body-plain": "x"})
    answer = Client().post(hook("hook:mailgun"), body, content_type=kind)
    assert (answer.status_code, b"raw MIME" in answer.content) == (400, True)


def test_postmark_sparkpost_and_sendgrid_sign_in_with_our_password() -> None:
    said = {
        "MessageID": "m-1",
        "RawEmail": RAW.decode(),
        "Headers": [{"Name": "Return-Path", "Value": "<a@b.example>"}],
    }
    relayed = {"msg_from": "a@b.example", "rcpt_to": "help@lad.example"}
    relayed["content"] = {"email_rfc822": base64.b64encode(RAW).decode(), "email_rfc822_is_base64": True}
    bodies = {
        "hook:postmark": (json.dumps(said).encode(), "application/json"),
        "hook:sparkpost": (json.dumps([{"msys": {"relay_message": relayed}}]).encode(), "application/json"),
        "hook:sendgrid": form({"email": RAW, "envelope": '{"from":"a@b.example","to":["help@lad.example"]}'}),
    }
    for kind, body in bodies.items():
        address = hook(kind)
        assert send(address, *body) == 401
        assert send(address, *body, basic("wrong")) == 403
        assert send(address, *body, basic()) == 200, kind
    assert [letter.envelope_from for letter in letters()] == ["a@b.example"], "one letter by three ways is one letter"
    assert letters()[0].sources.count() == 2


def test_mandrill_signs_the_address_and_the_fields(settings: Any) -> None:
    address = hook("hook:mandrill")
    event = {"event": "inbound", "msg": {"raw_msg": RAW.decode(), "email": "help@lad.example", "sender": "a@b.example"}}
    fields = {"mandrill_events": json.dumps([event])}
    signed = settings.PUBLIC_URL + address + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    assert send(address, body, kind, {"X-Mandrill-Signature": "bm90IHRoaXM="}) == 403
    assert send(address, body, kind, {"X-Mandrill-Signature": signature}) == 200
    assert Client().head(address).status_code == 200, "it looks before it saves the address"
    assert len(letters()) == 1


def test_mailersend_signs_the_whole_body() -> None:
    said = {"type": "inbound.message", "data": {"id": "m", "raw": RAW.decode(), "sender": {"email": "a@b.example"}}}
    body = json.dumps(said).encode()
    signature = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    address = hook("hook:mailersend")
    assert send(address, body + b" ", "application/json", {"Signature": signature}) == 403
    assert send(address, body, "application/json", {"Signature": signature}) == 200
    assert len(letters()) == 1


def test_postal_signs_with_its_private_key() -> None:
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    address = hook("hook:postal", "".join(public.decode().split("\n")[1:-2]))
    body = json.dumps({"id": 5, "message": base64.b64encode(EIGHT_BIT).decode(), "base64": True}).encode()
    signature = base64.b64encode(private.sign(body, padding.PKCS1v15(), hashes.SHA1())).decode()
    assert send(address, body, "application/json", {"X-Postal-Signature": "AAAA"}) == 403
    assert send(address, body, "application/json", {"X-Postal-Signature": signature}) == 200
    assert len(letters()) == 1


def test_amazon_is_believed_by_its_own_key_and_for_its_own_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    from tickets.mailboxes import signatures

    private = rsa.generate_private_key(65537, 2048)
    monkeypatch.setattr(signatures, "amazon_key", lambda address: private.public_key())
    confirmed: list[str] = []
    monkeypatch.setattr(signatures, "fetch", lambda address, token="": confirmed.append(address) or b"")
    topic, place = "arn:aws:sns:eu-west-1:1:letters", "https://sns.eu-west-1.amazonaws.com"

    def notification(topic: str = topic, at: str = place, kind: str = "Notification", **more: str) -> bytes:
        receipt = {"action": {"type": "SNS", "encoding": "BASE64"}, "recipients": ["help@lad.example"]}
        receipt |= {"spfVerdict": {"status": "PASS"}}
        mail = {"messageId": "ses-1", "source": "a@b.example"}
        event = {"notificationType": "Received", "receipt": receipt, "mail": mail}
        event["content"] = base64.b64encode(EIGHT_BIT).decode()
        said = {"Type": kind, "MessageId": "1", "TopicArn": topic, "Timestamp": "2026-11-23T12:00:00Z"} | more
        said |= {"Message": json.dumps(event), "SignatureVersion": "2", "SigningCertURL": f"{at}/cert.pem"}
        text = "".join(f"{name}\n{said[name]}\n" for name in signatures.SIGNED[kind] if name in said)
        said["Signature"] = base64.b64encode(private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        return json.dumps(said).encode()

    address = hook("hook:ses", topic)
    forged = json.loads(notification()) | {"Message": "{}"}
    assert send(address, json.dumps(forged).encode(), "text/plain") == 403
    assert send(address, notification("arn:aws:sns:eu-west-1:2:other"), "text/plain") == 403
    assert send(address, notification(at="https://sns.eu-west-1.amazonaws.com.evil.example"), "text/plain") == 403
    wish = {"Token": "t", "SubscribeURL": f"{place}/?confirm"}
    assert send(address, notification(kind="SubscriptionConfirmation", **wish), "text/plain") == 200
    assert (confirmed, letters()) == ([f"{place}/?confirm"], [])
    assert send(address, notification(), "text/plain") == 200
    assert letters()[0].envelope["spf"] == "pass"


def test_resend_is_asked_for_the_raw_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    from tickets.mailboxes import signatures

    said = {"https://api.resend.com/emails/receiving/e1": json.dumps({"raw": {"download_url": "https://x/r"}}).encode()}
    monkeypatch.setattr(signatures, "fetch", lambda address, token="": said.get(address, RAW))
    address = hook("hook:resend", "whsec_" + base64.b64encode(KEY.encode()).decode(), api_key="k")
    body = json.dumps({"type": "email.received", "data": {"email_id": "e1", "from": "a@b.example"}}).encode()

    def headers(at: float) -> dict[str, str]:
        signed = hmac.new(KEY.encode(), f"msg_1.{int(at)}.".encode() + body, hashlib.sha256).digest()
        signature = f"v1,{base64.b64encode(signed).decode()}"
        return {"svix-id": "msg_1", "svix-timestamp": str(int(at)), "svix-signature": signature}

    assert send(address, body, "application/json", headers(time.time() - 900)) == 403
    assert send(address, body, "application/json", headers(time.time()) | {"svix-id": "msg_2"}) == 403
    assert send(address, body, "application/json", headers(time.time())) == 200
    assert len(letters()) == 1


def test_a_mailbox_without_a_key_believes_nobody() -> None:
    assert send(hook("hook:mailgun", ""), *mailgun(key="")) == 403


def test_a_paused_mailbox_asks_the_provider_to_come_again() -> None:
    from tickets.models import Mailbox

    address = hook("hook:mailgun")
    Mailbox.objects.update(state="disabled")
    assert send(address, *mailgun()) == 503
    Mailbox.objects.update(state="ok")
    assert send(address, *mailgun()) == 200


def test_a_letter_that_is_too_large_is_refused_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.mailboxes.posted.LIMIT", 1000)
    assert send(hook("hook:mailgun"), *mailgun(RAW + b"x" * 2000)) == 413


def test_a_database_that_is_away_is_no_acceptance(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*arguments: Any, **options: Any) -> None:
        raise OperationalError("away")

    address = hook("hook:mailgun")
    monkeypatch.setattr("tickets.actions.handing_in.store_letter", away)
    client = Client(raise_request_exception=False)
    body, kind = mailgun()
    assert client.post(address, body, content_type=kind).status_code >= 500
