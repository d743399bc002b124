"""Signing out of the lender's site, in a browser: the chat ends in every tab and leaves nothing on the page."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from supportdesk.processes import free_port
from tests.browser import LiveDesk, _database
from tests.test_lender_site import running_site

ANNA, SERGEY, MARINA = "C-104577", "C-101933", "C-098214"
SECRET_WORDS = "Слова, которых не должен видеть следующий"


@pytest.fixture(scope="module")
def site(lender_key: Any, lender_public_key: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The lender's own site beside a desk that believes its tokens."""
    port, lender_port = free_port(), free_port()
    desk_url, lender_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{lender_port}"
    with _database("desk_for_leaving") as address:
        environment = os.environ | {
            "DATABASE_URL": address,
            "REDIS_URL": re.sub(r"db=\d+", "db=11", os.environ["REDIS_URL"]),
            "PUBLIC_URL": desk_url,
            "LENDER_ORIGINS": lender_url,
            "SD_VAR": str(tmp_path_factory.mktemp("leaving")),
            "DJANGO_SETTINGS_MODULE": "supportdesk.settings",
            "TOKEN_ALGORITHM": "EdDSA",
            "TOKEN_KEYS": f"test={lender_public_key}",
            "TOKEN_ISSUER": "lender",
        }
        desk = LiveDesk(desk_url, None, "desk_for_leaving", environment)  # type: ignore[arg-type]
        desk.run("tests.live_seed")
        desk.start()
        with running_site(lender_key, tmp_path_factory.mktemp("key"), port=lender_port, desk=desk_url) as url:
            yield url
        desk.stop()


def test_signing_out_ends_the_chat_in_every_tab_and_leaves_nothing(site: str, new_context: Any) -> None:
    browser = new_context()
    first, second = browser.new_page(), browser.new_page()
    first.goto(f"{site}/login/{ANNA}")
    chat = _open_chat(first)
    chat.get_by_role("button", name="Платежи и списания").click()
    chat.get_by_role("textbox", name="Сообщение").fill(SECRET_WORDS)
    chat.get_by_role("textbox", name="Сообщение").press("Enter")
    expect(chat.get_by_role("log").get_by_text(SECRET_WORDS)).to_be_visible()
    second.goto(f"{site}/payments/")
    other = _open_chat(second)
    expect(other.get_by_role("log").get_by_text(SECRET_WORDS)).to_be_visible()

    first.get_by_role("button", name="Выйти").click()
    expect(first.get_by_role("heading", name="Вход в кабинет")).to_be_visible()
    expect(second.get_by_text(SECRET_WORDS)).to_have_count(0)
    expect(other.get_by_text(SECRET_WORDS)).to_have_count(0)

    first.goto(f"{site}/login/{SERGEY}")
    expect(_open_chat(first).get_by_role("heading", name="Сергей, здравствуйте")).to_be_visible()
    expect(first.get_by_text(SECRET_WORDS)).to_have_count(0)


def test_the_next_person_in_the_same_browser_finds_their_own_chat(site: str, new_context: Any) -> None:
    """Twice there and back: sessions, drafts and the frame of one never stand in the way of the other."""
    page = new_context().new_page()
    for person, name in ((SERGEY, "Сергей"), (MARINA, "Марина")) * 2:
        page.goto(f"{site}/login/{person}")
        chat = _open_chat(page)
        expect(chat.get_by_role("heading", name=f"{name}, здравствуйте")).to_be_visible()
        expect(chat.get_by_role("button", name="Платежи и списания")).to_be_visible()
        page.get_by_role("button", name="Выйти").click()
        expect(page.get_by_role("heading", name="Вход в кабинет")).to_be_visible()


def _open_chat(page: Any) -> Any:
    page.get_by_role("button", name=re.compile("Открыть чат")).click()
    return page.frame_locator("iframe")
