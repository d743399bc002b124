"""Signatures of webhooks that anymail does not check itself: Amazon's notifications and Svix (Resend)."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate
from django.http import HttpRequest

from tickets.mailboxes.errors import HookRefused, Unreachable

AMAZON = re.compile(r"^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?$")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
AGE = 24 * 3600  # seconds: providers try again for some hours, and what is older was recorded by somebody
SVIX_AGE = 300
TIMEOUT = 8.0


def check_amazon(said: dict[str, Any]) -> None:
    """Refuse a notification that Amazon's key did not sign; the key is fetched from Amazon's own address only."""
    names = SIGNED.get(str(said.get("Type")))
    if names is None:
        raise HookRefused
    if str(said.get("SignatureVersion")) != "2":  # the first version signs a SHA-1
        raise HookRefused
    text = "".join(f"{name}\n{said[name]}\n" for name in names if said.get(name) is not None)
    try:
        key = amazon_key(amazon_address(str(said.get("SigningCertURL", ""))))
        key.verify(base64.b64decode(str(said.get("Signature", ""))), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise HookRefused from None


def confirm_amazon(said: dict[str, Any]) -> None:
    """Answer a topic that asks, signed, whether its notifications are wanted."""
    fetch(amazon_address(str(said.get("SubscribeURL", ""))))


def amazon_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.port not in {None, 443} or not AMAZON.match(parts.hostname or ""):
        raise HookRefused
    return address


@lru_cache(maxsize=32)
def amazon_key(address: str) -> rsa.RSAPublicKey:
    key = load_pem_x509_certificate(fetch(address)).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise HookRefused
    return key


def check_svix(request: HttpRequest, body: bytes, secret: str) -> None:
    """Refuse what was not signed, or was signed more than five minutes ago."""
    number, moment = request.headers.get("svix-id", ""), request.headers.get("svix-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        if abs(time.time() - int(moment)) > SVIX_AGE:
            raise HookRefused
    except (binascii.Error, ValueError):
        raise HookRefused from None
    signed = hmac.new(key, f"{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    wanted = base64.b64encode(signed)
    given = [each.partition(",")[2].encode() for each in request.headers.get("svix-signature", "").split()]
    if not any(hmac.compare_digest(each, wanted) for each in given):
        raise HookRefused


def check_age(moment: str) -> None:
    """Refuse what a provider signed long ago."""
    try:
        age = time.time() - float(moment)
    except ValueError:
        raise HookRefused from None
    if abs(age) > AGE:
        raise HookRefused


def fetch(address: str, *, token: str = "") -> bytes:
    """Fetch something a provider holds ready: its key, or the raw letter."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(address, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise Unreachable(f"{urlsplit(address).hostname}: {type(error).__name__}") from None
    return answer.content
