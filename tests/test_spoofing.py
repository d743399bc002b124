"""Whose letter it is: nothing a sender writes himself makes him somebody else (docs/whose-letter.md)."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dkim
import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.mailserver import ADDRESS, MailServer, a_letter
from tests.test_letters import letters, messages_of, tickets
from tickets.rules.email import read_letter
from tickets.rules.email.auth import Trust, judge

TRUST = Trust(
    authserv_ids=("mx.lad.example", "mx.google.com"), arc_sealers=("relay.example",), protected=("lad.example",)
)
M365 = Trust(is_m365=True)
TAKEN = "Received: from mail.sender.example (mail.sender.example [192.0.2.7]) by mx.lad.example with ESMTPS id 1"
SAYS = "Authentication-Results: mx.lad.example;"
PASS = f"{SAYS} dkim=pass header.d=mail.example; dmarc=pass (p=REJECT) header.from=mail.example"
FAIL = f"{SAYS} dkim=none; spf=fail smtp.mailfrom=thief@evil.example; dmarc=fail (p=REJECT) header.from=mail.example"
FROM = "From: Anna <anna@mail.example>"


@dataclass(frozen=True)
class Row:
    """Header lines from the top, and what the desk makes of them."""

    case: str
    lines: tuple[str, ...]
    level: str
    reason: str
    trust: Trust = TRUST
    is_held: bool = False


def row(case: str, *lines: str, level: str, reason: str, trust: Trust = TRUST, is_held: bool = False) -> Row:
    return Row(case, lines, level, reason, trust, is_held)


ROWS = [
    # what proves the domain
    row("dmarc passed at our server", PASS, TAKEN, FROM, level="E2", reason="dmarc_pass"),
    row("the verdict stands under the line of our server", TAKEN, PASS, FROM, level="E2", reason="dmarc_pass"),
    row(
        "Gmail's order of fields",
        "Delivered-To: help@lad.example",
        "Received: by 2002:a05:6512:3d0c:b0:1 with SMTP id d12csp1; Mon, 23 Nov 2026 01:00:00 -0800 (PST)",
        "X-Received: by 2002:a17:906:1 with SMTP id x1",
        "ARC-Authentication-Results: i=1; mx.google.com; dkim=pass",
        "Return-Path: <anna@mail.example>",
        "Received: from mail.example (mail.example. [192.0.2.7]) by mx.google.com with ESMTPS id q1",
        "Received-SPF: pass (google.com: domain of anna@mail.example designates 192.0.2.7 as permitted sender)",
        "Authentication-Results: mx.google.com; dkim=pass header.i=@mail.example header.s=s header.b=aB+1;"
        " spf=pass (google.com: domain of anna@mail.example designates 192.0.2.7) smtp.mailfrom=anna@mail.example;"
        " dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=mail.example",
        FROM,
        level="E2",
        reason="dmarc_pass",
    ),
    row(
        "aligned DKIM, no DMARC",
        f"{SAYS} dkim=pass header.d=mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dkim_aligned",
    ),
    row(
        "DKIM of the same organisation",
        f"{SAYS} dkim=pass header.d=bounce.mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dkim_aligned",
    ),
    row(
        "a forwarder broke SPF, aligned DKIM suffices",
        f"{SAYS} spf=fail smtp.mailfrom=srs@forwarder.example; dkim=pass header.d=mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dkim_aligned",
    ),
    row(
        "one of two signatures is the sender's",
        f"{SAYS} dkim=fail header.d=list.example; dkim=pass header.d=mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dkim_aligned",
    ),
    row(
        "two milters, a field each",
        f"{SAYS} dmarc=pass header.from=mail.example",
        f"{SAYS} dkim=pass header.d=mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dmarc_pass",
    ),
    row(
        "a server named by its family",
        PASS.replace("mx.lad", "mx7.fronts.lad"),
        TAKEN,
        FROM,
        level="E2",
        reason="dmarc_pass",
        trust=Trust(authserv_ids=("*.lad.example",)),
    ),
    row(
        "a Cyrillic domain, written in punycode by the server",
        f"{SAYS} dkim=pass header.d=xn--80acmlhv0b.xn--p1ai",
        TAKEN,
        "From: Anna <anna@кабинет.рф>",
        level="E2",
        reason="dkim_aligned",
    ),
    # what somebody else wrote
    row("no verdict at all", TAKEN, FROM, level="E1", reason="no_results"),
    row(
        "a forged verdict below ours: the worst counts",
        FAIL,
        TAKEN,
        PASS,
        FROM,
        level="E1",
        reason="dmarc_reject",
        is_held=True,
    ),
    row(
        "a forged verdict below the sender's own line",
        TAKEN,
        "Received: from home by mail.sender.example",
        PASS,
        FROM,
        level="E1",
        reason="no_results",
    ),
    row(
        "a forged line of our server with a forged verdict",
        TAKEN,
        "Received: from evil by mx.lad.example",
        PASS,
        FROM,
        level="E1",
        reason="no_results",
    ),
    row("a forged verdict under another field", TAKEN, "Subject: x", PASS, FROM, level="E1", reason="no_results"),
    row(
        "another server's verdict",
        PASS.replace("mx.lad.example", "mx.evil.example"),
        TAKEN,
        FROM,
        level="E1",
        reason="no_results",
    ),
    row(
        "a name that ends like ours",
        PASS.replace("mx.lad.example", "mx.lad.example.evil.example"),
        TAKEN,
        FROM,
        level="E1",
        reason="no_results",
    ),
    row(
        "no server of ours took the letter",
        PASS,
        "Received: from a by mx.evil.example",
        FROM,
        level="E1",
        reason="no_results",
    ),
    row("no trace at all", PASS, FROM, level="E1", reason="no_results"),
    row(
        "a lone forged dmarc=pass beside our failed SPF",
        f"{SAYS} spf=fail smtp.mailfrom=x@evil.example",
        TAKEN,
        f"{SAYS} dmarc=pass header.from=mail.example",
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    row(
        "a forged dmarc=pass beside the thief's own good signature",
        f"{SAYS} dkim=pass header.d=evil.example",
        TAKEN,
        f"{SAYS} dmarc=pass header.from=mail.example",
        FROM,
        level="E1",
        reason="not_aligned",
    ),
    row(
        "a verdict smuggled in a comment",
        f"{SAYS} spf=none (x; dmarc=pass header.from=mail.example)",
        TAKEN,
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    row(
        "a verdict smuggled in a quoted envelope address",
        f'{SAYS} spf=fail smtp.mailfrom="; dmarc=pass header.from=mail.example"@evil.example',
        TAKEN,
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    row(
        "a quoted envelope address that contains another",
        f'{SAYS} spf=pass smtp.mailfrom="a@mail.example"@evil.example',
        TAKEN,
        FROM,
        level="E1",
        reason="not_aligned",
    ),
    row(
        "a domain hidden behind a comment's bracket",
        f'{SAYS} spf=pass (domain of "a); dkim=pass header.d=mail.example; ("@evil.example)'
        " smtp.mailfrom=x@evil.example",
        TAKEN,
        FROM,
        level="E1",
        reason="not_aligned",
    ),
    row(
        "our server checked nothing, and the verdict below its line is forged",
        f"{SAYS} none",
        TAKEN,
        PASS,
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    row(
        "our server says only where it came from, and the rest is forged",
        f"{SAYS} iprev=pass policy.iprev=192.0.2.7",
        TAKEN,
        f"{SAYS} dmarc=pass header.from=mail.example",
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    # what does not prove the domain
    row("unaligned DKIM", f"{SAYS} dkim=pass header.d=evil.example", TAKEN, FROM, level="E1", reason="not_aligned"),
    row(
        "DKIM of a neighbour under a common suffix",
        f"{SAYS} dkim=pass header.d=evil.msk.ru",
        TAKEN,
        "From: a@bank.msk.ru",
        level="E1",
        reason="not_aligned",
    ),
    row(
        "DKIM of a neighbour under a suffix of far away",
        f"{SAYS} dkim=pass header.d=evil.takasaki.gunma.jp",
        TAKEN,
        "From: a@bank.takasaki.gunma.jp",
        level="E1",
        reason="not_aligned",
    ),
    row(
        "DKIM of another tenant of the same provider",
        f"{SAYS} dkim=pass header.d=evil.onmicrosoft.com",
        TAKEN,
        "From: a@bank.onmicrosoft.com",
        level="E1",
        reason="not_aligned",
    ),
    row(
        "DKIM of the same organisation under a suffix of far away",
        f"{SAYS} dkim=pass header.d=mail.bank.takasaki.gunma.jp",
        TAKEN,
        "From: a@bank.takasaki.gunma.jp",
        level="E2",
        reason="dkim_aligned",
    ),
    row("SPF alone", f"{SAYS} spf=pass smtp.mailfrom=anna@mail.example", TAKEN, FROM, level="E1", reason="spf_only"),
    row(
        "DMARC for another domain",
        f"{SAYS} dmarc=pass header.from=evil.example",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_permerror",
    ),
    row(
        "DMARC none",
        f"{SAYS} dmarc=none header.from=mail.example; dkim=none; spf=pass smtp.mailfrom=a@mail.example",
        TAKEN,
        FROM,
        level="E1",
        reason="spf_only",
    ),
    row(
        "DMARC failed, the domain asks for nothing",
        f"{SAYS} dkim=none; dmarc=fail (p=NONE) header.from=mail.example",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_fail",
    ),
    row(
        "DMARC temperror",
        f"{SAYS} dkim=pass header.d=mail.example; dmarc=temperror",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_temperror",
    ),
    row(
        "a verdict that cannot be read",
        "Authentication-Results: mx.lad.example; ((((dmarc=pass",
        TAKEN,
        FROM,
        level="E1",
        reason="not_authenticated",
    ),
    # what is held
    row("DMARC failed under p=reject", FAIL, TAKEN, FROM, level="E1", reason="dmarc_reject", is_held=True),
    row(
        "DMARC failed under p=quarantine, as rspamd writes it",
        f'{SAYS} dkim=none; dmarc=fail reason="No valid SPF, No valid DKIM" header.from=mail.example'
        " (policy=quarantine)",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_quarantine",
        is_held=True,
    ),
    row("our two fields contradict", PASS, FAIL, TAKEN, FROM, level="E1", reason="dmarc_reject", is_held=True),
    # Microsoft 365
    row(
        "Microsoft 365 passed",
        "Received: from AM1.outlook.com by DB1.outlook.com with HTTPS; x",
        "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=mail.example; dkim=pass (signature was"
        " verified) header.d=mail.example;dmarc=pass action=none header.from=mail.example;compauth=pass reason=100",
        "Received: from mail.example (192.0.2.7) by AM1.mail.protection.outlook.com",
        FROM,
        level="E2",
        reason="dmarc_pass",
        trust=M365,
    ),
    row(
        "Microsoft 365: the second field is the sender's",
        "Authentication-Results: spf=fail smtp.mailfrom=evil.example; dkim=none header.d=none;dmarc=fail action=oreject"
        " header.from=mail.example;compauth=fail",
        "Received: from evil (192.0.2.9) by AM1.mail.protection.outlook.com",
        "Authentication-Results: dkim=pass header.d=mail.example;dmarc=pass action=none header.from=mail.example",
        FROM,
        level="E1",
        reason="dmarc_reject",
        trust=M365,
        is_held=True,
    ),
    row(
        "Microsoft's form where the mailbox is not Microsoft's",
        "Authentication-Results: spf=pass smtp.mailfrom=mail.example; dmarc=pass header.from=mail.example",
        TAKEN,
        FROM,
        level="E1",
        reason="no_results",
    ),
    # forwarders with a seal
    row(
        "the seal of a forwarder whose word counts",
        f"{SAYS} arc=pass; dkim=fail header.d=mail.example; dmarc=fail (p=NONE) header.from=mail.example",
        "ARC-Seal: i=1; a=rsa-sha256; d=relay.example; s=s; cv=none; b=x",
        "ARC-Authentication-Results: i=1; relay.example; dkim=pass header.d=mail.example; dmarc=pass"
        " header.from=mail.example",
        TAKEN,
        FROM,
        level="E2",
        reason="dmarc_pass",
    ),
    row(
        "the seal of a stranger",
        f"{SAYS} arc=pass; dkim=none; dmarc=fail (p=NONE)",
        "ARC-Seal: i=1; a=rsa-sha256; d=evil.example; s=s; cv=none; b=x",
        "ARC-Authentication-Results: i=1; evil.example; dmarc=pass header.from=mail.example",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_fail",
    ),
    row(
        "a seal that our server could not check",
        f"{SAYS} arc=fail; dkim=none; dmarc=fail (p=NONE)",
        "ARC-Seal: i=1; a=rsa-sha256; d=relay.example; s=s; cv=none; b=x",
        "ARC-Authentication-Results: i=1; relay.example; dmarc=pass header.from=mail.example",
        TAKEN,
        FROM,
        level="E1",
        reason="dmarc_fail",
    ),
    # senders nobody can name
    row("two From fields", PASS, TAKEN, FROM, "From: Boss <boss@lad.example>", level="E0", reason="from_fields"),
    row("no From field", PASS, TAKEN, "Sender: anna@mail.example", level="E0", reason="from_fields"),
    row(
        "two addresses in From",
        PASS,
        TAKEN,
        "From: a@mail.example, b@evil.example",
        level="E0",
        reason="from_mailboxes",
    ),
    row("no address in From", PASS, TAKEN, "From: Anna", level="E0", reason="from_invalid"),
    row("a domain that is none", PASS, TAKEN, "From: a@mail..example", level="E0", reason="from_invalid"),
    row("punycode of nothing", PASS, TAKEN, "From: a@xn--99999999.example", level="E0", reason="domain_invalid"),
    row(
        "a homoglyph: Cyrillic а in gmаil.com",
        f"{SAYS} dkim=pass header.d=xn--gmil-63d.com",
        TAKEN,
        "From: a@gmаil.com",
        level="E0",
        reason="domain_imitates",
    ),
    row(
        "the same in punycode",
        f"{SAYS} dkim=pass header.d=xn--gmil-63d.com",
        TAKEN,
        "From: a@xn--gmil-63d.com",
        level="E0",
        reason="domain_imitates",
    ),
    row(
        "a whole name in letters that look Latin",
        PASS,
        TAKEN,
        "From: a@хорор.com",
        level="E0",
        reason="domain_imitates",
    ),
    row(
        "digits for letters: gmai1.com",
        f"{SAYS} dkim=pass header.d=gmai1.com",
        TAKEN,
        "From: a@gmai1.com",
        level="E0",
        reason="domain_imitates",
    ),
    row(
        "rn for m: rnail.ru",
        f"{SAYS} dkim=pass header.d=rnail.ru",
        TAKEN,
        "From: a@rnail.ru",
        level="E0",
        reason="domain_imitates",
    ),
    row(
        "the lender's own name imitated: 1ad.example",
        f"{SAYS} dkim=pass header.d=1ad.example",
        TAKEN,
        "From: a@1ad.example",
        level="E0",
        reason="domain_imitates",
    ),
    # what is only pointed out
    row(
        "a name that is another address",
        PASS,
        TAKEN,
        'From: "boss@lad.example" <anna@mail.example>',
        level="E2",
        reason="name_has_address",
    ),
    row(
        "Reply-To is never an identity",
        f"{SAYS} dkim=pass header.d=evil.example",
        TAKEN,
        "From: thief@evil.example",
        "Reply-To: anna@mail.example",
        level="E2",
        reason="reply_to_elsewhere",
    ),
    row(
        "Sender is never an identity",
        f"{SAYS} dkim=pass header.d=mail.example",
        TAKEN,
        "Sender: anna@mail.example",
        "From: boss@bank.example",
        level="E1",
        reason="not_aligned",
    ),
    row(
        "X-Original-Sender is never an identity",
        f"{SAYS} dkim=pass header.d=evil.example",
        TAKEN,
        "X-Original-Sender: anna@mail.example",
        "From: x@evil.example",
        level="E2",
        reason="dkim_aligned",
    ),
]


@pytest.mark.parametrize("case", ROWS, ids=[each.case for each in ROWS])
def test_the_table_of_forgeries(case: Row) -> None:
    reading = read_letter(("\r\n".join(case.lines) + "\r\nX: y\r\n\r\nText\r\n").encode())
    verdict = judge(reading.auth, address=reading.from_address, trust=case.trust)
    assert (verdict.level, verdict.is_held) == (case.level, case.is_held), verdict
    assert case.reason in verdict.reasons


def test_an_address_on_file_and_our_token_are_both_needed_for_the_third_level() -> None:
    reading = read_letter("\r\n".join([PASS, TAKEN, FROM, "", "Text"]).encode())
    levels = {
        (count, token): judge(
            reading.auth, address="anna@mail.example", trust=TRUST, candidates=count, has_token=token
        ).level
        for count in (0, 1, 2)
        for token in (False, True)
    }
    assert [key for key, level in levels.items() if level == "E3"] == [(1, True)]
    assert set(levels.values()) == {"E2", "E3"}
    forged = read_letter("\r\n".join([TAKEN, FROM, "", "Text"]).encode())
    assert judge(forged.auth, address="anna@mail.example", trust=TRUST, candidates=1, has_token=True).level == "E1"


def stamped(letter: Any, *lines: str) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode() + letter.as_bytes()


@pytest.fixture
def trusting(mailbox: Any) -> Any:
    mailbox.authserv_ids = ["mx.lad.example"]
    mailbox.save(update_fields=["authserv_ids"])
    return mailbox


@pytest.mark.django_db(transaction=True)
def test_a_proven_letter_keeps_its_evidence(trusting: Any, mail_server: MailServer, fetch: Any, anna: Any) -> None:
    domain = anna.email.partition("@")[2]
    mail_server.deliver(
        stamped(a_letter(sender=f"Анна <{anna.email}>"), f"{SAYS} dkim=pass header.d={domain}", TAKEN),
        sender=anna.email,
    )
    fetch()
    [letter], [ticket] = letters(), tickets()
    evidence = letter.auth_evidence
    assert (letter.auth_level, evidence["aligned"], evidence["candidates"]) == ("E2", True, [str(anna.pk)])
    assert evidence["results"] == f"mx.lad.example; dkim=pass header.d={domain}"
    assert ticket.conversation.borrower is None, "probable is not proven"
    [message] = messages_of(ticket)
    assert (message.data["auth_level"], message.data["reasons"]) == ("E2", ["dkim_aligned"])


YANDEX = "Received: from mail.example (mail.example [192.0.2.7]) by mxfront{0}.mail.yandex.net with LMTP id 1"
PROPOSALS = {
    "above the line": ([[PASS, TAKEN]] * 3, "mx.lad.example", 3),
    "below the line": ([[TAKEN, PASS]] * 3 + [[TAKEN]], "mx.lad.example", 3),
    "servers in turn": (
        [[YANDEX.format(n), f"Authentication-Results: mxfront{n}.mail.yandex.net; dkim=pass"] for n in (1, 2, 3)],
        "*.yandex.net",
        3,
    ),
    "too few": ([[PASS, TAKEN]] * 2, None, 0),
    "not most": ([[PASS, TAKEN]] * 3 + [[TAKEN]] * 3, None, 0),
    "forged below our server": (
        [[TAKEN, "Received: from a by mx.evil.example", "Authentication-Results: mx.evil.example; dmarc=pass"]] * 9,
        None,
        0,
    ),
    "forged, and taken from the forger": (
        [[TAKEN.replace("mail.sender", "mx.evil"), "Authentication-Results: mx.evil.example; dmarc=pass"]] * 9,
        None,
        0,
    ),
    "without a trace": ([[PASS]] * 9, None, 0),
    "without a name": ([["Authentication-Results: dkim=pass", TAKEN]] * 9, None, 0),
    "nothing came": ([], None, 0),
}


@pytest.mark.parametrize("case", PROPOSALS)
def test_a_server_is_proposed_when_the_trace_bears_it_out(case: str) -> None:
    from tickets.rules.email.proposal import proposed_server

    letters_, server, count = PROPOSALS[case]
    traces = [read_letter("\r\n".join([*lines, FROM, "", "x"]).encode()).auth.stamps for lines in letters_]
    proposal = proposed_server(traces)
    assert (proposal and (proposal.server, proposal.letters)) == (server and (server, count))


@pytest.mark.django_db(transaction=True)
def test_the_administrator_trusts_the_server_seen_in_the_last_letters_by_one_click(
    mailbox: Any, mail_server: MailServer, fetch: Any, ivan: Any, as_staff: Any
) -> None:
    from identity.models import AuditEntry

    def come(*numbers: int) -> str:
        for number in numbers:
            letter = a_letter(message_id=f"<{number}@mail.example>", subject=f"Вопрос {number}")
            mail_server.deliver(stamped(letter, PASS, TAKEN))
        fetch()
        return administrator.get(page).content.decode().replace("\xa0", " ")

    administrator, page = as_staff(ivan), f"/settings/mail/{mailbox.pk}/"
    assert "data-proposal" not in come(1, 2)
    shown = come(3)
    assert 'data-proposal="mx.lad.example"' in shown and "(3 из 3)" in shown
    administrator.post(f"{page}trust/", {"server": "mx.evil.example"})
    mailbox.refresh_from_db()
    assert mailbox.authserv_ids == [], "only what the letters say"
    administrator.post(f"{page}trust/", {"server": "mx.lad.example"})
    mailbox.refresh_from_db()
    assert mailbox.authserv_ids == ["mx.lad.example"]
    assert "data-proposal" not in come(4)
    assert [letter.auth_level for letter in letters()] == ["E1", "E1", "E1", "E2"]
    assert AuditEntry.objects.filter(code="mailbox.server_trusted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_refused_letter_is_held_until_a_supervisor_lets_it_in(
    trusting: Any, mail_server: MailServer, fetch: Any, olga: Any
) -> None:
    from tickets.actions.letters import read_again
    from tickets.actions.outbox import run_due_jobs

    mail_server.deliver(stamped(a_letter(), FAIL, TAKEN))
    fetch()
    assert ([(each.state, each.error) for each in letters()], tickets()) == ([("held", "dmarc_reject")], [])
    read_again(letter=letters()[0], by=olga)
    run_due_jobs()
    assert [(each.state, each.auth_level) for each in letters()] == [("applied", "E1")]
    [message] = messages_of(tickets()[0])
    assert message.data["reasons"] == ["dmarc_reject"], "let in, and still not believed"


# where nobody has judged before us: DKIM, SPF and DMARC from a real DNS server


class Zone(socketserver.BaseRequestHandler):
    """Answers from ``records``: (name, type) to texts."""

    records: dict[tuple[str, str], list[str]]

    def handle(self) -> None:
        asked = dns.message.from_wire(self.request[0])
        reply = dns.message.make_response(asked)
        question = asked.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        if found := self.records.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(3)
        self.request[1].sendto(reply.to_wire(), self.client_address)


@pytest.fixture
def zone(settings: Any) -> Iterator[dict[tuple[str, str], list[str]]]:
    records: dict[tuple[str, str], list[str]] = {}
    handler = type("ThisZone", (Zone,), {"records": records})
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MAIL_DNS = f"127.0.0.1:{server.server_address[1]}"
        yield records
        server.shutdown()


def text_record(text: str) -> str:
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def publish(zone: dict[tuple[str, str], list[str]], *, domain: str, dmarc: str = "", spf: str = "") -> None:
    der = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    zone[f"s1._domainkey.{domain}", "TXT"] = [text_record(key)]
    if dmarc:
        zone[f"_dmarc.{domain}", "TXT"] = [text_record(dmarc)]
    if spf:
        zone[domain, "TXT"] = [text_record(spf)]


def signed(raw: bytes, domain: str) -> bytes:
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    signature: bytes = dkim.sign(raw, b"s1", domain.encode(), PEM, include_headers=[b"from", b"to", b"subject"])
    return signature + raw


LOOKS = [
    ("signed by the sender's domain", "mail.example", "p=reject", "192.0.2.1", ("pass", "E2")),
    ("the same without a policy", "mail.example", "", "192.0.2.1", ("none", "E2")),
    ("signed by another domain", "evil.example", "p=none", "192.0.2.1", ("fail", "E1")),
    ("SPF of the sender's domain, under DMARC", "evil.example", "p=reject", "198.51.100.9", ("pass", "E2")),
    ("nothing fits, p=reject", "evil.example", "p=reject", "192.0.2.1", ("fail", "E1 held")),
]


@pytest.mark.parametrize(("case", "signer", "asks", "client", "expected"), LOOKS, ids=[each[0] for each in LOOKS])
def test_a_letter_nobody_judged_is_judged_by_the_desk(
    zone: Any, case: str, signer: str, asks: str, client: str, expected: tuple[str, str]
) -> None:
    from tickets.mailboxes.senders import look_at_sender

    publish(zone, domain=signer)
    dmarc = f"v=DMARC1; {asks}" if asks else ""
    publish(zone, domain="mail.example", dmarc=dmarc, spf="v=spf1 ip4:198.51.100.0/24 include:far.example -all")
    zone["far.example", "TXT"] = [text_record("v=spf1 a mx ?all")]
    raw = signed(a_letter().as_bytes(), signer)
    found = look_at_sender(raw, address="anna@mail.example", envelope_from="anna@mail.example", client_ip=client)
    verdict = judge(read_letter(raw).auth, address="anna@mail.example", trust=Trust(), own=found)
    level = verdict.level + (" held" if verdict.is_held else "")
    assert (found.dmarc, level) == expected


def test_a_letter_changed_on_the_way_is_not_believed(zone: Any) -> None:
    from tickets.mailboxes.senders import look_at_sender

    publish(zone, domain="mail.example", dmarc="v=DMARC1; p=none")
    raw = signed(a_letter(subject="Hello").as_bytes(), "mail.example").replace(b"Hello", b"Money")
    found = look_at_sender(raw, address="anna@mail.example")
    assert (found.dkim, found.dmarc) == ("fail", "fail")


def test_a_dns_that_does_not_answer_proves_nothing_and_holds_nothing(settings: Any, monkeypatch: Any) -> None:
    from tickets.mailboxes import senders

    settings.MAIL_DNS = "127.0.0.1:9"
    monkeypatch.setattr(senders, "SECONDS", 1.0)
    raw = signed(a_letter().as_bytes(), "mail.example")
    found = senders.look_at_sender(raw, address="anna@mail.example")
    verdict = judge(read_letter(raw).auth, address="anna@mail.example", trust=Trust(), own=found)
    assert (found.dkim, verdict.level, verdict.is_held) == ("temperror", "E1", False)


def test_spf_that_asks_without_end_is_malformed(zone: Any) -> None:
    from tickets.mailboxes.senders import look_at_sender

    zone["mail.example", "TXT"] = [text_record("v=spf1 include:mail.example -all")]
    raw = a_letter().as_bytes()
    found = look_at_sender(raw, address="a@mail.example", envelope_from="a@mail.example", client_ip="192.0.2.1")
    assert found.spf == "permerror"


@pytest.mark.django_db(transaction=True)
def test_a_letter_from_our_own_door_is_looked_at(zone: Any, mailbox: Any) -> None:
    from tickets.actions.letters import Envelope, store_letter
    from tickets.actions.outbox import run_due_jobs

    envelope = Envelope(sender="anna@mail.example", recipient=ADDRESS)
    publish(zone, domain="mail.example", dmarc="v=DMARC1; p=reject")
    forged = b"Authentication-Results: mx.lad.example; dmarc=pass header.from=mail.example\r\n"
    for key, raw in (
        ("smtp:1", signed(a_letter().as_bytes(), "mail.example")),
        ("smtp:2", forged + a_letter(message_id="<2@mail.example>").as_bytes()),
    ):
        store_letter(mailbox=mailbox, source_key=key, raw=raw, envelope=envelope)
    run_due_jobs()
    assert [(each.auth_level, each.state) for each in letters()] == [("E2", "applied"), ("E1", "held")]


DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "whose-letter.md"


def table_of(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the guide, without its head."""
    section = DOCUMENT.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


