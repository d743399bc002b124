"""The supervisor at the review page in a browser: keys, evidence both ways, the card sent, both themes, a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from chat import actions as chat
from quality.models import Review, Score
from tickets.actions.outbox import run_due_jobs

pytestmark = pytest.mark.django_db(transaction=True)

SAID = [
    ("b", "Я потерял работу, платить нечем. Что делать?"),
    ("s", "Анна, здравствуйте, это Елена."),
    ("b", "Какие есть варианты?"),
    ("s", "Нужно было раньше думать. Гарантируем одобрение нового займа."),
    ("s", "Остались ли у вас вопросы? До свидания."),
]


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    for who, body in SAID:
        chat.post_message(conversation=conversation, author=anna if who == "b" else elena, body=body)
    chat.close_conversation(conversation=conversation, by=elena)
    run_due_jobs()
    return Score.objects.get()


@pytest.fixture
def opened(
    score: Score, olga: Any, live_server: Any, new_context: Callable[..., BrowserContext], settings: Any
) -> Callable[..., Page]:
    """The score's page in a browser where Olga is signed in."""
    settings.ALLOWED_HOSTS = ["*"]

    def open_page(path: str = "", **options: Any) -> Page:
        client = Client()
        client.force_login(olga)
        context = new_context(**options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + (path or f"/quality/scores/{score.pk}/"))
        return page

    return open_page


def criterion(page: Page, number: int) -> Any:
    return page.locator(f"#criterion-{number}")


def is_open(page: Page, number: int) -> None:
    expect(criterion(page, number)).to_have_attribute("open", "")


def test_the_keys_j_and_k_move_between_criteria_and_light_their_evidence(opened: Callable[..., Page]) -> None:
    page = opened()
    is_open(page, 15)
    expect(page.locator("mark.is-on")).to_contain_text("Гарантируем одобрение")
    page.keyboard.press("j")
    is_open(page, 16)
    expect(criterion(page, 15)).not_to_have_attribute("open", "")
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    is_open(page, 14)
    expect(page.locator("mark.is-on")).to_have_count(0)


def test_evidence_leads_to_its_criterion_and_back(opened: Callable[..., Page]) -> None:
    page = opened()
    page.get_by_role("main").get_by_role("link", name="Критерий 15").click()
    is_open(page, 15)
    expect(page.locator("mark.is-on")).to_contain_text("Гарантируем одобрение")
    criterion(page, 11).locator("summary").first.click()
    criterion(page, 11).get_by_role("link", name="Нужно было раньше думать").click()
    expect(page.locator("mark.is-on")).to_contain_text("Нужно было раньше думать")


def select(page: Page, words: str) -> None:
    """As a mouse does: these words of the transcript."""
    page.locator("[data-text]").filter(has_text=words).evaluate(
        """(text, words) => {
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }""",
        words,
    )


def test_answers_are_set_by_number_kept_as_a_draft_and_sent(opened: Callable[..., Page], olga: Any) -> None:
    page = opened()
    criterion(page, 11).locator("summary").first.click()
    page.keyboard.press("2")
    expect(criterion(page, 11).get_by_role("radio", name="Частично")).to_be_checked()
    page.get_by_role("main").get_by_role("link", name="Критерий 15").click()
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")  # without a cause and a word why it is not sent
    expect(page.locator("[data-saved]")).to_have_text("Черновик сохранён")
    assert Review.objects.get().status == "draft"
    page.reload()
    expect(criterion(page, 11).locator("[data-key='2']")).to_be_checked()
    page.get_by_role("main").get_by_role("link", name="Критерий 15").click()
    criterion(page, 15).get_by_role("combobox").select_option(index=1)
    criterion(page, 15).get_by_role("textbox").fill("Одобрение обещать нельзя")
    expect(page.locator("[data-live=total]")).to_contain_text("0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Проверка сохранена")).to_be_visible()
    review = Review.objects.get()
    assert (review.value, review.reviewer, review.status) == (0, olga, "submitted")
    assert review.ratings.get(criterion__code="wording").verdict == "partial"


def test_selected_words_and_the_number_of_a_criterion_make_evidence(opened: Callable[..., Page]) -> None:
    page = opened()
    is_open(page, 15)
    select(page, "Какие есть варианты")
    page.keyboard.press("6")
    expect(page.locator("mark[data-criteria~='6']")).to_contain_text("Какие есть варианты")
    expect(criterion(page, 6).locator("blockquote")).to_contain_text("Какие есть варианты")
    entry = next(iter(Review.objects.get().draft["ratings"].values()))
    assert [(one["start"], one["end"]) for one in entry["evidence"]] == [(0, 19)]
    criterion(page, 6).get_by_role("button", name="Убрать цитату").click()
    expect(criterion(page, 6).locator("blockquote")).to_have_count(0)


def test_keys_do_nothing_while_a_comment_is_written(opened: Callable[..., Page]) -> None:
    page = opened()
    is_open(page, 15)
    page.keyboard.press("c")
    page.keyboard.type("jk1")
    expect(criterion(page, 15).get_by_role("textbox")).to_have_value("jk1")
    is_open(page, 15)


@pytest.mark.parametrize(("dark", "language"), [(False, "ru"), (True, "en")])
def test_nobody_is_shut_out_of_the_pages(opened: Callable[..., Page], olga: Any, dark: bool, language: str) -> None:
    olga.language = language
    olga.save()
    for path in ("", "/quality/"):
        violations = Axe().run(opened(path, dark=dark)).response["violations"]
        assert not violations, [(one["id"], one["nodes"][0]["html"]) for one in violations]


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(opened: Callable[..., Page], width: int) -> None:
    for path in ("", "/quality/"):
        page = opened(path, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
