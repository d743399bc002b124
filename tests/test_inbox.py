"""The agent's desk in a real browser: I1–I8 of the design's checklist."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser import LiveDesk
from tests.inbox_desk import ELENA, NAMES, Inbox, Visitor, on_line, sign_in


def test_five_places_keep_their_order_whatever_arrives(inbox: Inbox, five: list[Visitor]) -> None:
    assert inbox.names() == NAMES
    for person in (five[3], five[1], five[4]):
        person.say("Вы тут?")
    for number in (4, 2, 5):
        expect(inbox.place(number)).to_contain_text("Вы тут?")
    assert inbox.names() == NAMES
    inbox.open(3)
    inbox.answer("Уже смотрю")
    expect(inbox.slot(3)).to_have_attribute("data-state", "idle")
    assert inbox.names() == NAMES
    inbox.picture("inbox-1440")


def test_only_an_answer_stops_the_clock_of_a_waiting_chat(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit()
    inbox.open(1)
    expect(inbox.slot(1)).to_have_attribute("data-state", re.compile("new|wait|warn"))
    inbox.page.keyboard.press("Alt+KeyN")
    inbox.answer("Проверяю выписку, ничего не обещать")
    expect(inbox.log.get_by_text("видят только сотрудники")).to_be_visible()
    expect(inbox.slot(1)).to_have_attribute("data-state", re.compile("new|wait|warn"))
    inbox.answer("Анна, здравствуйте! Уже проверяю")
    expect(inbox.slot(1)).to_have_attribute("data-state", "idle")


def test_the_ring_is_three_quarters_and_amber_at_a_minute_and_a_half_of_two(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    visit()
    expect(inbox.slot(1)).to_be_visible()
    inbox.backdate(NAMES[0], waited=91)
    expect(inbox.slot(1)).to_have_attribute("data-state", "warn")
    ring = inbox.slot(1).locator(".ring")
    assert 75 <= int(ring.get_attribute("data-share") or 0) <= 90
    expect(inbox.slot(1).locator(".slot__t")).to_have_class(re.compile("slot__t--warn"))


def test_a_broken_promise_is_a_red_pill_and_is_announced_once(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit()
    expect(inbox.slot(1)).to_be_visible()
    inbox.backdate(NAMES[0], waited=117)
    expect(inbox.page.locator("[data-polite]")).to_have_text("Место 1: норматив нарушен", timeout=20_000)
    expect(inbox.slot(1).locator(".slot__t")).to_have_class(re.compile("slot__t--late"))
    expect(inbox.page.get_by_role("button", name=re.compile("ждёт дольше всех"))).to_be_visible()
    inbox.page.evaluate("document.querySelector('[data-polite]').replaceChildren()")
    inbox.page.wait_for_timeout(2500)
    expect(inbox.page.locator("[data-polite]")).to_have_text("")


def test_keys_work_by_place_on_the_board_in_the_russian_layout(inbox: Inbox, five: list[Visitor]) -> None:
    press = """([code, key]) => document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {code, key, altKey: true, bubbles: true, cancelable: true}))"""
    for number in (4, 2, 5, 1, 3):
        inbox.page.evaluate(press, [f"Digit{number}", str(number)])
        expect(inbox.slot(number)).to_have_attribute("aria-current", "true")
        expect(inbox.field).to_be_focused()
    inbox.page.evaluate(press, ["KeyN", "т"])
    expect(inbox.page.get_by_role("button", name="Заметка", exact=True)).to_have_attribute("aria-pressed", "true")
    inbox.page.evaluate(press, ["KeyN", "т"])
    inbox.page.evaluate(press, ["Digit0", "0"])
    expect(inbox.slot(1)).to_have_attribute("aria-current", "true")


def test_drafts_of_five_chats_are_separate_and_survive_switching_and_a_reload(
    inbox: Inbox, five: list[Visitor]
) -> None:
    for number in range(1, 6):
        inbox.open(number)
        inbox.field.fill(f"Черновик для места {number}")
    expect(inbox.page.get_by_text("Черновик сохранён")).to_be_visible()
    for number in (2, 4, 1, 5, 3):
        inbox.open(number)
        expect(inbox.field).to_have_value(f"Черновик для места {number}")
    inbox.page.reload()
    for number in range(1, 6):
        inbox.open(number)
        expect(inbox.field).to_have_value(f"Черновик для места {number}")


def test_enter_right_after_switching_sends_nothing(inbox: Inbox, five: list[Visitor]) -> None:
    inbox.open(2)
    inbox.field.fill("Недописанный ответ")
    inbox.open(1)
    inbox.page.evaluate(
        """() => {
        const press = (node, init) => node.dispatchEvent(
            new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...init}));
        press(document.activeElement, {code: 'Digit2', key: '2', altKey: true});
        press(document.querySelector('#reply'), {code: 'Enter', key: 'Enter'});
    }"""
    )
    expect(inbox.slot(2)).to_have_attribute("aria-current", "true")
    expect(inbox.field).to_have_value("Недописанный ответ")
    assert "Недописанный ответ" not in five[1].reads()


def test_a_note_is_yellow_and_never_reaches_the_borrower(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    person = visit()
    inbox.open(1)
    inbox.page.get_by_role("button", name="Заметка", exact=True).click()
    expect(inbox.page.locator("[data-box]")).to_have_class(re.compile("box--note"))
    inbox.picture("inbox-note")
    inbox.answer("Похоже на двойное списание")
    inbox.answer("Здравствуйте! Проверяю платёж")
    expect(inbox.page.locator(".notebub")).to_have_count(1)
    assert "Похоже на двойное списание" not in person.reads()
    assert "Здравствуйте! Проверяю платёж" in person.reads()


def test_the_title_counts_waiting_chats_and_notifications_name_nobody(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    context = new_context(permissions=["notifications"])
    context.add_init_script(
        "window.told = []; window.Notification = class { constructor(text) { window.told.push(text); }"
        " addEventListener() {} static permission = 'granted'; };"
    )
    inbox = on_line(sign_in(context, live_desk, ELENA), live_desk)
    for name in NAMES[:3]:
        visit(name, "Где мой договор?")
    inbox.open(1)
    expect(inbox.page).to_have_title(re.compile(r"^\(2\) Анна Ковалёва — supportdesk$"))
    told = inbox.page.evaluate("window.told")
    assert told and set(told) == {"Новый чат"}
