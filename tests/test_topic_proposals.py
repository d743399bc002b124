"""A topic is proposed from the first words, by a model of the desk's own finished tickets; the agent decides."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from identity.models import Borrower, User
from quality.actions.models import keep_model, put_model_in_force
from quality.queries.models import forget_models
from quality.rules.training.text import train_once
from tests.browser import PICTURES
from tests.test_inbox_api import ask, come, letter, put
from tests.test_models_of_text import questions
from tickets import actions as tickets
from tickets.actions.topics import archive_topic
from tickets.models import Ticket, Topic

pytestmark = pytest.mark.usefixtures("commits")
EXTENSION = "Здравствуйте! Хочу продлить займ на 7 дней"


@pytest.fixture(autouse=True)
def look_anew(commits: Any) -> Any:
    tickets.seed_desk()
    forget_models()
    yield
    forget_models()


@pytest.fixture(scope="module")
def weights() -> bytes:
    return train_once(questions(), strength=30.0).to_bytes()


def put_in_force(weights: bytes, by: User) -> None:
    made = keep_model(kind="topic", language="ru", data="made by hand", n=120, measures={}, weights=weights)
    put_model_in_force(model=made, by=by)


def panel(client: Any, ticket: Ticket) -> str:
    found: str = client.get(f"/inbox/{ticket.number}/context/").content.decode().replace("\xa0", " ")
    return found


def test_the_likeliest_topic_is_proposed_with_its_chance_and_nothing_is_set(
    weights: bytes, anna: Borrower, elena: User, ivan: User, as_staff: Callable[[User], Any]
) -> None:
    put_in_force(weights, ivan)
    come(elena)
    ticket, client = ask(anna, body=EXTENSION), as_staff(elena)
    shown = panel(client, ticket)
    assert "По тексту:" in shown and 'value="extension" data-topic' in shown
    assert Ticket.objects.get(pk=ticket.pk).topic is None, "the agent decides"
    assert put(client, f"tickets/{ticket.number}/topic", {"topic": "extension"}).status_code == 200
    assert "По тексту:" not in panel(client, ticket)


def test_a_letter_has_its_topic_proposed_too(
    weights: bytes, elena: User, ivan: User, as_staff: Callable[[User], Any]
) -> None:
    put_in_force(weights, ivan)
    come(elena)
    ticket = letter(body="Хочу продлить займ, можно ли продление на 14 дней")
    assert 'value="extension" data-topic' in panel(as_staff(elena), ticket)


def test_a_topic_in_the_archive_and_one_that_was_never_made_are_not_proposed(
    weights: bytes, anna: Borrower, sergey: Borrower, elena: User, ivan: User, as_staff: Callable[[User], Any]
) -> None:
    put_in_force(weights, ivan)
    archive_topic(topic=Topic.objects.get(code="extension"), by=ivan)
    come(elena)
    assert "data-proposed-topics" not in panel(as_staff(elena), ask(anna, body=EXTENSION))
    unknown = ask(sergey, body="Где мой платёж? Платёж завис на 7")
    assert "data-proposed-topics" not in panel(as_staff(elena), unknown), "the model's «payment» is no topic here"


def test_without_enough_finished_tickets_it_says_how_many_there_are(
    anna: Borrower, elena: User, as_staff: Callable[[User], Any]
) -> None:
    come(elena)
    assert "Темы пока не предлагаются: для обучения есть 0 из 40" in panel(as_staff(elena), ask(anna, body=EXTENSION))


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "ru"), (1440, True, "en")])
def test_one_press_takes_the_proposed_topic(
    width: int,
    dark: bool,
    language: str,
    weights: bytes,
    anna: Borrower,
    elena: User,
    ivan: User,
    as_staff: Callable[[User], Any],
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    put_in_force(weights, ivan)
    User.objects.filter(pk=elena.pk).update(language=language)
    come(elena)
    ticket = ask(anna, body=EXTENSION)
    context = new_context(viewport={"width": width, "height": 900}, dark=dark, language=language)
    session = as_staff(elena).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    PICTURES.mkdir(exist_ok=True)
    page.goto(f"{live_server.url}/inbox/{ticket.number}/")
    proposed = page.locator("[data-proposed-topics]")
    expect(proposed).to_be_visible()
    page.screenshot(path=PICTURES / f"topic-proposed-{language}.png")
    proposed.locator("label").first.click()
    expect(page.locator("select[data-topic]")).to_have_value("extension")
    expect(proposed).to_have_count(0)
