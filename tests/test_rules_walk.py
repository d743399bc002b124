"""An administrator at the page of rules: writes one, tries it on last week, and is told which rules would never end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import BrowserContext, Page, expect

from chat import actions as chat
from identity.models import Borrower, User
from tests.browser import PICTURES
from tickets.actions.event_rules import save_rule, turn_rule
from tickets.actions.outbox import run_due_jobs
from tickets.actions.seed import seed_topics
from tickets.models import EventRule, Ticket, Topic
from tickets.queries.event_rules import forget_listened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("look", [(1440, "light", "ru"), (360, "dark", "en")], indirect=True, ids=str)


@dataclass
class Rules:
    """The page of rules in one size, scheme and language; its words are said as that language says them."""

    page: Page
    url: str
    width: int
    language: str

    def says(self, words: str) -> str:
        with translation.override(self.language):
            return _(words)

    def field(self, words: str) -> Any:
        return self.page.get_by_label(self.says(words), exact=True)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=self.says(words), exact=True).click()

    def alert(self) -> Any:
        return self.page.get_by_role("alert")

    def fits(self, picture: str) -> None:
        """Nothing hangs over the right edge; the picture is for whoever looks."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"rules-{picture}-{self.width}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(autouse=True)
def anew(db: None) -> Iterator[None]:
    seed_topics()
    forget_listened()
    yield
    forget_listened()


@pytest.fixture
def look(request: Any) -> Any:
    return request.param


@pytest.fixture
def rules(
    look: tuple[int, str, str],
    ivan: User,
    as_staff: Callable[[User], Client],
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> Rules:
    width, scheme, language = look
    settings.ALLOWED_HOSTS = ["*"]
    User.objects.filter(pk=ivan.pk).update(language=language)
    context = new_context(viewport={"width": width, "height": 900}, dark=scheme == "dark", language=language)
    session = as_staff(ivan).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/settings/rules/")
    return Rules(page, f"{live_server.url}/settings/rules/", width, language)


def write_of_complaints(borrower: Borrower) -> None:
    """Three letters of this week: two complaints and thanks."""
    for body in ("Жалоба на списание", "Повторная жалоба: мне не отвечают", "Спасибо за справку"):
        conversation = chat.start_conversation(channel="email", borrower=borrower, subject="Вопрос", is_shared=True)
        chat.post_message(conversation=conversation, author=borrower, body=body)


@SIZES
def test_a_rule_is_written_tried_on_last_week_and_switched_on(rules: Rules, anna: Borrower) -> None:
    write_of_complaints(anna)
    page = rules.page
    expect(page.get_by_role("heading", name=rules.says("There is no rule yet"))).to_be_visible()
    rules.fits("none")
    page.get_by_role("link", name=rules.says("Rule"), exact=True).click()
    rules.field("Name").fill("Жалобы")
    rules.field("When").select_option("message")
    rules.field("Words in the text, by commas").fill("жалоб, прокуратур")
    rules.field("Set the priority").select_option("urgent")
    rules.field("Tell the supervisors").check()
    rules.fits("new")
    rules.press("Save")
    expect(page.get_by_text(rules.says("Saved. The rule is off until you switch it on."))).to_be_visible()

    rules.press("Try the rule")
    trial = page.locator("[data-trial]")
    expect(trial.get_by_role("progressbar")).to_be_visible()
    run_due_jobs(kind="try_rule")
    expect(page.locator("[data-trial=over]")).to_be_visible()
    expect(trial.get_by_role("listitem")).to_have_count(2)
    with translation.override(rules.language):
        expect(trial).to_contain_text("2 заявки" if rules.language == "ru" else "2 tickets")
    rules.fits("tried")
    assert not Ticket.objects.exclude(priority="normal").exists(), "a trial changes nothing"

    page.goto(rules.url)
    row = page.get_by_role("article", name="Жалобы")
    row.get_by_role("button", name=rules.says("Switch on"), exact=True).click()
    expect(row.get_by_role("button", name=rules.says("Switch off"), exact=True)).to_be_visible()
    rules.fits("on")


@SIZES
def test_a_rule_that_loops_is_refused_in_words_and_what_was_typed_stays(rules: Rules, ivan: User) -> None:
    here, there = (Topic.objects.get(code=code) for code in ("extension", "payments"))
    turn_rule(rule=save_rule(rule=EventRule(name="Туда", event="topic_set", topic=here, sets_topic=there), by=ivan),
              is_on=True, by=ivan)  # fmt: skip
    page = rules.page
    page.goto(f"{rules.url}new/")
    rules.field("Name").fill("Обратно")
    rules.field("When").select_option("topic_set")
    rules.field("Topic").select_option(str(there.pk))
    rules.field("Set the topic").select_option(str(here.pk))
    rules.press("Save")
    expect(rules.alert().first).to_contain_text("Обратно → Туда → Обратно")
    expect(rules.field("Name")).to_have_value("Обратно")
    expect(rules.field("Set the topic")).to_have_value(str(here.pk))
    rules.fits("ring")

    rules.field("Set the topic").select_option(str(there.pk))
    rules.press("Save")
    alone = "The rule would set itself off: what it changes makes its own condition true again."
    expect(rules.alert().first).to_contain_text(rules.says(alone))
    rules.field("Set the topic").select_option("")
    rules.press("Save")
    expect(rules.alert().first).to_contain_text(rules.says("Say what the rule does: it has no action yet."))
    assert EventRule.objects.count() == 1, "nothing was saved"
