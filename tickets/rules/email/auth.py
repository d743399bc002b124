"""Whose letter it is: what its headers show, and how far that may be believed (docs/whose-letter.md).

``facts_of`` reads the headers once, where the letter is read. ``judge`` decides later, where it is known which servers
stamp for the mailbox. Identity is the From address only; Reply-To, Sender and names never count.
"""

import re
from dataclasses import dataclass, field

from tickets.rules.email import domains, headers
from tickets.rules.email.servers import OTHER, Found, Stamp, Trust, trusted
from tickets.rules.email.tree import Tree

STAMPS = 60  # fields of the trace that are looked at, from the top
STAMP_LENGTH = 3000
_TRACE = {"received", "authentication-results", "arc-authentication-results", "arc-seal"}
_BESIDE = (
    *("received-spf", "return-path", "delivered-to", "x-original-to", "envelope-to", "x-received", "x-spam"),
    *("arc-message-signature", "x-forefront", "x-microsoft-antispam", "x-ms-exchange", "x-yandex", "x-mru"),
)
_ANY_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


@dataclass(frozen=True, kw_only=True)
class AuthFacts:
    """What the headers of a letter show about its sender."""

    from_fields: int = 1
    from_mailboxes: int = 1
    other_address_in_name: str = ""
    reply_to: str = ""
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How far the sender is believed: E0 … E3, why, and whether a supervisor must look first."""

    level: str
    is_held: bool = False
    reasons: tuple[str, ...] = ()
    found: Found = field(default=Found())

    @property
    def is_aligned(self) -> bool:
        return self.level in {"E2", "E3"}


def facts_of(tree: Tree) -> AuthFacts:
    """The facts, with nothing believed yet."""
    fields = tree.all("from")
    boxes = [box for value in fields[:10] for box in headers.mailboxes(value)]
    first = boxes[0] if boxes else headers.Mailbox("", "")
    others = [each for each in _ANY_ADDRESS.findall(first.name) if each.lower() != first.address.lower()]
    answers = headers.mailboxes(tree.header("reply-to"))
    return AuthFacts(
        from_fields=len(fields),
        from_mailboxes=len(boxes),
        other_address_in_name=others[0][:254] if others else "",
        reply_to=answers[0].address if answers else "",
        stamps=tuple(_stamps(tree)),
    )


def _stamps(tree: Tree) -> list[Stamp]:
    """The trace from the top; what servers write beside it is left out, everything else is one mark."""
    stamps: list[Stamp] = []
    for name, value in tree.headers:
        if name in _TRACE:
            stamps.append(Stamp(name=name, value=headers.clean(value[:STAMP_LENGTH].decode("utf-8", "replace"))))
        elif not name.startswith(_BESIDE) and not (stamps and stamps[-1].name == OTHER):
            stamps.append(Stamp(name=OTHER, value=""))
        if len(stamps) == STAMPS:
            break
    return stamps


def judge(
    facts: AuthFacts,
    *,
    address: str,
    trust: Trust,
    candidates: int = 0,
    has_token: bool = False,
    own: Found | None = None,
) -> Verdict:
    """The level of a letter. ``own`` is what this desk found itself, where no receiving server had judged."""
    found = trusted(facts.stamps, address=address, trust=trust)
    if found.by == "" and own is not None:
        found = own
    flags = ["name_has_address"] if facts.other_address_in_name else []
    if _is_elsewhere(facts.reply_to, address):
        flags.append("reply_to_elsewhere")
    if broken := _broken_sender(facts, address, trust):
        return Verdict(level="E0", reasons=(*broken, *flags), found=found, is_held=_is_refused(found))
    if _is_refused(found):
        return Verdict(level="E1", reasons=(f"dmarc_{found.policy}", *flags), found=found, is_held=True)
    if reason := _doubt(found):
        return Verdict(level="E1", reasons=(reason, *flags), found=found)
    proven = "dmarc_pass" if found.dmarc == "pass" else "dkim_aligned"
    if candidates == 1 and has_token:
        return Verdict(level="E3", reasons=(proven, "known_address", "our_token", *flags), found=found)
    return Verdict(level="E2", reasons=(proven, *flags), found=found)


def _is_elsewhere(reply_to: str, address: str) -> bool:
    return bool(reply_to) and not domains.are_aligned(reply_to.rpartition("@")[2], address.rpartition("@")[2])


def _broken_sender(facts: AuthFacts, address: str, trust: Trust) -> list[str]:
    """Why nobody can say who wrote: all reasons."""
    local, _, domain = address.rpartition("@")
    reasons = []
    if facts.from_fields != 1:
        reasons.append("from_fields")
    elif facts.from_mailboxes != 1:
        reasons.append("from_mailboxes")
    if not headers.is_address(address) or not local.isascii():
        reasons.append("from_invalid")
    elif not domains.ascii_domain(domain):
        reasons.append("domain_invalid")
    elif domains.imitates(domain, trust.protected):
        reasons.append("domain_imitates")
    return reasons


def _is_refused(found: Found) -> bool:
    return found.dmarc == "fail" and found.policy in {"reject", "quarantine"}


def _doubt(found: Found) -> str:
    """Why the domain of the sender is not proven; empty when it is."""
    if not found.by:
        return "no_results"
    if found.dmarc in {"fail", "temperror", "permerror"}:
        return f"dmarc_{found.dmarc}"
    if (found.dmarc == "pass" and found.backs_dmarc) or found.dkim_aligned:
        return ""
    if found.dkim == "pass" or (found.spf == "pass" and not found.spf_aligned):
        return "not_aligned"
    return "spf_only" if found.spf == "pass" else "not_authenticated"
