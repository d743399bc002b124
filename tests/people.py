"""People in front of a desk that ``make run`` started: borrowers on the lender's site, staff, writers of letters."""

import io
import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP
from typing import Any, TypeVar

from imap_tools import MailBoxUnencrypted, MailMessage
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import Borrower
from tests.desk import Desk
from tests.inbox_desk import Inbox

ELENA, DMITRY, OLGA = "e.voronova@lad.example", "d.sokolov@lad.example", "o.severova@lad.example"
ANNA = "Анна Игоревна Ковалёва"
STORED = re.compile("доставлено|прочитано")
MARK = "window.neverReloaded = true"
LONG_LINES = policy.SMTP.clone(max_line_length=200)  # folding would lose spaces of Russian subjects
Found = TypeVar("Found")


def until(look: Callable[[], Found], what: str, seconds: float = 60) -> Found:
    """Look until there is something; says what was waited for."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s until {what}"
        time.sleep(0.2)
    return found


# The borrower


def enter_lender(context: BrowserContext, desk: Desk, name: str = ANNA) -> Page:
    """Sign in to the lender's site as its own page offers."""
    page = context.new_page()
    page.goto(desk.facts["lender"])
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Мой займ")
    return page


def borrower(context: BrowserContext, desk: Desk, name: str = ANNA) -> Borrower:
    """Somebody on the lender's site with the widget in the corner, still closed."""
    return Borrower(enter_lender(context, desk, name), desk, name)  # type: ignore[arg-type]


def is_delivered(borrower: Borrower, text: str) -> None:
    expect(borrower.message(text).get_by_role("img", name=STORED).first).to_be_visible(timeout=60_000)


def photo(path: Path) -> Path:
    """A photo of a receipt as a phone makes it: a JPEG that says where and with what it was taken."""
    image = Image.new("RGB", (1200, 1600), "#d9d4cb")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((190, 130, 1010, 1470), 18, fill="#fbfaf6")
    draw.ellipse((530, 220, 670, 360), fill="#2f9e6b")
    draw.line(((563, 292), (592, 322), (640, 262)), fill="white", width=16, joint="curve")
    for row in range(9):
        top = 470 + row * 96
        draw.rounded_rectangle((270, top, 270 + 150 + row * 37 % 190, top + 26), 8, fill="#c9c6bf")
        draw.rounded_rectangle((760 - row * 53 % 120, top, 930, top + 26), 8, fill="#57544d")
    exif = Image.Exif()
    exif[271], exif[272], exif[306] = "Phone", "Secret Model", "2026:11:23 09:30:00"
    exif[34853] = {1: "N", 2: (55.0, 45.0, 7.0), 3: "E", 4: (37.0, 37.0, 3.0)}  # where it was taken
    image.save(path, "JPEG", quality=88, exif=exif)
    return path


def metadata(content: bytes) -> dict[int, Any]:
    return dict(Image.open(io.BytesIO(content)).getexif())


# Staff


def sign_in(context: BrowserContext, desk: Desk, email: str) -> Page:
    """Sign in as the page asks; ends where the desk sends this role."""
    person = next(one for one in desk.facts["staff"] if one["email"] == email)
    page = context.new_page()
    page.goto(f"{desk.facts['desk']}/login/")
    page.get_by_label("почта").fill(email)
    page.get_by_label("Пароль", exact=True).fill(person["password"])
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(lambda address: "/login/" not in address)
    return page


def on_line(page: Page, desk: Desk) -> Inbox:
    """Open the inbox and say that one takes chats."""
    page.goto(f"{desk.facts['desk']}/inbox/")
    expect(page.locator("[data-place]")).to_have_count(5)
    words = page.locator("[data-availability-words]")
    expect(words).not_to_have_text("Подключаемся…")
    if words.inner_text() != "На линии":
        page.locator("[data-availability] summary").click()
        page.get_by_role("button", name="На линии").click()
    expect(words).to_have_text("На линии")
    return Inbox(page, desk)  # type: ignore[arg-type]


def at_work(context: BrowserContext, desk: Desk, email: str) -> Inbox:
    return on_line(sign_in(context, desk, email), desk)


def writes(inbox: Inbox, text: str, key: str = "Enter") -> None:
    inbox.field.fill(text)
    inbox.field.press(key)


def note(inbox: Inbox, text: str) -> None:
    """Write an internal note and go back to answering."""
    inbox.page.get_by_role("button", name="Заметка", exact=True).click()
    writes(inbox, text)
    expect(inbox.log.get_by_text(text)).to_be_visible()
    inbox.page.get_by_role("button", name="Ответ", exact=True).click()


def transfer(inbox: Inbox, name: str, summary: str) -> None:
    inbox.page.locator("button[data-act=transfer]:visible").first.click()
    dialog = inbox.page.get_by_role("dialog", name="Передать коллеге")
    dialog.get_by_role("radio", name=re.compile(name)).check()
    dialog.get_by_label("Коротко").fill(summary)
    dialog.get_by_role("button", name="Передать", exact=True).click()
    expect(inbox.page.get_by_text(re.compile(f"Передан: {name}"))).to_be_visible()


def finish(inbox: Inbox) -> None:
    """Finish the conversation, also where the desk reminds of steps that remain or asks for the topic."""
    inbox.page.locator("button[data-act=finish]:visible").first.click()
    asks = inbox.page.get_by_role("dialog", name="Завершить этот диалог?")
    with suppress(AssertionError):
        expect(asks).to_be_visible(timeout=1500)
        asks.get_by_role("button", name="Завершить", exact=True).click()
    wants = inbox.page.get_by_role("dialog", name="О чём было обращение?")
    with suppress(AssertionError):
        expect(wants).to_be_visible(timeout=1500)
        wants.get_by_label("Тема").select_option(index=1)
        wants.get_by_role("button", name="Завершить", exact=True).click()


# Letters


@dataclass(frozen=True)
class Writer:
    """Somebody who writes to the lender's mailbox with a mail program of their own."""

    desk: Desk
    name: str
    address: str

    def writes(self, subject: str, text: str, **headers: str) -> str:
        """Send one letter by SMTP; returns its Message-ID. Further headers with underscores for hyphens."""
        letter = EmailMessage(policy=LONG_LINES)
        letter["From"], letter["To"] = f"{self.name} <{self.address}>", self.desk.facts["mailbox"]
        letter["Subject"], letter["Message-ID"] = subject, f"<{uuid.uuid4()}@{self.address.rpartition('@')[2]}>"
        for name, value in headers.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        host, _, port = self.desk.facts["smtp"].rpartition(":")
        with SMTP(host, int(port), timeout=30) as server:
            server.send_message(letter)
        return str(letter["Message-ID"])

    def received(self) -> list[MailMessage]:
        """Every letter that the world got for this address, oldest first."""
        host, _, port = self.desk.facts["imap"].rpartition(":")
        password = self.desk.facts["mailbox_password"]
        with MailBoxUnencrypted(host, int(port), timeout=30).login("world", password) as box:
            return [letter for letter in box.fetch(mark_seen=False) if self.address in letter.to]
