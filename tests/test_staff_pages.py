"""Every staff page in both themes and four widths: no axe violation, no overflow, five rings in sight (A1, A3, I12)."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PICTURES, LiveDesk
from tests.inbox_desk import ELENA, OLGA, Visitor, on_line, sign_in
from tests.live_seed import PASSWORD

WIDTHS = (320, 360, 768, 1280, 1920)
IVAN = "i.belov@lad.example"
ADMIN = f"""
from identity import actions as identity
from identity.models import User
if not User.objects.filter(email={IVAN!r}).exists():
    who = dict(email={IVAN!r}, full_name='Иван Белов', display_name='Иван')
    identity.create_staff(**who, role='admin', password={PASSWORD!r})
"""
SETTINGS = ("/settings/mail/", "/settings/mail/new/")
PAGES = ["/borrowers/", "/supervise/", "/reports/", "/profile/", "/quality/", "/letters/quarantine/", "/nowhere/"]


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> list[int]:
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(width)
    return wide


def opened(page: Page, url: str, addresses: tuple[str, ...]) -> Iterator[Page]:
    """The same page at one address after the other."""
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{url}{address}")
        yield page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_a_violation_or_scrolls_sideways(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], dark: bool
) -> None:
    page = sign_in(new_context(dark=dark), live_desk, OLGA)
    for address in PAGES:
        page.goto(f"{live_desk.url}{address}")
        assert violations(page) == [], address
        assert overflow(page) == [], address
        page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_the_administrator_strangers_and_refusals_have_no_violation(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], dark: bool
) -> None:
    live_desk.shell(ADMIN)
    stranger = new_context(dark=dark).new_page()
    stranger.goto(f"{live_desk.url}/login/")
    agent = sign_in(new_context(dark=dark), live_desk, ELENA)
    agent.goto(f"{live_desk.url}/reports/")
    expect(agent.get_by_role("heading", name="Раздел недоступен для вашей роли")).to_be_visible()
    admin = sign_in(new_context(dark=dark), live_desk, IVAN)
    admin.goto(f"{live_desk.url}/staff/")
    for page in (stranger, agent, admin, *opened(admin, live_desk.url, SETTINGS)):
        assert violations(page) == [], page.url
        assert overflow(page) == [], page.url


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_inbox_has_no_violation_and_keeps_five_rings_in_sight(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor], dark: bool
) -> None:
    inbox = on_line(sign_in(new_context(dark=dark), live_desk, ELENA), live_desk)
    visit()
    inbox.open(1)
    inbox.answer("Анна, здравствуйте! Проверяю платёж")
    expect(inbox.page.locator("[data-context-body] [data-ticket] .who")).to_be_visible()
    assert violations(inbox.page) == []
    assert overflow(inbox.page) == []
    PICTURES.mkdir(exist_ok=True)
    for width, height in ((360, 780), (768, 1024), (1280, 800), (1920, 1080)):
        inbox.page.set_viewport_size({"width": width, "height": height})
        inbox.page.wait_for_timeout(400)  # the panel slides away
        for number in range(1, 6):
            expect(inbox.place(number).locator(".ring")).to_be_in_viewport(ratio=0.9)
        inbox.picture(f"inbox-{width}{'-dark' if dark else ''}")


def test_a_supervisor_reads_a_live_conversation_along_and_leaves_a_note_unseen_by_the_borrower(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    inbox = on_line(sign_in(new_context(), live_desk, ELENA), live_desk)
    person = visit(text="Деньги списали дважды")
    expect(inbox.slot(1)).to_be_visible()
    page = sign_in(new_context(), live_desk, OLGA)
    page.get_by_role("link", name="Анна Ковалёва").first.click()
    expect(page.get_by_role("log").get_by_text("Деньги списали дважды")).to_be_visible()
    person.say("Вы тут?")
    expect(page.get_by_role("log").get_by_text("Вы тут?")).to_be_visible()
    page.get_by_label("Заметка").fill("Предложи вернуть на ту же карту")
    page.get_by_label("Заметка").press("Enter")
    inbox.open(1)
    expect(inbox.log.get_by_text("Предложи вернуть на ту же карту")).to_be_visible()
    assert "Предложи вернуть на ту же карту" not in person.reads()
    assert violations(page) == []
    page.screenshot(path=PICTURES / "supervise-look.png")


def test_an_agent_finds_a_borrower_and_reads_what_was_said_before(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    inbox = on_line(sign_in(new_context(), live_desk, ELENA), live_desk)
    visit("Гульнара Сафина", "Не согласна с записью в кредитной истории")
    inbox.open(1)
    page = inbox.page
    page.goto(f"{live_desk.url}/borrowers/")
    page.get_by_role("searchbox", name="Поиск").fill("сафина")
    expect(page.get_by_role("link", name="Анна Ковалёва")).to_have_count(0)
    page.get_by_role("link", name="Гульнара Сафина").click()
    assert violations(page) == []
    page.get_by_role("button", name="Платежи и списания").click()
    expect(page.get_by_role("log").get_by_text("Не согласна с записью")).to_be_visible()
    page.screenshot(path=PICTURES / "borrower-history.png")
