"""Our own look at a sender, for letters that no receiving server has judged: DKIM, SPF and DMARC from DNS.

Letters taken by a webhook or by our own SMTP door only. Everything here is limited, in questions and in time, because
it is the sender's domain that answers.
"""

import ipaddress
import re
import time
from dataclasses import dataclass, field
from typing import Any

import dkim
import dns.exception
import dns.resolver
from django.conf import settings

from tickets.rules.email import domains
from tickets.rules.email.servers import Found

QUESTIONS = 30  # asked of DNS for one letter
SPF_QUESTIONS = 10  # of them for SPF, as its standard says
SECONDS = 8.0  # for all of them
SIGNATURES = 5
VERDICTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Unanswered(Exception):
    """DNS gave no answer within the limits."""


class Malformed(Exception):
    """A record that cannot be read."""


@dataclass
class Dns:
    """A limited number of questions."""

    ends: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    left: int = QUESTIONS

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name; none when there is no such name."""
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        return [str(each) for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def exchanges(self, name: str) -> list[str]:
        return [str(each.exchange) for each in self._ask(name, "MX")][:10]

    def _ask(self, name: str, kind: str) -> list[Any]:
        self.left -= 1
        seconds = min(3.0, self.ends - time.monotonic())
        if self.left < 0 or seconds <= 0:
            raise Unanswered
        try:
            return list(_resolver().resolve(name, kind, lifetime=seconds, raise_on_no_answer=False))
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, ValueError, UnicodeError):
            raise Unanswered from None


def _resolver() -> dns.resolver.Resolver:
    """The machine's resolver, or the one MAIL_DNS names as ``host:port``."""
    if not settings.MAIL_DNS:
        return dns.resolver.Resolver()
    host, _, port = settings.MAIL_DNS.partition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver


def look_at_sender(raw: bytes, *, address: str, envelope_from: str = "", client_ip: str = "") -> Found:
    """What DNS says about the domain of the From address."""
    domain = domains.ascii_domain(address.rpartition("@")[2])
    if not domain:
        return Found(by="desk")
    asked = Dns()
    signed, fit = _dkim(raw, domain, asked)
    spf, sender = _spf_of(asked, client_ip, envelope_from)
    spf_fit = ("aligned" if domains.are_aligned(sender, domain) else "other") if spf else ""
    found = Found(dkim=signed, dkim_fit=fit, spf=spf, spf_fit=spf_fit, by="desk")
    policy = _policy(domain, asked)
    dmarc = "pass" if found.dkim_aligned or found.spf_aligned else "fail"
    if policy in {"", "temperror"}:
        dmarc, policy = policy or "none", ""
    elif dmarc == "fail" and "temperror" in {signed, spf}:
        dmarc = "temperror"
    text = f"desk; dkim={signed or 'none'}; spf={spf or 'none'} smtp.mailfrom={sender}; dmarc={dmarc} (p={policy})"
    return Found(dkim=signed, dkim_fit=fit, spf=spf, spf_fit=spf_fit, dmarc=dmarc, policy=policy, by="desk", text=text)


def _dkim(raw: bytes, domain: str, asked: Dns) -> tuple[str, str]:
    """The best of the letter's signatures, those of the sender's own domain before others."""
    try:
        letter = dkim.DKIM(raw)
        count = sum(1 for name, _ in letter.headers if name.lower() == b"dkim-signature")
    except (dkim.DKIMException, ValueError):
        return "permerror", "unknown"
    best = ("", "")
    for index in range(min(count, SIGNATURES)):
        verdict, signer = _signature(raw, index, asked)
        fit = "aligned" if domains.are_aligned(signer, domain) else "other"
        if (verdict, fit) == ("pass", "aligned"):
            return verdict, fit
        best = (verdict, fit) if best[0] != "pass" else best
    return best


