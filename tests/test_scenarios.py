"""Scenarios: written as a draft, published in versions that never change, gone through step by step beside a ticket."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, expect

from identity.models import AuditEntry, Borrower, User
from tests.browser import PICTURES
from tests.test_inbox_api import ask, come, letter, put
from tickets import actions as tickets
from tickets.models import ScenarioMark, ScenarioStep, ScenarioVersion, Ticket, TicketEvent, Topic
from tickets.queries.scenarios import steps_in_force, version_in_force
from tickets.rules.scenarios import DONE, END, SKIPPED, TAKEN_BACK, Choice, Mark, Step, problems_of, walk

pytestmark = pytest.mark.usefixtures("commits")
Client = Callable[[User], Any]
BASE = "/settings/scenarios/other"
SAY = {"kind": "say", "hint_ru": "", "hint_en": "", "level": "0", "is_obligatory": "on", "goes_to": ""}


@pytest.fixture(autouse=True)
def seeded(commits: Any) -> None:
    tickets.seed_desk()


def other() -> Topic:
    return Topic.objects.get(code="other")


def add(client: Any, ru: str, **said: Any) -> Any:
    return client.post(f"{BASE}/steps/new/", {**SAY, "text_ru": ru, "text_en": ru, **said})


def draft() -> ScenarioVersion:
    return ScenarioVersion.objects.get(scenario__topic=other(), published_at=None)


def key(ru: str) -> int:
    return draft().steps.get(text_ru=ru).key


def emptied(client: Any) -> Any:
    """A draft without any step."""
    client.post(f"{BASE}/draft/")
    for step in draft().steps.all():
        client.post(f"{BASE}/steps/{step.key}/remove/")
    return client


def branched(client: Any) -> Any:
    """Greet; ask whether it is urgent; yes: hand over, the end; no: answer in turn."""
    emptied(client)
    for words in ("Поздороваться", "Передать", "Ответить"):
        add(client, words)
    add(
        client, "Срочно?", kind="ask",
        c0_ru="Да", c0_en="Yes", c0_to=key("Передать"), c1_ru="Нет", c1_en="No", c1_to=key("Ответить"),
    )  # fmt: skip
    for _ in range(2):
        client.post(f"{BASE}/steps/{key('Срочно?')}/move/", {"way": "earlier"})
    client.post(f"{BASE}/steps/{key('Передать')}/", {**SAY, "text_ru": "Передать", "text_en": "Hand", "goes_to": "0"})
    return client


def publish(client: Any, note: str = "Проще") -> str:
    page: str = client.post(f"{BASE}/publish/", {"note": note}, follow=True).content.decode()
    return page


def act(client: Any, ticket: Ticket, **said: Any) -> Any:
    """Press a button of the step that is to be taken now."""
    now = next(each for each in client.get(f"/api/v1/tickets/{ticket.number}").json()["steps"] if not each["outcome"])
    if words := said.pop("choose", ""):
        said |= {"done": True, "choice": next(one["id"] for one in now["choices"] if one["text"] == words)}
    return put(client, f"tickets/{ticket.number}/steps/{now['id']}", {"done": False, **said})


def shown(ticket: Ticket, client: Any) -> list[tuple[str, str]]:
    steps = client.get(f"/api/v1/tickets/{ticket.number}").json()["steps"]
    return [(each["text"], each["outcome"]) for each in steps]


def test_a_draft_is_nobodys_way_until_it_is_published(
    ivan: User, anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    client = branched(as_staff(ivan))
    ticket, agent = ask(anna, topic="other"), as_staff(elena)
    assert "Срочно?" not in dict(shown(ticket, agent))
    assert "Опубликовано" in publish(client)
    assert shown(ticket, agent) == [("Поздороваться", ""), ("Срочно?", "")], "what follows a question is not known yet"
    codes = AuditEntry.objects.filter(object_kind="scenario").values_list("code", flat=True)
    assert {"scenario.draft_begun", "scenario.step_saved", "scenario.step_moved", "scenario.published"} <= set(codes)


def test_a_ticket_goes_on_by_the_version_it_began_with(
    ivan: User, anna: Borrower, sergey: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    ticket, agent, client = ask(anna, topic="other"), as_staff(elena), as_staff(ivan)
    before = shown(ticket, agent)
    assert act(agent, ticket, done=True).status_code == 200
    publish(branched(client))
    assert [text for text, _ in shown(ticket, agent)] == [text for text, _ in before]
    assert "версия 2" in agent.get(f"/inbox/{ticket.number}/context/").content.decode(), "it says that there is a newer"
    assert shown(ask(sergey, topic="other"), agent)[1] == ("Срочно?", "")


def test_a_published_version_never_changes_whoever_asks(ivan: User, as_staff: Client) -> None:
    publish(branched(as_staff(ivan)))
    version = version_in_force(other().pk)
    assert version is not None
    for change in (
        lambda: ScenarioStep.objects.filter(version=version).update(text_ru="Иначе"),
        lambda: ScenarioStep.objects.create(version=version, position=99, text_ru="Ещё", text_en="More"),
        lambda: ScenarioVersion.objects.filter(pk=version.pk).update(note="Иначе"),
        lambda: ScenarioVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_scenario_without_an_end_is_refused_in_words(ivan: User, as_staff: Client) -> None:
    client = emptied(as_staff(ivan))
    assert "Не опубликовано" in publish(client) and draft().published_at is None
    add(client, "Первый")
    add(client, "Второй", goes_to=key("Первый"))
    page = publish(client)
    assert "Не опубликовано" in page and "идут по кругу и никогда не кончаются: 1 («Первый»), 2 («Второй»)" in page
    assert draft().published_at is None


def test_ways_to_nowhere_and_steps_nobody_reaches_are_named(ivan: User, as_staff: Client) -> None:
    client = branched(as_staff(ivan))
    client.post(f"{BASE}/steps/{key('Ответить')}/remove/")
    assert "ответ «Нет» ведёт к шагу, которого больше нет" in publish(client)
    emptied(client)
    add(client, "Первый", goes_to="0")
    add(client, "Лишний")
    assert "До шага 2 («Лишний») не дойти" in publish(client)
    add(client, "Вопрос", kind="ask", c0_ru="Да", c0_en="Yes")
    assert "не меньше двух ответов" in publish(client)
    half = add(client, "Ещё вопрос", kind="ask", c0_ru="Да", c1_ru="Нет", c1_en="No")
    assert half.status_code == 400 and "на обоих языках" in half.content.decode()


def test_an_answer_leads_where_it_says_and_an_end_ends_it(
    ivan: User, anna: Borrower, sergey: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    publish(branched(as_staff(ivan)))
    urgent, calm, agent = ask(anna, topic="other"), ask(sergey, topic="other"), as_staff(elena)
    for ticket, answer in ((urgent, "Да"), (calm, "Нет")):
        act(agent, ticket, done=True)
        assert act(agent, ticket, done=True).status_code == 400, "a question is answered, not ticked"
        assert act(agent, ticket, choose=answer).status_code == 200
        act(agent, ticket, done=True)
    assert shown(urgent, agent) == [("Поздороваться", "done"), ("Срочно?", "chosen"), ("Передать", "done")]
    assert shown(calm, agent) == [("Поздороваться", "done"), ("Срочно?", "chosen"), ("Ответить", "done")]
    told = TicketEvent.objects.filter(ticket=urgent, kind="scenario_ended").get()
    assert (told.user_id, told.data["skipped"]) == (elena.pk, 0)
    assert "Сценарий пройден" in agent.get(f"/inbox/{urgent.number}/context/").content.decode()


def test_a_step_is_skipped_only_for_a_reason_and_the_log_says_whose(
    ivan: User, anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    publish(branched(as_staff(ivan)))
    ticket, agent = ask(anna, topic="other"), as_staff(elena)
    bare = act(agent, ticket, reason="known")
    assert bare.status_code == 400 and "своими словами" in bare.json()["message"], "the step is obligatory"
    assert shown(ticket, agent)[0] == ("Поздороваться", "")
    assert act(agent, ticket, reason="known", words="Поздоровались вчера").status_code == 200
    line = ScenarioMark.objects.get(run__ticket=ticket)
    assert (line.outcome, line.reason, line.words, line.by_id) == ("skipped", "known", "Поздоровались вчера", elena.pk)
    page = agent.get(f"/inbox/{ticket.number}/context/").content.decode()
    assert "Поздоровались вчера" in page and elena.display_name in page


def test_the_last_step_is_taken_back_and_both_lines_stay(anna: Borrower, elena: User, as_staff: Client) -> None:
    come(elena)
    ticket, agent = ask(anna, topic="other"), as_staff(elena)
    step = steps_in_force(other().pk)[0].pk
    assert put(agent, f"tickets/{ticket.number}/steps/{step}", {"done": True}).status_code == 200
    assert put(agent, f"tickets/{ticket.number}/steps/{step}", {"done": False}).status_code == 200
    assert shown(ticket, agent)[0][1] == ""
    assert [line.outcome for line in ScenarioMark.objects.filter(run__ticket=ticket)] == ["done", "taken_back"]


def test_of_two_who_take_the_same_step_one_is_told_that_it_is_taken(
    anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    ticket, agent = ask(anna, topic="other"), as_staff(elena)
    step = steps_in_force(other().pk)[0].pk
    seen = {"outcome": "done", "number": 1}
    address = f"/inbox/{ticket.number}/scenario/{step}/"
    assert agent.post(address, seen, headers={"HX-Request": "true"}).status_code == 200
    late = agent.post(address, seen, headers={"HX-Request": "true"})
    assert late.status_code == 409 and "уже" in late.content.decode()
    assert ScenarioMark.objects.filter(run__ticket=ticket).count() == 1


def test_a_step_that_discloses_is_locked_while_the_identity_is_not_confirmed(
    ivan: User, elena: User, as_staff: Client
) -> None:
    come(elena)
    client = emptied(as_staff(ivan))
    add(client, "Назвать остаток долга", level="2")
    publish(client)
    ticket, agent = letter(), as_staff(elena)
    tickets.take(ticket=ticket, by=elena)
    tickets.set_topic(ticket=ticket, topic=other(), by=elena)
    refused = act(agent, ticket, done=True)
    assert refused.status_code == 400 and "Сначала подтвердите личность" in refused.json()["message"]
    assert act(agent, ticket, reason="not_proved", words="Не ответил на вопросы").status_code == 200


def test_another_topic_begins_its_own_scenario_and_the_old_log_stays(
    anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    ticket, agent = ask(anna, topic="other"), as_staff(elena)
    act(agent, ticket, done=True)
    put(agent, f"tickets/{ticket.number}/topic", {"topic": "payments"})
    assert all(not outcome for _, outcome in shown(ticket, agent))
    assert ScenarioMark.objects.filter(run__ticket=ticket).count() == 1


def test_supervisors_read_and_walk_through_but_only_administrators_write(
    ivan: User, olga: User, elena: User, as_staff: Client
) -> None:
    publish(branched(as_staff(ivan)))
    supervisor = as_staff(olga)
    page = supervisor.get(f"{BASE}/").content.decode()
    assert "Срочно?" in page and "Написать новую версию" not in page
    assert supervisor.post(f"{BASE}/draft/").status_code == 404
    version = version_in_force(other().pk)
    assert version is not None
    assert "→ «Ответить»" in supervisor.get(f"{BASE}/versions/{version.number}/").content.decode()
    first = version.steps.get(text_ru="Поздороваться")
    walked = supervisor.get(f"{BASE}/versions/{version.number}/walk/", {"log": f"{first.key}.done", "level": 3})
    assert "Срочно?" in walked.content.decode() and not ScenarioMark.objects.exists()
    assert as_staff(elena).get("/settings/scenarios/").status_code == 403


def test_a_walk_reads_any_address_and_breaks_on_none(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    for log in ("x", "1.done,,", "9" * 30 + ".done", "1.chosen.zzz", "<script>", "," * 5000):
        assert client.get(f"{BASE}/versions/1/walk/", {"log": log, "level": "seven"}).status_code == 200
    assert client.get(f"{BASE}/versions/99/walk/").status_code == 404


WAYS = st.one_of(st.none(), st.integers(0, 6))
STEPS = st.lists(st.tuples(WAYS, st.lists(WAYS, max_size=3)), min_size=1, max_size=6).map(
    lambda rows: [
        Step(at, "ask" if ways else "say", goes_to if goes_to != at else None, tuple(
            Choice(number, f"{number}", way if way != at else None) for number, way in enumerate(ways)))
        for at, (goes_to, ways) in enumerate(rows, 1)
    ]
)  # fmt: skip


@given(STEPS, st.lists(st.integers(0, 2), min_size=60, max_size=60))
def test_whoever_follows_a_scenario_that_may_be_published_can_always_come_to_its_end(
    steps: list[Step], picks: list[int]
) -> None:
    if problems_of(steps):
        return
    log: list[Mark] = []
    for pick in picks:
        current = walk(steps, log).current
        if current is None:
            break
        choice = current.choices[pick % len(current.choices)].id if current.choices else None
        log.append(Mark("chosen" if current.choices else DONE, current.key, choice=choice))
    here = walk(steps, log).current
    assert here is None or _may_end(steps, here)


def _may_end(steps: list[Step], here: Step) -> bool:
    """Some way leads from here to the end: looked for step by step, without the rule that refuses."""
    keys = [step.key for step in steps]
    reached, waiting = set(), [here.key]
    while waiting:
        at = waiting.pop()
        if at == END:
            return True
        if at in reached or at not in keys:
            continue
        reached.add(at)
        step = steps[keys.index(at)]
        following = keys[keys.index(at) + 1] if at != keys[-1] else END
        ways = [choice.goes_to for choice in step.choices] if step.kind == "ask" else [step.goes_to]
        waiting += [following if way is None else way for way in ways]
    return False


@given(STEPS)
def test_taking_a_step_back_leads_to_where_one_stood(steps: list[Step]) -> None:
    first = steps[0]
    log = [Mark(SKIPPED, first.key, reason="known"), Mark(TAKEN_BACK)]
    assert walk(steps, log).current == first and walk(steps, log).passed == ()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "ru"), (360, True, "en")])
def test_an_administrator_writes_a_version_and_publishes_it(
    width: int,
    dark: bool,
    language: str,
    ivan: User,
    as_staff: Client,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    User.objects.filter(pk=ivan.pk).update(language=language)
    branched(as_staff(ivan))
    page = open_page(new_context, live_server, as_staff(ivan), width, dark, language)
    page.goto(f"{live_server.url}{BASE}/")
    page.screenshot(path=PICTURES / f"scenario-{width}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-step-row='2'] a").first.click()
    expect(page.locator("[name=c1_ru]")).to_be_visible()
    page.screenshot(path=PICTURES / f"scenario-step-{width}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    page.locator("[name=note]").fill("Быстрее")
    page.locator("form[action$='/publish/'] .btn--pri").click()
    expect(page.locator("[data-version='2']")).to_contain_text("Быстрее")
    page.locator("[data-version='2'] a").click()
    page.screenshot(path=PICTURES / f"scenario-version-{width}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize(("dark", "language"), [(False, "ru"), (True, "en")])
def test_an_agent_goes_through_it_beside_the_chat(
    dark: bool,
    language: str,
    ivan: User,
    anna: Borrower,
    elena: User,
    as_staff: Client,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    publish(branched(as_staff(ivan)))
    User.objects.filter(pk=elena.pk).update(language=language)
    come(elena)
    ticket = ask(anna, topic="other")
    page = open_page(new_context, live_server, as_staff(elena), 1440, dark, language)
    page.goto(f"{live_server.url}/inbox/{ticket.number}/")
    player = page.locator("[data-player]")
    player.locator("details summary").click()
    player.locator("select[name=reason]").select_option("known")
    player.locator("[name=words]").fill("Уже поздоровались")
    player.locator("button[value=skipped]").click()
    expect(player).to_contain_text("Уже поздоровались")
    page.screenshot(path=PICTURES / f"player-{language}.png")
    player.locator("button[name=choice]").last.click()
    expect(player.locator(".step--done")).to_have_count(2)
    player.locator("button[value=done]").click()
    expect(player.locator("[data-step-end]")).to_be_focused()


def open_page(new_context: Any, live_server: Any, client: Any, width: int, dark: bool, language: str) -> Any:
    context = new_context(viewport={"width": width, "height": 900}, dark=dark, language=language)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    PICTURES.mkdir(exist_ok=True)
    return context.new_page()
