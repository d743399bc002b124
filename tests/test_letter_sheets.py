"""A letter on the agent's screen: the sheet of the mock, its folded history, its own look, on every screen."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import LiveDesk
from tests.inbox_desk import ELENA, Inbox, on_line, sign_in
from tests.letter_desk import bring, read, take
from tests.mailserver import a_letter
from tests.test_letter_pages import a_dressed_letter, picture
from tests.test_staff_pages import violations

TEXT = """Добрый день!

20 ноября деньги списались дважды: 6 300 ₽ в 14:02 и ещё раз в 14:03. Прошу вернуть 6 300 ₽ на карту
4111 1111 1111 1111.

Мельников Сергей Павлович, 11.02.1984

20.11.2026, 12:05, Лад: поддержка пишет:
> Мы проверим платёж и напишем."""
SENDER = "Сергей М. <serg.melnikov84@mail.example>"
HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script>{{7*7}}'


def new_id() -> str:
    return f"<{uuid.uuid4()}@mail.example>"


def with_files(**headers: str) -> object:
    letter = a_letter(TEXT, subject="Верните переплату по займу", sender=SENDER, **headers)
    letter.add_attachment(b"%PDF-1.4 statement", maintype="application", subtype="pdf", filename="Выписка_ноябрь.pdf")
    letter.add_attachment(picture(size=(300, 200)), maintype="image", subtype="png", filename="списание.png")
    return letter


def test_a_letter_is_a_sheet_with_its_sender_its_files_and_its_history_folded(inbox: Inbox) -> None:
    [number] = bring(inbox.desk, with_files(message_id=new_id()))  # type: ignore[arg-type]
    sheet = read(inbox, number)
    expect(sheet.locator("header")).to_contain_text("Сергей М.")
    expect(sheet.locator("header")).to_contain_text("serg.melnikov84@mail.example")
    expect(sheet.locator("header")).to_contain_text("кому: help@lad.example")
    expect(sheet.locator(".redact")).to_contain_text("1111")
    assert "4111 1111" not in inbox.page.content()
    expect(sheet.locator(".att")).to_have_text([re.compile("Выписка_ноябрь.pdf"), re.compile("списание.png")])
    expect(sheet.get_by_text("Мы проверим платёж")).to_be_hidden()
    sheet.get_by_text("Предыдущая переписка").click()
    expect(sheet.get_by_text("Мы проверим платёж")).to_be_visible()
    expect(inbox.page.get_by_text("Адрес не совпадает с тем, что в профиле.")).to_be_visible()
    assert violations(inbox.page) == []


def test_the_letter_as_it_was_sent_stands_in_a_frame_that_can_do_nothing(inbox: Inbox) -> None:
    asked: list[str] = []
    inbox.page.context.on("request", lambda request: asked.append(request.url))
    [number] = bring(inbox.desk, a_dressed_letter(message_id=new_id()))
    sheet = read(inbox, number)
    sheet.get_by_role("button", name="Показать, как прислано").click()
    frame = sheet.frame_locator("iframe")
    expect(frame.get_by_text("[evil.example]")).to_be_visible()
    assert "allow-scripts" not in (sheet.locator("iframe").get_attribute("sandbox") or "")
    inside = frame.locator("img[alt='схема']")
    expect(inside).to_have_js_property("naturalWidth", 30)
    assert not [url for url in asked if "tracker.example" in url or "evil.example" in url]
    assert not [url for url in asked if "/letters/pictures/" in url and "remote" in url]
    before = len([url for url in asked if "/letters/pictures/" in url])
    assert before == 1
    sheet.get_by_role("button", name=re.compile("Показать 1 картинку")).click()
    expect(sheet.get_by_text("отправитель не узнает")).to_be_visible()
    expect(frame.locator("img[src]")).to_have_count(2)
    assert not [url for url in asked if "tracker.example" in url]


def test_hostile_texts_of_a_letter_stand_as_they_were_written(inbox: Inbox) -> None:
    letter = a_letter(
        f"{HOSTILE}\n\n20.11.2026, 12:05, Лад пишет:\n> {HOSTILE}",
        subject=HOSTILE,
        sender=f'"{HOSTILE.replace(chr(34), "")}" <evil@mail.example>',
        message_id=new_id(),
    )
    letter.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="<img src=x onerror=alert(1)>.pdf"
    )
    problems: list[str] = []
    inbox.page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
    [number] = bring(inbox.desk, letter)
    sheet = read(inbox, number)
    sheet.get_by_text("Предыдущая переписка").click()
    expect(sheet.locator(".mail__b")).to_contain_text("<script>alert(2)</script>{{7*7}}")
    expect(sheet.locator(".fold:not([data-checked])")).to_contain_text("onerror=alert(1)")
    assert inbox.page.locator("img[onerror], li.mail script").count() == 0
    assert problems == []


@pytest.mark.parametrize(("language", "dark"), [("ru", False), ("en", True)], ids=["ru-light", "en-dark"])
def test_letters_are_listed_and_read_on_a_phone_too(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], language: str, dark: bool
) -> None:
    page = sign_in(new_context(dark=dark, viewport={"width": 1440, "height": 900}), live_desk, ELENA)
    inbox = on_line(page, live_desk)
    [number] = bring(live_desk, with_files(message_id=new_id()))  # type: ignore[arg-type]
    live_desk.shell(
        f"from identity.models import User; User.objects.filter(email={ELENA!r}).update(language={language!r})"
    )
    try:
        read(inbox, number)
        take(inbox)
        inbox.picture(f"letter-{language}-{'dark' if dark else 'light'}-1440")
        page.set_viewport_size({"width": 360, "height": 780})
        row = page.locator(f".mailrow[data-ticket='{number}']")
        expect(row).to_be_visible()
        expect(row).to_contain_text("Верните переплату")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        inbox.picture(f"letter-{language}-{'dark' if dark else 'light'}-360")
        assert violations(page) == []
    finally:
        live_desk.shell(f"from identity.models import User; User.objects.filter(email={ELENA!r}).update(language='ru')")


def test_the_availability_of_the_agent_is_never_cut_off(inbox: Inbox) -> None:
    page = inbox.page
    page.locator("[data-availability] summary").click()
    page.get_by_role("button", name="Нет на месте").click()
    words = page.locator("[data-availability-words]")
    expect(words).to_have_text("Нет на месте")
    for width in (920, 1140, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert words.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), width
        assert page.locator(".places .phead").evaluate("node => node.scrollWidth <= node.clientWidth"), width
