"""The keyboard, zoom and the length of words on staff pages (A6–A8), and what the desk weighs."""

import gzip
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rcssmin
import rjsmin
from django.contrib.staticfiles import finders
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import LiveDesk
from tests.inbox_desk import ELENA, OLGA, Visitor, on_line, sign_in

PAGES = ["/borrowers/", "/supervise/", "/reports/", "/profile/", "/quality/", "/letters/quarantine/", "/nowhere/"]
LABELS = "button, .btn, label, h1:not(.ell), h2, h3, th, legend, summary, .tag, .status, .seg > *, .nb, dt, .urgent"
CLIPPED = """(labels) => [...document.querySelectorAll(labels)].filter((one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden' || style.display === 'inline') return false;
    if (one.closest('.vh, .skip, .ell')) return false;
    return one.scrollWidth > one.clientWidth + 1 && one.textContent.trim();
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
FOCUSED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const panel = one.closest('.rail, .places, .conv, .ctx, .auth__m');
    const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    let ring = one;
    while (ring && !outlined(getComputedStyle(ring))) ring = ring.parentElement;
    return one === document.body ? null : {
        name: one.getAttribute('aria-label') || one.textContent.trim().slice(0, 30) || one.id,
        panel: panel ? panel.className : 'page', left: box.left, top: box.top, bottom: box.bottom, ring: Boolean(ring),
        shown: box.width > 0 && box.bottom > 0 && box.right > 0};
}"""
FORMS = """async ([path, numbers]) => {
    const { t } = await import(path);
    const words = JSON.parse(document.getElementById('words').textContent);
    const counted = Object.keys(words).filter((key) => typeof words[key] === 'object');
    return Object.fromEntries(counted.map((key) => [key, numbers.map((n) => t(key, {n}))]));
}"""
NUMBERS = [0, 1, 2, 5, 11, 21, 1.5]
SCRIPTS = ("inbox/inbox.js", "inbox/desk.js")
STYLES = ("css/tokens.css", "css/base.css", "css/desk.css", "conversation/conversation.css")
IMPORT = re.compile(r"^(?:import|export)\b[^;()]*?[\"'](\.[^\"']+)[\"']", re.MULTILINE)
KILOBYTE = 1024


def walk(page: Page, most: int = 80) -> list[dict[str, Any]]:
    """Everything that Tab reaches, in its order."""
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here is None or here in found:
            break
        found.append(here)
    return found


def assert_in_reading_order(stops: list[dict[str, Any]]) -> None:
    """Panels one after another, in each of them rows from above, in each row from the left."""
    panels = [stop["panel"] for stop in stops]
    assert [name for at, name in enumerate(panels) if at == 0 or panels[at - 1] != name] == list(dict.fromkeys(panels))
    for one, other in pairwise(stops):
        if one["panel"] == other["panel"] != "page":
            is_same_row = one["top"] < other["bottom"] and other["top"] < one["bottom"]
            assert other["left"] >= one["left"] if is_same_row else other["top"] >= one["top"], (one, other)


