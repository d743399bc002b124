"""How far the sender of a letter is believed, and the evidence that is kept of it."""

from dataclasses import asdict

from tickets.mailboxes.raw import raw_letter
from tickets.mailboxes.senders import look_at_sender
from tickets.models import InboundLetter
from tickets.queries.letters import trust_of
from tickets.rules.email import Letter
from tickets.rules.email.auth import Verdict, judge
from tickets.rules.email.servers import Found, trusted

UNJUDGED = ("hook:", "smtp:")  # the ways by which letters come that no mailbox's server had in its hands


def look_if_nobody_did(*, letter: InboundLetter, reading: Letter) -> Found | None:
    """Ask DNS about the sender of a letter that no receiving server has judged; outside any transaction."""
    if not letter.source_key.startswith(UNJUDGED) or letter.is_settled:
        return None
    if trusted(reading.auth.stamps, address=reading.from_address, trust=trust_of(letter.mailbox)).by:
        return None
    return look_at_sender(
        raw_letter(letter.sha256),
        address=reading.from_address,
        envelope_from=letter.envelope_from,
        client_ip=str(letter.envelope.get("address") or ""),
    )


def judge_sender(
    *, letter: InboundLetter, reading: Letter, candidates: list[str], has_token: bool, own: Found | None
) -> Verdict:
    """The verdict, and its evidence written to the letter; ``candidates`` are borrowers with the sender's address."""
    verdict = judge(
        reading.auth,
        address=reading.from_address,
        trust=trust_of(letter.mailbox),
        candidates=len(candidates),
        has_token=has_token,
        own=own,
    )
    found = asdict(verdict.found)
    letter.auth_level = verdict.level
    letter.auth_evidence = {
        "results": found["text"],
        "by": found["by"],
        "dkim": found["dkim"],
        "spf": found["spf"],
        "dmarc": found["dmarc"],
        "policy": found["policy"],
        "aligned": verdict.is_aligned,
        "candidates": candidates,
        "reasons": list(verdict.reasons),
        "name_says": reading.auth.other_address_in_name,
        "reply_to": reading.auth.reply_to,
    }
    return verdict