def test_the_guide_names_every_reason_in_the_words_of_the_desk() -> None:
    from django.utils import translation

    from tickets.models import Reason

    with translation.override("en"):
        said = [(each.value, str(each.label)) for each in Reason]
    assert [(code.strip("`"), words) for code, words in table_of("Reasons")] == said
    raised = {case.reason for case in ROWS} | {
        "known_address",
        "our_token",
        "dmarc_quarantine",
        "bounce",
        "review_unread",
    }
    assert raised == set(Reason.values), "each is seen in a test, and none is unknown to people"


def test_the_guide_names_every_level() -> None:
    assert [row[0].strip("`") for row in table_of("Levels")] == ["E0", "E1", "E2", "E3", "P"]
    assert {case.level for case in ROWS} == {"E0", "E1", "E2"}


def test_the_guide_names_the_limits_of_acknowledgements() -> None:
    from tickets.rules.email import loops

    limits = [loops.PER_ADDRESS, loops.PER_TICKET, loops.LETTERS_PER_HOUR, loops.TICKETS_PER_HOUR, loops.TOO_MANY]
    assert [float(row[1]) for row in table_of("Acknowledgements")] == [float(each) for each in limits]


def test_the_guide_names_every_way_into_a_ticket() -> None:
    from tests.test_threading import ROWS as THREADS

    ways = {case.expected.by for case in THREADS if case.expected.ticket and case.expected.by}
    assert ways == {"address", "message_id", "reference", "bounce", "subject"}
    assert len(table_of("Which ticket a letter belongs to")) == len(ways)


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("mail.lender.co.uk", "lender.co.uk"),
        ("почта.пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("a.bank.msk.ru", "bank.msk.ru"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.b.bank.kawasaki.jp", "b.bank.kawasaki.jp"),
        ("shop.github.io", "shop.github.io"),
        ("mail.tenant.onmicrosoft.com", "tenant.onmicrosoft.com"),
        ("a.bank.example", "bank.example"),
        ("co.uk", "co.uk"),
    ],
)
def test_who_registered_a_domain_is_told_by_the_public_suffix_list(domain: str, owner: str) -> None:
    from tickets.rules.email.domains import organisation

    assert organisation(domain) == owner