def test_tab_goes_through_the_inbox_as_one_reads_it_and_the_focus_is_always_seen(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    inbox = on_line(sign_in(new_context(), live_desk, ELENA), live_desk)
    visit()
    inbox.open(1)
    expect(inbox.page.locator("[data-context-body] [data-ticket] .who")).to_be_visible()
    stops = walk(inbox.page)
    assert {"rail", "panel places", "panel conv", "panel ctx"} <= {stop["panel"] for stop in stops}
    assert all(stop["ring"] and stop["shown"] for stop in stops), [stop for stop in stops if not stop["ring"]]
    assert_in_reading_order(stops)


def test_tab_goes_through_the_sign_in_page_as_one_reads_it(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(f"{live_desk.url}/login/")
    stops = walk(page)
    assert len(stops) >= 4
    assert all(stop["ring"] and stop["shown"] for stop in stops)
    assert_in_reading_order(stops)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_label_is_cut_and_nothing_scrolls_sideways_even_at_four_times_the_size(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], language: str
) -> None:
    page = signed_in(live_desk, new_context(language=language), OLGA)
    set_language(page, live_desk, language)
    try:
        for address in PAGES:
            page.goto(f"{live_desk.url}{address}")
            for width in (320, 360, 768, 1280):
                page.set_viewport_size({"width": width, "height": 720})
                assert page.evaluate(CLIPPED, LABELS) == [], (address, width)
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (address, width)
    finally:
        set_language(page, live_desk, "ru")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_label_of_the_inbox_is_cut_and_counted_words_agree_with_their_number(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor], language: str
) -> None:
    page = signed_in(live_desk, new_context(language=language), ELENA)
    on_line(page, live_desk)
    visit()
    set_language(page, live_desk, language)
    try:
        page.goto(f"{live_desk.url}/inbox/")
        page.locator("[data-place='1'] a").click()
        page.locator("[data-context-body] [data-ticket] .who").wait_for(state="attached")
        for width in (320, 360, 768, 1280, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 720})
            page.wait_for_timeout(400)  # the panel slides away
            assert page.evaluate(CLIPPED, LABELS) == [], width
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
        script = page.locator("script[src*='inbox/inbox.js']").get_attribute("src") or ""
        forms = page.evaluate(FORMS, [script.replace("inbox.js", "words.js"), NUMBERS])
        assert forms["free_places"] == FREE_PLACES[language]
        assert forms["new_messages"] == NEW_MESSAGES[language]
    finally:
        set_language(page, live_desk, "ru")


FREE_PLACES = {
    "ru": [
        "0 свободных мест",
        "1 свободное место",
        "2 свободных места",
        "5 свободных мест",
        "11 свободных мест",
        "21 свободное место",
        "1,5 свободных места",
    ],
    "en": [f"{n} free place{'' if n == 1 else 's'}" for n in NUMBERS],
}
NEW_MESSAGES = {
    "ru": [
        "0 новых сообщений",
        "1 новое сообщение",
        "2 новых сообщения",
        "5 новых сообщений",
        "11 новых сообщений",
        "21 новое сообщение",
        "1,5 новых сообщения",
    ],
    "en": [f"{n} new message{'' if n == 1 else 's'}" for n in NUMBERS],
}


def signed_in(desk: LiveDesk, context: BrowserContext, email: str) -> Page:
    context.add_cookies([{"name": "django_language", "value": "ru", "url": desk.url}])
    return sign_in(context, desk, email)


def set_language(page: Page, desk: LiveDesk, language: str) -> None:
    page.goto(f"{desk.url}/profile/")
    page.locator("select[name=language]").select_option(language)
    page.locator("form:has(select[name=language]) button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_desk_stays_within_its_budget() -> None:
    """At most 45 KB of script and 16 KB of style for the inbox, as they are sent: lean, each compressed by itself."""
    lean = {path: rjsmin.jsmin(path.read_text()).encode() for path in modules(SCRIPTS)}
    scripts = {f"{path.parent.name}/{path.name}": compressed(content) for path, content in lean.items()}
    styles = {name: compressed(rcssmin.cssmin(found(name).read_text()).encode()) for name in STYLES}
    for name, size in (scripts | styles).items():
        print(f"{size:6d}  {name}")
    print(f"{sum(scripts.values()):6d}  scripts together\n{sum(styles.values()):6d}  styles together")
    assert sum(scripts.values()) <= 45 * KILOBYTE
    assert sum(styles.values()) <= 16 * KILOBYTE


def modules(names: tuple[str, ...]) -> list[Path]:
    """What a browser fetches for these modules before it runs them."""
    waiting, met = [found(name).resolve() for name in names], set()
    while waiting:
        path = waiting.pop()
        if path not in met:
            met.add(path)
            waiting += [(path.parent / other).resolve() for other in IMPORT.findall(path.read_text())]
    return sorted(met)


def found(name: str) -> Path:
    return Path(str(finders.find(name)))


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9))
