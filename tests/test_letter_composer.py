"""Writing a letter: whom it goes to, what keeps it back, taking it back, and how it fares, in a real browser."""

import re
import uuid

from playwright.sync_api import expect

from tests.inbox_desk import Inbox
from tests.letter_desk import asked, bring, read, take
from tests.mailserver import a_letter
from tests.test_letter_sheets import new_id
from tests.test_staff_pages import violations

OUTBOUND = "__import__('tickets.models', fromlist=['x']).OutboundLetter.objects"
SECRET = "К возврату 17 640 ₽ по займу № 24-118406"
ANSWER = "Здравствуйте! Справку можно скачать в кабинете."
SENT = "[(l.to_address, l.cc, l.state) for l in {outbound}.filter(ticket={number}, purpose='answer').order_by('pk')]"


def letter_at_hand(inbox: Inbox) -> tuple[int, str]:
    """A letter that Elena has taken, ready to be answered; of a new sender each time, for many of one are collapsed."""
    address = f"irina-{uuid.uuid4().hex[:8]}@mail.example"
    [number] = bring(inbox.desk, a_letter(subject="Справка", sender=f"Ирина Лаптева <{address}>", message_id=new_id()))
    read(inbox, number)
    take(inbox)
    inbox.page.wait_for_timeout(300)  # Enter is ignored for 250 ms after switching
    return number, address


def sent(inbox: Inbox, number: int) -> list[list[object]]:
    return list(asked(inbox.desk, SENT.format(outbound=OUTBOUND, number=number)))


def test_a_letter_goes_by_ctrl_enter_and_is_taken_back_by_a_key_with_its_text(inbox: Inbox) -> None:
    page = inbox.page
    number, _ = letter_at_hand(inbox)
    expect(page.get_by_text("Отправка с отсрочкой 10 с")).to_be_visible()
    expect(page.locator("[data-signature]")).to_contain_text("Елена")
    inbox.field.fill("Здравствуйте!")
    inbox.field.press("Enter")
    assert inbox.field.input_value() == "Здравствуйте!\n"
    inbox.field.fill(ANSWER)
    for key in ("Escape", "Alt+KeyZ"):
        inbox.field.press("Control+Enter")
        expect(page.get_by_text(re.compile("Письмо уйдёт через"))).to_be_visible()
        expect(inbox.field).to_have_value("")
        page.keyboard.press(key)
        expect(inbox.field).to_have_value(ANSWER)
    expect(inbox.log.get_by_text("Отменено")).to_have_count(2)
    assert [each[2] for each in sent(inbox, number)] == ["cancelled", "cancelled"]
    for _ in range(2):
        page.locator("[data-box]").get_by_role("button", name="Ссылка в чат").click()
    assert inbox.field.input_value().count("‹ссылка в чат›") == 1
    inbox.field.press("Control+Enter")
    expect(inbox.log.locator(".msg__mail").last).to_contain_text("В очереди")
    expect(
        inbox.log.locator("li").filter(has_text="Быстрее продолжить в чате: Ссылка в чат. Понадобится")
    ).to_be_visible()
    for state, words in (("deferred", "Отправим ещё раз"), ("bounced", "Вернулось"), ("failed", "Не отправлено")):
        shown(inbox, number, state)
        expect(inbox.log.locator(".msg__mail").last).to_contain_text(words)
    assert violations(page) == []
    inbox.log.get_by_role("button", name="Отправить снова").last.click()
    expect(inbox.log.locator(".msg__mail").last).to_contain_text("В очереди")


def shown(inbox: Inbox, number: int, state: str) -> None:
    inbox.desk.shell(f"{OUTBOUND}.filter(ticket={number}).exclude(state='cancelled').update(state={state!r})")
    inbox.page.reload()


