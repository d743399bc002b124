"""Who is skilled in a topic takes its chats first, and nobody waits for them longer than said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F
from playwright.sync_api import BrowserContext, expect

from identity.models import AuditEntry, Borrower, User
from tests.browser import PICTURES
from tests.test_inbox_api import ask, come
from tests.test_routing import agent
from tickets import actions as tickets
from tickets.actions.sweeps import sweep
from tickets.actions.topics import save_topic
from tickets.models import SkillRule, Slot, Ticket, Topic
from tickets.rules.routing import WaitingChat, choose

pytestmark = pytest.mark.usefixtures("commits")
Client = Callable[[User], Any]
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def seeded(commits: Any) -> None:
    tickets.seed_desk()


def topic(code: str = "payments") -> Topic:
    return Topic.objects.get(code=code)


def say(client: Any, *agents: User, seconds: object = 60, code: str = "payments") -> Any:
    chosen = [each.pk for each in agents]
    return client.post(f"/settings/topics/{topic(code).pk}/skills/", {"agents": chosen, "fallback_time": seconds})


def leads(ticket: Ticket) -> Any:
    return Slot.objects.filter(ticket=ticket).values_list("agent", flat=True).first()


def waits(ticket: Ticket, seconds: int) -> None:
    """As if it had waited so long already."""
    Ticket.objects.filter(pk=ticket.pk).update(queued_at=F("queued_at") - timedelta(seconds=seconds))


def test_the_skilled_one_is_chosen_even_with_more_to_do() -> None:
    chat = WaitingChat(1, skilled=frozenset({ONE}))
    assert choose(chat, [agent(1, free=1, load=4), agent(2)]).id == ONE
    assert choose(chat, [agent(1, free=0, load=5), agent(2)]) is None, "it waits for a place of theirs"
    assert choose(chat, [agent(2)]).id == TWO, "nobody skilled is here"


def test_whoever_let_it_lapse_is_not_waited_for_however_skilled() -> None:
    chat = WaitingChat(1, refused=frozenset({ONE}), skilled=frozenset({ONE}))
    assert choose(chat, [agent(1), agent(2)]).id == TWO


def test_a_chat_that_returns_to_its_agent_goes_there_all_the_same() -> None:
    chat = WaitingChat(1, returns_to=TWO, skilled=frozenset({ONE}))
    assert choose(chat, [agent(1), agent(2, load=4, free=1)]).id == TWO


def test_chats_of_the_topic_go_to_whoever_was_ticked(
    ivan: User, elena: User, olga: User, anna: Borrower, sergey: Borrower, as_staff: Client
) -> None:
    come(elena, olga)
    assert say(as_staff(ivan), olga).status_code == 302
    assert leads(ask(anna, topic="payments")) == olga.pk
    assert leads(ask(sergey, topic="payments")) == olga.pk, "though Elena has less to do"
    entry = AuditEntry.objects.get(code="topic.skills")
    assert (entry.object_id, entry.detail["after"]["fallback_time"]) == ("payments", 60)


def test_a_chat_waits_for_the_skilled_only_so_long(
    ivan: User, elena: User, olga: User, anna: Borrower, sergey: Borrower, as_staff: Client
) -> None:
    come(olga, capacity=1)
    come(elena)
    say(as_staff(ivan), olga, seconds=30)
    ask(anna, topic="payments")
    second = ask(sergey, topic="payments")
    assert leads(second) is None
    waits(second, 20)
    sweep()
    assert leads(second) is None
    waits(second, 20)
    sweep()
    assert leads(second) == elena.pk


def test_nobody_is_waited_for_who_is_not_on_the_line(
    ivan: User, elena: User, olga: User, anna: Borrower, as_staff: Client
) -> None:
    come(elena)
    say(as_staff(ivan), olga)
    assert leads(ask(anna, topic="payments")) == elena.pk


def test_a_topic_takes_the_choice_of_the_one_above_it_until_it_has_its_own(
    ivan: User, elena: User, olga: User, anna: Borrower, sergey: Borrower, as_staff: Client
) -> None:
    come(elena, olga)
    refund = save_topic(topic=Topic(title_ru="Возврат", title_en="Refund", parent=topic()), by=ivan)
    client = as_staff(ivan)
    say(client, olga)
    assert leads(ask(anna, topic=refund.code)) == olga.pk
    say(client, elena, code=refund.code)
    assert leads(ask(sergey, topic=refund.code)) == elena.pk


def test_ticking_nobody_takes_the_rule_away_and_a_wrong_time_changes_nothing(
    ivan: User, elena: User, as_staff: Client
) -> None:
    client = as_staff(ivan)
    say(client, elena)
    refused = say(client, elena, seconds=901)
    assert refused.status_code == 400 and "900" in refused.content.decode()
    assert SkillRule.objects.get().fallback_time == 60
    say(client)
    assert not SkillRule.objects.exists()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "ru"), (360, True, "en")])
def test_an_administrator_ticks_who_takes_its_chats_first(
    width: int,
    dark: bool,
    language: str,
    ivan: User,
    elena: User,
    as_staff: Client,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    User.objects.filter(pk=ivan.pk).update(language=language)
    context = new_context(viewport={"width": width, "height": 900}, dark=dark, language=language)
    session = as_staff(ivan).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/settings/topics/{topic().pk}/")
    page.get_by_label(elena.full_name).check()
    page.locator("[name=fallback_time]").fill("45")
    page.locator("form[action$='/skills/'] button").click()
    expect(page.get_by_label(elena.full_name)).to_be_checked()
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"skills-{width}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert SkillRule.objects.get().fallback_time == 45
