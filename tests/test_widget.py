"""The borrower's widget in a real browser, on another origin than the desk: W1–W17 of the design's checklist."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import Agent, Borrower, LiveDesk, sign

NewBorrower = Callable[..., Borrower]
WATCH = """node => { window.said = []; new MutationObserver(() => {
  const text = node.textContent.trim(); if (text) window.said.push(text); }).observe(node, {childList: true}); }"""


def served(borrower: Borrower, agent: Agent, question: str = "") -> dict[str, Any]:
    """The borrower has asked and the agent has the chat."""
    question = question or f"Вопрос {uuid.uuid4().hex[:6]}"
    borrower.ask(question)
    chat = agent.takes(question)
    expect(borrower.widget.get_by_role("heading", name="Елена")).to_be_visible()
    return chat


def api_of(desk: LiveDesk, customer: str) -> httpx.Client:
    """The borrower's API with a session of its own."""
    api = f"{desk.url}/api/v1"
    session = httpx.post(f"{api}/borrower-sessions", json={"token": sign(sub=customer)}, timeout=20).json()
    return httpx.Client(base_url=api, timeout=20, headers={"Authorization": f"Bearer {session['session_token']}"})


# W1–W5: closed, open, sending, reading


def test_the_closed_launcher_counts_new_messages_in_words_and_shows_who_wrote(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    borrower.page.keyboard.press("Escape")
    expect(borrower.launcher).to_have_accessible_name("Открыть чат")
    agent.says(chat, "В кабинете видна сумма процентов на сегодня", "К 28 ноября она вырастет")
    expect(borrower.launcher.last).to_have_accessible_name("Открыть чат, 2 новых сообщения")
    expect(borrower.page).to_have_title("(2) Мой займ — Лад")
    teaser = borrower.page.locator("[data-supportdesk] .t")
    expect(teaser).to_contain_text("Елена")
    expect(teaser).to_contain_text("К 28 ноября она вырастет")
    borrower.picture("widget-closed")
    borrower.page.keyboard.press("Escape")
    expect(teaser).to_be_hidden()


def test_opening_puts_the_focus_in_the_field_and_a_divider_before_the_first_new_message(
    borrower: Borrower, agent: Agent
) -> None:
    chat = served(borrower, agent)
    borrower.page.keyboard.press("Escape")
    expect(borrower.widget.get_by_role("dialog")).to_be_hidden()
    agent.says(chat, "Первое новое", "Второе новое")
    expect(borrower.launcher.last).to_have_accessible_name(re.compile("2 новых"))
    borrower.launcher.last.click()
    expect(borrower.field).to_be_focused()
    divider = borrower.log.get_by_text("Новые сообщения")
    expect(divider).to_be_visible()
    following = divider.locator("xpath=following-sibling::li[1]")
    expect(following).to_contain_text("Первое новое")
    expect(borrower.page).to_have_title("Мой займ — Лад")


def test_enter_paints_the_own_message_at_once_keeps_the_focus_and_then_shows_its_tick(borrower: Borrower) -> None:
    borrower.pick()
    borrower.field.fill("Деньги списали два раза, по 6 300")
    borrower.field.press("Enter")
    painted = borrower.widget.locator("support-conversation").evaluate("node => node.textContent")
    assert "Деньги списали два раза" in painted
    expect(borrower.field).to_have_value("")
    expect(borrower.field).to_be_focused()
    expect(borrower.message("Деньги списали").get_by_role("img", name="доставлено")).to_be_visible()
    borrower.picture("widget-queue")


def test_two_ticks_appear_when_the_agent_has_seen_the_message(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent, "Можно перенести платёж?")
    tick = borrower.message("Можно перенести платёж?").get_by_role("img")
    expect(tick).to_have_accessible_name("доставлено")
    agent.sees(chat)
    expect(tick).to_have_accessible_name("прочитано")


def test_each_incoming_message_is_announced_exactly_once_and_own_ones_never(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    polite = borrower.widget.locator("support-conversation [aria-live=polite]")
    polite.evaluate(WATCH)
    borrower.say("Моё сообщение")
    expect(borrower.message("Моё сообщение").get_by_role("img", name="доставлено")).to_be_visible()
    agent.says(chat, "Первый ответ", "Второй ответ")
    expect(borrower.message("Второй ответ")).to_be_visible()
    assert polite.evaluate("() => window.said") == ["Елена: Первый ответ", "Елена: Второй ответ"]
    expect(borrower.log).to_have_attribute("aria-live", "off")


def test_typing_of_the_agent_is_shown_and_ends_with_the_message(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    agent.types(chat)
    typing = borrower.log.get_by_text("Елена печатает")
    expect(typing).to_be_visible()
    borrower.picture("widget-chat")
    agent.says(chat, "Готово")
    expect(typing).to_be_hidden()


# W6–W7: refusals and lost networks


class Filter:
    """Stands on the wire between the widget and the desk; while ``holds`` it swallows posts."""

    def __init__(self, page: Page) -> None:
        self.holds = False
        self.sent: list[str] = []
        page.route_web_socket(re.compile("/ws/v1/"), self.route)

    def route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            self.sent.append(str(frame))
            if not (self.holds and "message.post" in str(frame)):
                server.send(frame)

        socket.on_message(pass_on)


def test_a_message_without_an_answer_offers_a_retry_and_the_retry_delivers_it_once(
    new_borrower: NewBorrower, agent: Agent
) -> None:
    borrower = new_borrower()
    wire = Filter(borrower.page)
    borrower.page.reload()
    chat = served(borrower, agent)
    wire.holds = True
    borrower.say("И пришлите, пожалуйста, новый график")
    retry = borrower.widget.get_by_role("button", name=re.compile("Не отправлено. Повторить"))
    expect(retry).to_be_visible(timeout=20_000)
    expect(borrower.widget.locator("support-conversation [role=alert]")).to_contain_text("не отправлено")
    borrower.picture("widget-failed")
    wire.holds = False
    retry.click()
    message = borrower.message("новый график")
    expect(message.get_by_role("img", name="доставлено")).to_be_visible()
    expect(message).to_have_count(1)
    entries = agent.api("GET", f"/conversations/{chat['conversation']}/entries?limit=100")["entries"]
    assert [entry["body"] for entry in entries].count("И пришлите, пожалуйста, новый график") == 1


def test_messages_written_without_a_network_wait_and_arrive_in_order(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    strip = borrower.widget.get_by_text("Нет сети. Сообщения уйдут, когда связь вернётся")
    borrower.page.context.set_offline(True)
    for text in ("раз", "два", "три"):
        borrower.say(text)
    expect(strip).to_be_visible()
    expect(borrower.message("три").get_by_role("img", name="ждёт отправки")).to_be_visible()
    borrower.picture("widget-offline")
    agent.says(chat, "А это пришло, пока вас не было")
    borrower.page.context.set_offline(False)
    expect(strip).to_be_hidden()
    expect(borrower.message("три").get_by_role("img", name="доставлено")).to_be_visible()
    expect(borrower.message("А это пришло")).to_be_visible()
    entries = agent.api("GET", f"/conversations/{chat['conversation']}/entries?limit=100")["entries"]
    assert [e["body"] for e in entries if e["body"] in {"раз", "два", "три"}] == ["раз", "два", "три"]


def test_what_was_written_without_a_network_survives_a_reload_of_the_page(borrower: Borrower, agent: Agent) -> None:
    served(borrower, agent)
    wire = Filter(borrower.page)
    borrower.page.reload()
    borrower.open()
    expect(borrower.field).to_be_visible()
    wire.holds = True
    borrower.say("Не потеряйте меня")
    expect(borrower.message("Не потеряйте меня")).to_be_visible()
    wire.holds = False
    borrower.page.reload()
    borrower.open()
    expect(borrower.message("Не потеряйте меня").get_by_role("img", name="доставлено")).to_be_visible()
    expect(borrower.message("Не потеряйте меня")).to_have_count(1)


def test_a_restart_of_the_desk_loses_nothing_and_needs_no_reload(borrower: Borrower, live_desk: LiveDesk) -> None:
    borrower.ask("Перед перезапуском")
    fetched: list[str] = []
    borrower.page.on("request", lambda request: fetched.append(request.url))
    live_desk.stop()
    borrower.say("Пока перезапускается")
    live_desk.start()
    borrower.say("После перезапуска")
    expect(borrower.message("После перезапуска").get_by_role("img", name="доставлено")).to_be_visible(timeout=40_000)
    texts = borrower.messages.locator("[data-part=body]").all_inner_texts()
    assert texts == ["Перед перезапуском", "Пока перезапускается", "После перезапуска"]
    assert not [url for url in fetched if url.endswith("/socket-tickets")], "it comes back with its return ticket"


# W8–W10: card numbers, reading, drafts


def test_a_card_number_is_warned_of_and_masked_before_it_leaves_and_a_loan_number_is_not(
    new_borrower: NewBorrower,
) -> None:
    borrower = new_borrower()
    wire = Filter(borrower.page)
    borrower.page.reload()
    borrower.pick()
    warning = borrower.widget.get_by_text("Похоже на номер карты. Мы скроем цифры, кроме последних четырёх")
    borrower.field.fill("Займ № 24-118406, телефон +7 916 204-58-31")
    expect(warning).to_be_hidden()
    borrower.field.fill("Займ № 24-118406, карта 2200 7007 1234 4414")
    expect(warning).to_be_visible()
    borrower.picture("widget-card")
    borrower.field.press("Enter")
    expect(borrower.message("Займ № 24-118406, карта •••• 4414").get_by_role("img", name="доставлено")).to_be_visible()
    assert not any("7007" in frame for frame in wire.sent)


def test_reading_the_past_is_not_disturbed_and_the_pill_counts_and_leads_to_the_newest(
    borrower: Borrower, agent: Agent
) -> None:
    chat = served(borrower, agent)
    agent.says(chat, *(f"Строка {number} рассказа, который занимает место" for number in range(24)))
    expect(borrower.message("Строка 23")).to_be_in_viewport()
    borrower.log.evaluate(
        """node => new Promise((done) => {
          node.addEventListener('scroll', () => done(), {once: true}); node.scrollTop = node.scrollHeight / 3; })"""
    )
    before = borrower.log.evaluate("node => node.scrollTop")
    agent.says(chat, "Новое раз", "Новое два")
    pill = borrower.widget.get_by_role("button", name="К последним сообщениям, 2 новых")
    expect(pill).to_be_visible()
    assert borrower.log.evaluate("node => node.scrollTop") == before
    borrower.picture("widget-jump")
    pill.click()
    expect(borrower.message("Новое два")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_escape_closes_the_window_returns_the_focus_and_the_draft_survives_a_reload(borrower: Borrower) -> None:
    borrower.ask()
    borrower.field.fill("Недописанное")
    borrower.page.keyboard.press("Escape")
    expect(borrower.widget.get_by_role("dialog")).to_be_hidden()
    assert borrower.page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "b"
    borrower.page.reload()
    borrower.open()
    expect(borrower.field).to_have_value("Недописанное")


# W11–W12: speed and repetition


def test_enter_is_painted_fast_in_a_long_chat_on_a_slow_phone(borrower: Borrower, live_desk: LiveDesk) -> None:
    borrower.ask("Первое")
    _tell_a_long_story(live_desk, borrower.customer, 300)
    borrower.page.reload()
    borrower.open()
    expect(borrower.message("Строка 299")).to_be_visible()
    slow = borrower.page.context.new_cdp_session(borrower.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times = [_time_to_paint(borrower, f"Быстро {number}") for number in range(9)]
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    median = sorted(times)[4]
    print(f"Enter to paint at a quarter of the speed: median {median:.0f} ms, worst {max(times):.0f} ms")
    assert median <= 100, times


def _time_to_paint(borrower: Borrower, text: str) -> float:
    borrower.field.fill(text)
    return float(
        borrower.field.evaluate(
            """(field) => new Promise((done) => {
              const started = performance.now();
              field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
              requestAnimationFrame(() => { const channel = new MessageChannel();
                channel.port1.onmessage = () => done(performance.now() - started); channel.port2.postMessage(0); });
            })"""
        )
    )


def _tell_a_long_story(desk: LiveDesk, customer: str, count: int) -> None:
    desk.shell(
        "from chat import actions as chat; from chat.models import Conversation; from identity.models import User\n"
        f"conversation = Conversation.objects.get(borrower__customer_id='{customer}', closed_at=None)\n"
        "elena = User.objects.get(email='e.voronova@lad.example')\n"
        "chat.add_participant(conversation=conversation, user=elena)\n"
        "from chat.access import writer_of; from chat.rules.entries import Post; writer = writer_of(elena)\n"
        f"told = [Post(conversation.pk, writer, f'Строка {{number}}') for number in range({count})]\n"
        "for outcome in chat.post_messages(told): chat.posted_or_refused(outcome)\n"
    )


def test_older_messages_are_loaded_while_scrolling_up_and_the_place_is_held(
    borrower: Borrower, live_desk: LiveDesk
) -> None:
    borrower.ask("Самое первое")
    _tell_a_long_story(live_desk, borrower.customer, 260)
    borrower.page.reload()
    borrower.open()
    expect(borrower.message("Строка 259")).to_be_visible()
    deadline = time.monotonic() + 30
    while not borrower.message("Самое первое").count() and time.monotonic() < deadline:
        borrower.log.evaluate("node => { node.scrollTop = 0; }")
        borrower.page.wait_for_timeout(50)
    expect(borrower.message("Самое первое")).to_be_attached()
    assert borrower.messages.count() <= 200
    borrower.widget.get_by_role("button", name=re.compile("К последним")).click()
    expect(borrower.message("Строка 259")).to_be_in_viewport()


def test_the_same_client_id_twice_is_one_message(borrower: Borrower, live_desk: LiveDesk) -> None:
    borrower.ask("Первый вопрос")
    with api_of(live_desk, borrower.customer) as api:
        chat = api.get("/home").json()["open_conversation"]["id"]
        post = {"id": str(uuid.uuid4()), "body": "Один раз"}
        answers = [api.post(f"/conversations/{chat}/messages", json=post).json() for _ in range(2)]
    assert [answer["duplicate"] for answer in answers] == [False, True]
    expect(borrower.message("Один раз")).to_be_visible()
    expect(borrower.message("Один раз")).to_have_count(1)


# W13–W15: queue, hours, files


def test_people_ahead_are_counted_and_announced_at_most_every_twenty_seconds(
    borrower: Borrower, live_desk: LiveDesk
) -> None:
    others = [api_of(live_desk, f"C-{uuid.uuid4().hex[:8]}") for _ in range(2)]
    chats = []
    for api in others:
        chat = api.post("/conversations", json={"topic": "other"}).json()["id"]
        api.post(f"/conversations/{chat}/messages", json={"id": str(uuid.uuid4()), "body": "Я раньше"})
        chats.append(chat)
    borrower.pick()
    polite = borrower.widget.locator("support-conversation [aria-live=polite]")
    polite.evaluate(WATCH)
    borrower.say("А я за ними")
    expect(borrower.log.get_by_text("Перед вами 2 человека")).to_be_visible()
    borrower.picture("widget-queue-two")
    for api, chat in zip(others, chats, strict=True):
        api.post(f"/conversations/{chat}/close")
        api.close()
    live_desk.sweep()
    expect(borrower.log.get_by_text("Вы следующие")).to_be_visible()
    assert polite.evaluate("() => window.said") == ["Перед вами 2 человека"]


@pytest.fixture
def at_night(live_desk: LiveDesk) -> Any:
    """The desk opens tomorrow at nine and is closed now."""
    hours = "from tickets.models import WorkingHours; from django.utils import timezone; from datetime import time\n"
    tomorrow = "day = (timezone.localtime().weekday() + 1) % 7\n"
    live_desk.shell(f"{hours}{tomorrow}WorkingHours.objects.create(weekday=day, opens_at=time(9), closes_at=time(21))")
    wait_until_the_desk_knows(live_desk, is_open=False)
    yield
    live_desk.shell(f"{hours}WorkingHours.objects.all().delete()")
    wait_until_the_desk_knows(live_desk, is_open=True)


def wait_until_the_desk_knows(desk: LiveDesk, *, is_open: bool) -> None:
    """The hours are kept for five seconds by whoever asked for them."""
    deadline = time.monotonic() + 15
    with api_of(desk, "C-clock") as api:
        while api.get("/home").json()["desk"]["open"] is not is_open:
            assert time.monotonic() < deadline, "the desk keeps the hours of before"
            time.sleep(0.2)


def test_out_of_hours_the_promise_equals_the_schedule_and_the_message_becomes_a_ticket(
    at_night: None, new_borrower: NewBorrower, live_desk: LiveDesk
) -> None:
    borrower = new_borrower()
    borrower.pick("Другой вопрос")
    expect(borrower.widget.get_by_role("heading", name="Чат отдыхает до 9:00")).to_be_visible()
    expect(borrower.widget.get_by_text("Ответим завтра с 9:00")).to_be_visible()
    expect(borrower.widget.get_by_role("link", name=re.compile("Оплатить займ"))).to_be_visible()
    borrower.picture("widget-off")
    borrower.say("Напишите мне утром")
    expect(borrower.message("Напишите мне утром").get_by_role("img", name="доставлено")).to_be_visible()
    with api_of(live_desk, borrower.customer) as api:
        chat = api.get("/home").json()["open_conversation"]["id"]
        assert api.get(f"/conversations/{chat}/ticket").json()["status"] == "out_of_hours"


def test_a_file_too_large_or_of_a_wrong_type_is_refused_in_words_before_upload(borrower: Borrower) -> None:
    uploads: list[str] = []
    borrower.ask()
    borrower.page.on("request", lambda request: uploads.append(request.url) if "attachments" in request.url else None)
    borrower.field.fill("Этот текст остаётся")
    files = borrower.widget.locator("input[type=file]")
    files.set_input_files({"name": "Справка_2НДФЛ.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" * 3_250_000})
    expect(borrower.log.get_by_text("12,4 МБ — можно до 10 МБ")).to_be_visible()
    files.set_input_files({"name": "virus.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(borrower.log.get_by_text("Такой файл не принимаем")).to_be_visible()
    borrower.picture("widget-files")
    borrower.widget.get_by_role("button", name="Файл не отправлен. Убрать").first.click()
    expect(borrower.log.get_by_text("12,4 МБ — можно до 10 МБ")).to_be_hidden()
    expect(borrower.field).to_have_value("Этот текст остаётся")
    assert not uploads


def test_a_photo_and_a_document_arrive_as_messages_of_their_own(borrower: Borrower, agent: Agent, photo: bytes) -> None:
    chat = served(borrower, agent)
    files = borrower.widget.locator("input[type=file]")
    files.set_input_files({"name": "Снимок экрана.jpg", "mimeType": "image/jpeg", "buffer": photo})
    picture = borrower.widget.get_by_role("link", name=re.compile("Снимок экрана.jpg"))
    expect(picture.locator("img")).to_have_attribute("src", re.compile("/files/"))
    files.set_input_files({"name": "Выписка.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"})
    expect(borrower.widget.get_by_role("link", name=re.compile("Выписка.pdf"))).to_be_visible()
    borrower.picture("widget-attachments")
    entries = agent.api("GET", f"/conversations/{chat['conversation']}/entries?limit=100")["entries"]
    sent = [file for entry in entries for file in entry["attachments"]]
    assert [file["name"] for file in sent] == ["Снимок экрана.jpg", "Выписка.pdf"]
    assert max(sent[0]["width"], sent[0]["height"]) == 2560


@pytest.fixture
def photo() -> bytes:
    """A photo of a phone: 3,200 pixels wide, with a place in its EXIF."""
    import io

    from PIL import Image

    image = Image.effect_noise((3200, 2400), 8).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 7.0)}
    target = io.BytesIO()
    image.save(target, "JPEG", quality=60, exif=exif)
    return target.getvalue()


# W16–W17: the phone


def test_on_a_phone_the_window_fills_the_screen_and_the_page_behind_stands_still(new_borrower: NewBorrower) -> None:
    borrower = new_borrower(phone=True)
    borrower.pick()
    frame = borrower.page.locator("[data-supportdesk] iframe").bounding_box()
    assert frame and (frame["x"], frame["y"], frame["width"]) == (0, 0, 360)
    assert borrower.field.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 16
    expect(borrower.field).to_be_in_viewport()
    expect(borrower.page.locator("html")).to_have_css("overflow", "hidden")
    assert borrower.widget.locator("body").evaluate("node => node.scrollWidth <= innerWidth")
    borrower.page.set_viewport_size({"width": 360, "height": 420})  # a keyboard comes up
    expect(borrower.field).to_be_in_viewport()
    borrower.widget.get_by_role("button", name="Свернуть чат").click()
    expect(borrower.page.locator("html")).to_have_css("overflow", "visible")


def test_enter_on_a_touch_screen_makes_a_new_line_and_composing_never_sends(
    new_borrower: NewBorrower,
) -> None:
    phone = new_borrower(phone=True)
    phone.pick()
    phone.field.fill("Первая строка")
    phone.field.press("Enter")
    expect(phone.field).to_have_value("Первая строка\n")
    desktop = new_borrower()
    desktop.pick()
    desktop.field.fill("ни")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    desktop.field.evaluate(f"node => node.dispatchEvent({composing})")
    expect(desktop.field).to_have_value("ни")
    expect(desktop.messages).to_have_count(0)


def test_every_target_of_the_widget_is_at_least_44_pixels(new_borrower: NewBorrower) -> None:
    borrower = new_borrower(phone=True)
    borrower.ask()
    too_small = """nodes => nodes.filter(node => {
      const {width, height} = node.getBoundingClientRect(); return width < 44 || height < 44;
    }).map(node => node.outerHTML)"""
    small = borrower.widget.locator("button:visible, a.w-li:visible, textarea:visible").evaluate_all(too_small)
    assert not small
