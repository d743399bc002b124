"""The tree of topics: built by administrators, kept in versions, offered in order; what is said above holds below."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, expect

from chat import actions as chat
from identity.models import AuditEntry, Borrower, User
from tests.browser import PICTURES
from tests.test_inbox_api import ask, come, letter, post, put
from tickets import actions as tickets
from tickets.actions.promises import save_policy
from tickets.models import SlaTarget, Ticket, Topic
from tickets.queries.promises import forget_promises, promises
from tickets.rules.topics import LEVELS, Node, Tree, lineage, misplaced

pytestmark = pytest.mark.usefixtures("commits")
Client = Callable[[User], Any]
NEW = {"title_ru": "Возврат", "title_en": "Refund", "disclosure": "0"}


@pytest.fixture(autouse=True)
def seeded(commits: Any) -> Any:
    tickets.seed_desk()
    yield
    forget_promises()


def topic(code: str) -> Topic:
    return Topic.objects.get(code=code)


def add(client: Any, under: str = "", **words: Any) -> Any:
    parent = topic(under).pk if under else ""
    return client.post("/settings/topics/new/", {**NEW, "parent": parent, **words})


def change(client: Any, code: str, **words: Any) -> Any:
    one = topic(code)
    known = {"title_ru": one.title_ru, "title_en": one.title_en, "parent": one.parent_id or "", "disclosure": "0"}
    return client.post(f"/settings/topics/{one.pk}/", {**known, **words})


def do(client: Any, code: str, way: str, what: str) -> Any:
    return client.post(f"/settings/topics/{topic(code).pk}/{what}/", {"do": way}, follow=True)


def order(client: Any) -> list[str]:
    return re.findall(r'data-topic-row="([^"]+)"', client.get("/settings/topics/").content.decode())


def offered(client: Any, ticket: Ticket) -> list[str]:
    page = client.get(f"/inbox/{ticket.number}/context/").content.decode()
    select = page[page.index("data-topic") : page.index("</select>")]
    return [code for code, rest in re.findall(r'<option value="([^"]+)"([^>]*)>', select) if "disabled" not in rest]


def test_a_child_stands_under_its_parent_and_is_chosen_in_its_place(
    ivan: User, anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    client, ticket = as_staff(ivan), ask(anna, topic="payments")
    assert add(client, under="payments").status_code == 302
    refund = topic("refund")
    assert (refund.parent, refund.icon, refund.version) == (topic("payments"), "ruble", 1)
    assert order(client)[1:3] == ["payments", "refund"]
    assert "refund" in offered(as_staff(elena), ticket) and "payments" not in offered(as_staff(elena), ticket)
    page = as_staff(elena).get(f"/inbox/{ticket.number}/context/").content.decode()
    assert '<optgroup label="Платежи и списания">' in page


def test_nothing_is_finished_with_a_topic_that_has_others_under_it_or_is_archived(
    ivan: User, anna: Borrower, elena: User, as_staff: Client
) -> None:
    come(elena)
    ticket, client = ask(anna, topic="payments"), as_staff(ivan)
    add(client, under="payments")
    refused = post(as_staff(elena), f"tickets/{ticket.number}/resolve")
    assert (refused.status_code, refused.json()["code"]) == (409, "topic_missing")
    assert "точную тему" in refused.json()["message"]
    assert put(as_staff(elena), f"tickets/{ticket.number}/topic", {"topic": "payments"}).status_code == 409
    put(as_staff(elena), f"tickets/{ticket.number}/topic", {"topic": "refund"})
    do(client, "payments", "archive", "keep")
    refused = post(as_staff(elena), f"tickets/{ticket.number}/resolve")
    assert "в архиве" in refused.json()["message"]
    do(client, "payments", "restore", "keep")
    assert post(as_staff(elena), f"tickets/{ticket.number}/resolve").json()["status"] == "resolved"


def test_an_archived_topic_is_offered_no_more_but_stays_where_it_was_chosen(
    ivan: User, anna: Borrower, sergey: Borrower, elena: User, as_staff: Client, as_borrower: Any
) -> None:
    come(elena)
    had, other, client = ask(anna, topic="payments"), ask(sergey), as_staff(ivan)
    do(client, "payments", "archive", "keep")
    page = as_staff(elena).get(f"/inbox/{had.number}/context/").content.decode()
    assert 'value="payments" selected disabled' in page and "(в архиве)" in page
    assert 'value="payments"' not in as_staff(elena).get(f"/inbox/{other.number}/context/").content.decode()
    assert 'value="payments"' not in as_staff(elena).get("/tickets/").content.decode()
    assert 'value="payments"' in as_staff(elena).get("/tickets/?topic=payments").content.decode()
    assert 'value="payments"' not in as_staff(elena).get("/search/").content.decode()
    home = as_borrower(anna).get("/api/v1/home").json()
    assert "payments" not in [each["code"] for each in home["topics"]] and home["topics"]
    do(client, "payments", "restore", "keep")
    assert "payments" in offered(as_staff(elena), other)


def test_borrowers_go_on_choosing_a_topic_that_got_others_under_it(
    ivan: User, anna: Borrower, as_staff: Client, as_borrower: Any
) -> None:
    before = [each["code"] for each in as_borrower(anna).get("/api/v1/home").json()["topics"]]
    add(as_staff(ivan), under="payments")
    assert [each["code"] for each in as_borrower(anna).get("/api/v1/home").json()["topics"]] == before


def test_a_ring_and_a_fourth_level_are_refused_in_words(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    add(client, under="payments")
    add(client, under="refund", title_en="Late refund")
    too_deep = add(client, under="late-refund", title_en="Too deep")
    assert too_deep.status_code == 400 and "не больше трёх уровней" in too_deep.content.decode()
    ring = change(client, "payments", parent=topic("late-refund").pk)
    assert ring.status_code == 400 and "сама под собой" in ring.content.decode()
    pushed = change(client, "payments", parent=topic("extension").pk)
    assert pushed.status_code == 400 and "не больше трёх уровней" in pushed.content.decode()
    assert topic("payments").parent is None and not Topic.objects.filter(code="too-deep").exists()


def test_topics_are_moved_and_put_in_order(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    first, second, *rest = order(client)
    do(client, second, "earlier", "move")
    assert order(client) == [second, first, *rest]
    do(client, second, "earlier", "move")
    assert order(client) == [second, first, *rest]
    do(client, second, "later", "move")
    assert order(client) == [first, second, *rest]
    assert change(client, second, parent=topic(first).pk).status_code == 302
    assert topic(second).parent == topic(first) and order(client) == [first, second, *rest]


def test_every_change_is_a_version_and_a_line_of_the_audit_log(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    change(client, "payments", title_ru="Деньги")
    change(client, "payments", title_ru="Деньги")
    do(client, "payments", "archive", "keep")
    payments = topic("payments")
    kept = [(each.number, each.change, each.title_ru) for each in payments.versions.all()]
    assert kept == [(3, "archived", "Деньги"), (2, "changed", "Деньги"), (1, "kept", "Платежи и списания")]
    lines = AuditEntry.objects.filter(object_kind="topic", object_id="payments").order_by("pk")
    assert [(line.code, line.user_id) for line in lines] == [("topic.changed", ivan.pk), ("topic.archived", ivan.pk)]
    assert (lines[0].detail["before"]["title_ru"], lines[0].detail["after"]["title_ru"]) == (
        "Платежи и списания",
        "Деньги",
    )
    page = client.get(f"/settings/topics/{payments.pk}/").content.decode()
    assert "Версия 3" in page and "Деньги" in page


def test_a_topic_is_not_restored_under_one_that_stays_archived(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    add(client, under="payments")
    do(client, "refund", "archive", "keep")
    do(client, "payments", "archive", "keep")
    assert "сначала восстановите её" in do(client, "refund", "restore", "keep").content.decode()
    assert topic("refund").archived_at
    do(client, "payments", "restore", "keep")
    do(client, "refund", "restore", "keep")
    assert topic("refund").archived_at is None


def test_the_last_topic_is_not_archived(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    *others, last = order(client)
    for code in others:
        do(client, code, "archive", "keep")
    assert "сначала добавьте другую" in do(client, last, "archive", "keep").content.decode()
    assert topic(last).archived_at is None


def test_a_supervisor_reads_the_tree_and_changes_nothing(ivan: User, olga: User, elena: User, as_staff: Client) -> None:
    page = as_staff(olga).get("/settings/topics/").content.decode()
    assert "Платежи и списания" in page and "/settings/topics/new/" not in page
    assert add(as_staff(olga)).status_code == 404
    assert do(as_staff(olga), "payments", "archive", "keep").status_code == 404
    assert as_staff(elena).get("/settings/topics/").status_code == 403


def test_the_promise_of_a_topic_holds_for_those_under_it(ivan: User, as_staff: Client) -> None:
    client = as_staff(ivan)
    add(client, under="payments")
    add(client, under="refund", title_en="Late refund")
    late = topic("late-refund").pk
    times = {"next_response_time": 60, "first_warn_time": 1, "next_warn_time": 1}
    save_policy(policy=SlaTarget(channel="chat", topic=topic("payments"), first_response_time=77, **times), by=ivan)
    assert promises().for_ticket("chat", late).first_response_time == 77
    save_policy(policy=SlaTarget(channel="chat", topic=topic("refund"), first_response_time=55, **times), by=ivan)
    assert promises().for_ticket("chat", late).first_response_time == 55
    assert promises().for_ticket("chat", topic("payments").pk).first_response_time == 77
    change(client, "late-refund", parent=topic("extension").pk)
    assert promises().for_ticket("chat", late).first_response_time == 30


def test_an_agent_is_told_when_a_topic_asks_for_more_proof(
    ivan: User, elena: User, anna: Borrower, as_staff: Client
) -> None:
    come(elena)
    change(as_staff(ivan), "payments", disclosure="2")
    unproved = letter()
    tickets.take(ticket=unproved, by=elena)
    tickets.set_topic(ticket=unproved, topic=topic("payments"), by=elena)
    page = as_staff(elena).get(f"/inbox/{unproved.number}/context/").content.decode()
    assert "Эта тема требует" in page
    chat_page = as_staff(elena).get(f"/inbox/{ask(anna, topic='payments').number}/context/").content.decode()
    assert "Эта тема требует" not in chat_page


def test_a_chat_that_names_an_archived_topic_begins_without_one(ivan: User, anna: Borrower, as_staff: Client) -> None:
    do(as_staff(ivan), "payments", "archive", "keep")
    conversation = chat.start_conversation(channel="chat", borrower=anna, context={"topic": "payments"})
    assert Ticket.objects.get(conversation=conversation).topic is None


TREES = st.lists(st.tuples(st.integers(-1, 8), st.integers(0, 5), st.booleans()), max_size=9).map(
    lambda rows: Tree(Node(at, parent if 0 <= parent < at else None, *rest) for at, (parent, *rest) in enumerate(rows))
)


@given(TREES, st.integers(0, 8), st.integers(-1, 8))
def test_a_place_that_is_not_refused_makes_no_ring_and_no_fourth_level(tree: Tree, one: int, under: int) -> None:
    parent = under if under in tree.nodes else None
    if one not in tree.nodes or misplaced(tree, one, parent):
        return
    places = {node.id: node.parent for node in tree.nodes.values()} | {one: parent}
    assert one not in lineage(places, parent)
    below = [each for each in places if one in lineage(places, each)]
    assert all(len(lineage(places, each)) <= LEVELS for each in below)


@given(TREES)
def test_the_order_names_each_topic_once_and_after_the_one_above_it(tree: Tree) -> None:
    met: list[int] = []
    for node in tree.ordered():
        assert node.parent is None or node.parent in met
        met.append(node.id)
    assert sorted(met) == sorted(tree.nodes)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_an_administrator_adds_a_topic_under_another_and_puts_it_away(
    width: int,
    scheme: Any,
    ivan: User,
    as_staff: Client,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    context = new_context(viewport={"width": width, "height": 900}, dark=scheme == "dark")
    session = as_staff(ivan).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    PICTURES.mkdir(exist_ok=True)
    page.goto(f"{live_server.url}/settings/topics/")
    page.get_by_role("link", name="Добавить тему под «Платежи и списания»").click()
    page.get_by_label("Название по-русски").fill("Возврат переплаты")
    page.get_by_label("Название по-английски").fill("Refund of an overpayment")
    page.get_by_role("button", name="Сохранить").click()
    row = page.locator("[data-topic-row='refund-of-an-overpayment']")
    expect(row).to_be_visible()
    expect(page.locator("[data-topic-row='payments'] + [data-topic-row='refund-of-an-overpayment']")).to_be_visible()
    page.screenshot(path=PICTURES / f"topics-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row.get_by_role("link", name="Возврат переплаты", exact=True).click()
    page.screenshot(path=PICTURES / f"topic-{width}.png", full_page=True)
    page.get_by_role("button", name="Убрать в архив").click()
    expect(page.locator("[data-topic-row='refund-of-an-overpayment'] .tag").first).to_have_text("в архиве")
