"""Letters at the agent's live desk: they come in through the import journal, as every letter does."""

import base64
import json
import re
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import expect

from tests.browser import LiveDesk
from tests.inbox_desk import Inbox
from tests.mailserver import ADDRESS

BRING = """
import base64, uuid
from tickets.actions.letters import store_letter
from tickets.actions.mailboxes import ensure_mailbox
from tickets.actions.outbox import run_due_jobs
mailbox = ensure_mailbox(address={address!r}, name='Лад: поддержка', password='x', imap_host='127.0.0.1', imap_port=1,
    imap_security='plain', smtp_host='127.0.0.1', smtp_port=1, smtp_security='plain')
for each in {raws!r}:
    letter = store_letter(mailbox=mailbox, source_key='test:' + uuid.uuid4().hex, raw=base64.b64decode(each))
    run_due_jobs()
    letter.refresh_from_db()
    print(letter.ticket_id)
"""


def bring(desk: LiveDesk, *letters: EmailMessage | bytes) -> list[int]:
    """Letters that came by mail; the numbers of their tickets."""
    raws = [each if isinstance(each, bytes) else each.as_bytes() for each in letters]
    code = BRING.format(address=ADDRESS, raws=[base64.b64encode(raw).decode() for raw in raws])
    return [int(line) for line in desk.shell(code).split() if line.isdigit()]


def asked(desk: LiveDesk, expression: str) -> Any:
    """A value of the desk's own, as JSON."""
    return json.loads(desk.shell(f"import json; print(json.dumps({expression}, default=str))"))


def read(inbox: Inbox, number: int) -> Any:
    """Open the ticket and see its letters; the first of them."""
    inbox.page.goto(f"{inbox.desk.url}/inbox/{number}/")
    sheet = inbox.page.locator("li.mail").first
    expect(sheet).to_be_visible()
    return sheet


def take(inbox: Inbox) -> None:
    inbox.page.get_by_role("button", name=re.compile("^Взять|^Take")).first.click()
    expect(inbox.field).to_be_visible()