def _signature(raw: bytes, index: int, asked: Dns) -> tuple[str, str]:
    letter = dkim.DKIM(raw, timeout=3)
    was_unanswered = False

    def key(name: bytes, timeout: int = 3) -> bytes | None:
        nonlocal was_unanswered
        try:
            return next((each.encode() for each in asked.texts(name.decode("ascii", "replace"))), None)
        except Unanswered:
            was_unanswered = True
            return None

    try:
        is_good = letter.verify(idx=index, dnsfunc=key)
    except (dkim.DKIMException, ValueError, TypeError, IndexError, KeyError):
        return ("temperror" if was_unanswered else "fail"), ""
    signer = (letter.domain or b"").decode("ascii", "replace")
    return ("pass" if is_good else "temperror" if was_unanswered else "fail"), signer


def _policy(domain: str, asked: Dns) -> str:
    """What the domain asks for: none, quarantine, reject; empty without a record, ``temperror`` without an answer."""
    try:
        for name in dict.fromkeys((domain, domains.organisation(domain))):
            for text in asked.texts(f"_dmarc.{name}"):
                tags = dict(re.findall(r"(\w+)\s*=\s*([^;\s]+)", text))
                if tags.get("v", "").upper() == "DMARC1":
                    asks = str(tags.get("p", "none") if name == domain else tags.get("sp", tags.get("p"))).lower()
                    return asks if asks in {"none", "quarantine", "reject"} else "none"
    except Unanswered:
        return "temperror"
    return ""


def _spf_of(asked: Dns, client_ip: str, envelope_from: str) -> tuple[str, str]:
    sender = domains.ascii_domain(envelope_from.rpartition("@")[2])
    if not client_ip or not sender:
        return "", sender
    try:
        return Spf(asked, ipaddress.ip_address(client_ip)).check(sender), sender
    except Unanswered:
        return "temperror", sender
    except (Malformed, ValueError):
        return "permerror", sender


@dataclass
class Spf:
    """SPF without macros: a record that needs one counts as malformed."""

    asked: Dns
    client: ipaddress.IPv4Address | ipaddress.IPv6Address
    left: int = SPF_QUESTIONS

    def check(self, domain: str) -> str:
        """The verdict of a domain's record on the client."""
        records = [text for text in self.asked.texts(domain) if re.match(r"v=spf1(\s|$)", text, re.I)]
        if len(records) != 1:
            if records:
                raise Malformed
            return "none"
        terms = records[0].split()[1:]
        for term in terms:
            found = re.fullmatch(
                r"([+\-~?]?)(all|ip4|ip6|a|mx|include|exists|ptr)(?::([^/]+|[^/]*:.*?))?(/.*)?", term, re.I
            )
            if found is None and "=" not in term:
                raise Malformed
            if found and self._matches(str(found[2]).lower(), found[3] or "", found[4] or "", domain):
                return VERDICTS[found[1] or "+"]
        redirect = next((each[9:] for each in terms if each.lower().startswith("redirect=")), "")
        return self._elsewhere(redirect) if redirect else "neutral"

    def _matches(self, kind: str, value: str, size: str, domain: str) -> bool:
        if "%" in value:
            raise Malformed
        if kind in {"all", "ip4", "ip6"}:
            return kind == "all" or self._is_in(value, size)
        name = value or domain
        if kind == "include":
            verdict = self._elsewhere(name)
            if verdict == "none":
                raise Malformed
            return verdict == "pass"
        self._spend()
        if kind == "mx":
            return any(self._is_at(each, size) for each in self.asked.exchanges(name))
        if kind == "exists":
            return bool(self.asked.addresses(name))
        return kind == "a" and self._is_at(name, size)

    def _elsewhere(self, name: str) -> str:
        self._spend()
        return self.check(name)

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Malformed

    def _is_at(self, name: str, size: str) -> bool:
        return any(self._is_in(each, size) for each in self.asked.addresses(name))

    def _is_in(self, address: str, size: str) -> bool:
        short, _, long = size.removeprefix("/").partition("//")
        length = long if ":" in address and long else short
        network = ipaddress.ip_network(f"{address}/{length}" if length else address, strict=False)
        return self.client in network
