"""Letters of a campaign: they come by SMTP and IMAP, answers leave by SMTP, and each is counted."""

import email
import smtplib
import time
import uuid
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from supportdesk.desk.places import ROOT
from supportdesk.desk.programs import PYTHON
from supportdesk.processes import free_port
from supportdesk.supervise import Program
from tests.campaign.checker import Problem, problem, query

MAILBOX, PASSWORD = "help@campaign.example", "only-for-the-campaign"
PATIENCE = 90.0  # seconds until a letter must have come or left
ARRIVED = """
select l.message_id, l.state, (select count(*) from chat_entry e where e.id = l.entry_id)
  from tickets_inboundletter l
"""
LEFT = "select message_id, state from tickets_outboundletter"


class PostOffice:
    """The mail server of a campaign, which letters were handed in, and which answers were written."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "mail"
        self.imap, self.smtp = free_port(), free_port()
        self.sent: list[str] = []
        self.crashes = 0  # each may repeat one letter that was under way

    def program(self) -> Program:
        words = (PYTHON, "-m", "supportdesk.demo.mailserver", "--folder", str(self.folder), "--mailbox", MAILBOX)
        ports = ("--imap", str(self.imap), "--smtp", str(self.smtp))
        return Program("mailserver", (*words, *ports), environment={"MAILBOX_PASSWORD": PASSWORD}, folder=ROOT)

    def open_mailbox(self) -> None:
        from tickets.actions.mailboxes import ensure_mailbox

        ends: dict[str, Any] = {"imap_port": self.imap, "smtp_port": self.smtp}
        for end in ("imap", "smtp"):
            ends |= {f"{end}_host": "127.0.0.1", f"{end}_security": "plain"}
        ensure_mailbox(address=MAILBOX, name="campaign", password=PASSWORD, acknowledges=False, **ends)

    def hand_in(self) -> None:
        """One letter from outside."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "anna@mail.example", MAILBOX, "Вопрос о займе"
        letter["Message-ID"] = f"<{uuid.uuid4()}@mail.example>"
        letter.set_content(f"Здравствуйте! Как продлить заём? {uuid.uuid4()}")
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as server:
            server.send_message(letter)
        self.sent.append(str(letter["Message-ID"]))

    def answer(self, agent: Any) -> None:
        """One letter of ours: a message of staff in a conversation by e-mail."""
        from chat import actions as chat

        address = f"{uuid.uuid4().hex[:8]}@mail.example"
        conversation = chat.start_conversation(
            channel="email", correspondent_name="Анна", correspondent_address=address, subject="Вопрос", is_shared=True
        )
        chat.add_participant(conversation=conversation, user=agent)
        chat.post_message(conversation=conversation, author=agent, body="Продлить можно в личном кабинете.")

    def check(self, url: str) -> list[Problem]:
        """What is still wrong once everything had its time: a mailbox is looked at every minute at least."""
        ends = time.monotonic() + PATIENCE
        while (problems := self._wrong(url)) and time.monotonic() < ends:
            time.sleep(1)
        return problems

    def _wrong(self, url: str) -> list[Problem]:
        """I10, I11: each letter that came is settled once, each answer left, with one Message-ID however often."""
        rows = query(url, ARRIVED)
        arrived = Counter(row[0].strip("<>") for row in rows)
        problems = [
            problem("effects", f"letter {id_} arrived {arrived[id_.strip('<>')]} times")
            for id_ in self.sent
            if arrived[id_.strip("<>")] != 1
        ]
        problems += [
            problem("effects", f"letter {id_} is {state} with {n} entries") for id_, state, n in rows if n != 1
        ]
        left = Counter(self._outgoing())
        twice = 0
        for id_, state in query(url, LEFT):
            count = left[id_.strip("<>")]
            twice += max(0, count - 1)
            if not count or state != "sent":
                problems.append(problem("effects", f"answer {id_} is {state} and left {count} times"))
        if twice > self.crashes:
            problems.append(problem("doubled", f"{twice} answers left twice, with {self.crashes} crashes on the way"))
        return problems

    def _outgoing(self) -> list[str]:
        paths = (self.folder / "world").glob("*.eml")
        return [str(email.message_from_bytes(path.read_bytes())["Message-ID"]).strip("<> ") for path in paths]