def test_a_refused_letter_keeps_its_text_and_says_what_to_do(inbox: Inbox) -> None:
    """Wrong addresses, copies to strangers, what may not be said, no network."""
    page = inbox.page
    number, address = letter_at_hand(inbox)
    inbox.field.fill(SECRET)
    inbox.field.press("Control+Enter")
    reason = page.get_by_role("alert").filter(has_text="личность не подтверждена")
    expect(reason).to_be_visible()
    expect(inbox.field).to_have_value(SECRET)
    inbox.field.fill("")
    expect(reason).to_be_hidden()
    inbox.field.fill(ANSWER)
    page.get_by_role("button", name="Копия").click()
    copies = page.get_by_label("Копия")
    copies.press_sequentially("not-an-address ")
    expect(copies).to_have_attribute("aria-invalid", "true")
    inbox.field.press("Control+Enter")
    expect(page.get_by_text("В копии есть неверный адрес")).to_be_visible()
    copies.fill("")
    copies.press_sequentially("lawyer@office.example,wife@mail.example ")
    expect(page.locator(".chip")).to_have_text(["lawyer@office.example", "wife@mail.example"])
    assert violations(page) == []
    copies.press("Backspace")
    expect(page.locator(".chip")).to_have_text(["lawyer@office.example"])
    inbox.field.press("Control+Enter")
    button = page.get_by_role("button", name="Отправить копию")
    expect(button).to_be_visible()
    expect(inbox.field).to_have_value(ANSWER)
    inbox.picture("letter-copies")
    page.route("**/letters", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    button.click()
    expect(page.get_by_text("Нет сети: письмо не отправлено, текст сохранён")).to_be_visible()
    expect(inbox.field).to_have_value(ANSWER)
    assert sent(inbox, number) == []
    page.unroute("**/letters")
    inbox.field.press("Control+Enter")
    expect(inbox.field).to_have_value("")
    assert [each[:2] for each in sent(inbox, number)] == [[address, ["lawyer@office.example"]]]


def test_a_letter_of_somebody_else_waits_for_the_agents_decision(inbox: Inbox) -> None:
    number, address = letter_at_hand(inbox)
    reference = asked(
        inbox.desk,
        f"[__import__('tickets.rules.email.tokens', fromlist=['x']).make_reply_address(key=__import__("
        f"'tickets.mailboxes.passwords', fromlist=['x']).mail_key(), address='help@lad.example', ticket={number},"
        f" participant={address!r})]",
    )[0]
    stranger = a_letter(
        "Я муж Ирины, напишите мне.", sender="Муж <husband@mail.example>", message_id="<h@mail.example>"
    )
    stranger.replace_header("To", reference)
    assert bring(inbox.desk, stranger) == [number]
    inbox.page.reload()
    third = inbox.page.locator("li.mail--third")
    expect(third).to_contain_text("Пишет другой человек.")
    expect(third.get_by_role("button", name="Выделить в заявку")).to_be_visible()
    assert violations(inbox.page) == []
    inbox.picture("letter-third-party")
    third.get_by_role("button", name="Принять в переписку").click()
    expect(inbox.page.locator("li.mail:not(.mail--third)")).to_have_count(2)
    expect(third.get_by_role("button")).to_have_count(0)


def test_a_phone_lists_letters_takes_one_and_has_room_to_answer(inbox: Inbox) -> None:
    page, sender = inbox.page, f"Гульнара <g-{uuid.uuid4().hex[:8]}@mail.example>"
    page.set_viewport_size({"width": 360, "height": 780})
    *_, number, collected = bring(inbox.desk, *(a_letter(sender=sender, message_id=new_id()) for _ in range(6)))
    assert number == collected
    page.reload()
    row = page.locator(f".mailrow[data-ticket='{number}']")
    row.click()
    expect(page.locator("[data-kin]")).to_have_text("Здесь собраны 2 письма этого отправителя")
    take(inbox)
    edges = "[...document.querySelectorAll('[data-box], [data-to-address], [data-lock], [data-send]')]"
    box, *inside = page.evaluate(f"{edges}.map((one) => [one.getBoundingClientRect().right, one.clientWidth])")
    assert all(right <= box[0] for right, _ in inside)
    assert inside[0][1] > 80
    assert violations(page) == []
    page.get_by_role("button", name="К списку чатов и писем").click()
    expect(row).to_be_focused()


def test_what_is_being_typed_in_the_panel_outlives_its_being_drawn_anew(inbox: Inbox) -> None:
    letter_at_hand(inbox)
    query = inbox.page.locator("#idv-search [name=query]")
    query.fill("Лаптева Ир")
    inbox.page.locator("[data-topic]").select_option(index=1)
    expect(inbox.page.locator("[data-context]").get_by_text("Выберите тему")).to_have_count(0)
    expect(query).to_have_value("Лаптева Ир")


def test_a_second_letter_about_the_same_is_joined_and_each_says_how_its_sender_was_checked(inbox: Inbox) -> None:
    number, address = letter_at_hand(inbox)
    again = a_letter("Всё ещё жду.", subject="Re: Справка", sender=f"Ирина Лаптева <{address}>", message_id=new_id())
    [second] = bring(inbox.desk, again)
    read(inbox, second)
    take(inbox)
    sheet = inbox.page.locator("li.mail")
    sheet.get_by_text("Как проверен отправитель: E1").click()
    expect(sheet).to_contain_text("Ни один из наших почтовых серверов не проверил отправителя.")
    assert violations(inbox.page) == []
    sheet.get_by_role("button", name=f"Объединить с заявкой {number}").click()
    expect(inbox.page).to_have_url(f"{inbox.desk.url}/inbox/{number}/")
    expect(inbox.log.get_by_text("Всё ещё жду.")).to_be_visible()
    merged = (
        f"[t.merged_into_id for t in __import__('tickets.models', fromlist=['x']).Ticket.objects.filter(pk={second})]"
    )
    assert asked(inbox.desk, merged) == [number]
