"""The editor of a standard in a browser: weights while typing, keys, what is kept by itself; themes, widths, axe."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from quality import actions as quality
from quality.models import StandardVersion
from quality.queries.standards import text_of
from tests.browser import PICTURES

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = "/settings/standards/of/service/"
PLACES = (
    EDITOR,
    f"{EDITOR}versions/",
    "/settings/standards/rescoring/",
    "/quality/checks/",
    "/quality/checks/of/greeting/",
)


@pytest.fixture
def opened(olga: Any, live_server: Any, new_context: Callable[..., BrowserContext], settings: Any) -> Any:
    """A page of the desk in a browser where Olga is signed in, over a draft of version 2."""
    settings.ALLOWED_HOSTS = ["*"]
    quality.clone(version=quality.seed_default_standard(), by=olga)

    def open_page(address: str = EDITOR, **options: Any) -> Page:
        client = Client()
        client.force_login(olga)
        context = new_context(**options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    return open_page


def draft_says() -> Any:
    return text_of(StandardVersion.objects.get(number=2))


def test_a_weight_is_typed_a_criterion_moved_by_keys_and_both_are_kept(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.locator("[data-total]")).to_have_text("100")
    page.get_by_label("Вес: Поздоровался и представился").fill("10")
    expect(page.locator("[data-total]")).to_have_text("106")
    grip = page.get_by_role("button", name="Переместить: Поздоровался и представился")
    grip.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[data-criterion]").nth(1)).to_have_id("c-greeting")
    expect(page.locator("[data-saved]")).to_contain_text("✓")
    expect(page.locator("[data-changes]")).to_contain_text("вес 4 → 10")
    expect(page.locator("[data-problems]")).to_contain_text("106")
    assert [(one.code, one.weight) for one in draft_says().sections[0].criteria][:2] == [
        ("by_name", 4),
        ("greeting", 10),
    ]
    page.get_by_role("button", name="Опубликовать версию 2").click()
    expect(page.get_by_role("alert")).to_contain_text("Сумма весов")
    expect(page.get_by_label("Вес: Поздоровался и представился")).to_have_value("10")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_of_standards_and_checks_are_accessible_and_fit(opened: Callable[..., Page], dark: bool) -> None:
    page = opened(dark=dark)
    origin = page.url.removesuffix(EDITOR)
    for address in PLACES:
        page.set_viewport_size({"width": 1440, "height": 900})
        answer = page.goto(origin + address)
        assert answer is not None and answer.ok, address
        PICTURES.mkdir(exist_ok=True)
        name = address.strip("/").replace("/", "-") + ("-dark" if dark else "")
        page.screenshot(path=PICTURES / f"standards-{name}.png", full_page=not dark)
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] == [], address
        for width in (360, 768):
            page.set_viewport_size({"width": width, "height": 900})
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (address, width)
            if width == 360 and not dark:
                page.screenshot(path=PICTURES / f"standards-{name}-360.png")
