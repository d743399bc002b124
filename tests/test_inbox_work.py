"""Work at the agent's desk in a real browser: answers, files, transfer, finishing, letters, and a bad connection."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser import Agent, LiveDesk
from tests.inbox_desk import ELENA, NAMES, Inbox, Visitor, on_line, sign_in

ANSWER = """
from tickets.models import CannedAnswer, Topic
topic = Topic.objects.get(code='payments')
CannedAnswer.objects.update_or_create(shortcut='списание-двойное', defaults={
    'topic': topic, 'title': 'Двойное списание', 'body': '{name}, вернём лишний платёж в течение трёх дней.'})
"""
ONE_STEP = """
from tickets import actions as tickets
from tickets.actions.seed_scenarios import seed_scenario
from tickets.actions.seed_topics import StepText
from tickets.models import Ticket, Topic
names = {'title_ru': 'Одно дело', 'title_en': 'One thing', 'is_offered': False}
topic, is_new = Topic.objects.get_or_create(code='one-step', defaults=names)
if is_new:
    seed_scenario(topic=topic, steps=[StepText('Представиться по имени', 'Introduce yourself')])
tickets.set_topic(ticket=Ticket.objects.get(conversation='%s'), topic=topic, by=None)
"""
SEALED = """
from datetime import timedelta
from django.utils import timezone
from tickets.models import CannedAnswer, Topic
CannedAnswer.objects.update_or_create(shortcut='отказ', defaults={'title': 'Право на отказ', 'is_sealed': True,
    'topic': Topic.objects.get(code='payments'), 'body': 'Вы вправе отказаться от договора.',
    'review_by': timezone.localdate() + timedelta(days=%d)})
"""
LETTER = """
from chat import actions as chat
conversation = chat.start_conversation(channel='email', correspondent_name='Сергей М.', is_shared=True, context={},
    correspondent_address='serg.melnikov84@mail.example', subject='Верните переплату по займу')
author = chat.Correspondent(name='Сергей М.', address='serg.melnikov84@mail.example')
chat.post_message(conversation=conversation, author=author, body='Прошу вернуть 6 300 ₽',
    data={'from': 'serg.melnikov84@mail.example', 'trimmed': 'Ранее вы писали: проверим'})
"""


def test_a_prepared_answer_is_found_by_slash_previewed_and_put_into_the_field_unsent(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    inbox.desk.shell(ANSWER)
    person = visit()
    inbox.open(1)
    suggestion = inbox.page.get_by_role("group", name=re.compile("Подсказки")).get_by_role("button")
    expect(suggestion).to_contain_text("Двойное списание")
    inbox.field.press_sequentially("/спис")
    expect(inbox.page.get_by_role("option", name="списание-двойное")).to_be_visible()
    expect(inbox.page.locator("[data-canned-preview] mark")).to_have_text("Анна")
    inbox.picture("inbox-canned")
    inbox.field.press("Enter")
    expect(inbox.field).to_have_value("Анна, вернём лишний платёж в течение трёх дней.")
    assert "Анна, вернём лишний платёж в течение трёх дней." not in person.reads()


def test_a_legal_text_goes_whole_and_one_past_its_review_comes_back_with_the_reason(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    inbox.desk.shell(SEALED % 7)
    person = visit()
    inbox.open(1)
    block = inbox.page.locator("[data-sealed] > li")
    for text in ("Добрый день!", "И ещё раз."):
        inbox.field.fill("/отказ")
        expect(inbox.page.get_by_role("option", name="отказ")).to_be_visible()
        inbox.field.press("Enter")
        expect(block).to_contain_text("Вы вправе отказаться от договора.")
        expect(block.locator("textarea, input, [contenteditable]")).to_have_count(0)
        inbox.field.fill(text)
        if text == "И ещё раз.":
            inbox.desk.shell(SEALED % -1)
        inbox.field.press("Enter")
    expect(inbox.page.locator("[data-refused-words]")).to_contain_text("пора пересмотреть")
    expect(inbox.field).to_have_value("И ещё раз.")
    expect(block).to_contain_text("Право на отказ")
    inbox.picture("inbox-sealed")
    assert person.reads().count("Добрый день!\n\nВы вправе отказаться от договора.") == 1
    assert not [said for said in person.reads() if "И ещё раз." in said]
    inbox.page.get_by_role("button", name="Убрать «Право на отказ»").click()
    expect(block).to_have_count(0)
    inbox.field.press("Enter")
    expect(inbox.log.get_by_text("И ещё раз.")).to_be_visible()


def test_the_panel_marks_a_step_and_finishing_asks_only_while_steps_remain(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    person = visit()
    inbox.desk.shell(ONE_STEP % person.chat)
    inbox.open(1)
    inbox.page.keyboard.press("Alt+KeyZ")
    expect(inbox.page.get_by_text("Остался 1 шаг сценария.")).to_be_visible()
    inbox.page.get_by_role("button", name="Вернуться").click()
    inbox.page.get_by_role("button", name="Сделано").click()
    expect(inbox.page.get_by_text("Сценарий пройден.")).to_be_focused()
    inbox.page.keyboard.press("Alt+KeyZ")
    expect(inbox.place(1)).to_contain_text("Место свободно")
    expect(inbox.page.get_by_role("heading", name="Все ответы даны")).to_be_visible()


def test_a_file_of_a_wrong_type_is_refused_in_words_and_the_text_stays(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    visit()
    inbox.open(1)
    inbox.field.fill("Вот график платежей")
    wrong = {"name": "страница.html", "mimeType": "text/html", "buffer": b"<b>x</b>"}
    inbox.page.locator("[data-file-input]").set_input_files([wrong])  # type: ignore[list-item]
    expect(inbox.page.locator("[data-files] .danger-t")).to_be_visible()
    expect(inbox.field).to_have_value("Вот график платежей")
    good = {"name": "график.txt", "mimeType": "text/plain", "buffer": "28 ноября — 17 640 ₽".encode()}
    inbox.page.locator("[data-file-input]").set_input_files([good])  # type: ignore[list-item]
    expect(inbox.page.get_by_text("Уйдёт вместе с ответом")).to_be_visible()
    inbox.answer("Вот график платежей")
    expect(inbox.log.get_by_text("график.txt")).to_be_visible()


def test_a_transfer_needs_a_summary_and_can_be_undone(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit()
    expect(inbox.slot(1)).to_be_visible()
    colleague = Agent(inbox.desk, "d.orlov@lad.example")
    try:
        inbox.open(1)
        inbox.answer("Здравствуйте! Проверяю")
        inbox.page.keyboard.press("Alt+KeyT")
        dialog = inbox.page.get_by_role("dialog", name="Передать коллеге")
        dialog.get_by_role("radio", name=re.compile("Дмитрий Орлов")).check()
        dialog.get_by_label("Коротко").fill("Двойное списание, проверить возврат")
        inbox.picture("inbox-transfer")
        dialog.get_by_role("button", name="Передать", exact=True).click()
        expect(inbox.page.get_by_text("Передан: Дмитрий Орлов")).to_be_visible()
        inbox.page.get_by_role("button", name=re.compile("Отменить")).click()
        expect(inbox.place(1).locator(".slot__name")).to_have_text(NAMES[0])
    finally:
        colleague.leave()


def test_a_letter_of_an_unproved_sender_shows_no_loan_and_is_taken_to_be_answered(inbox: Inbox) -> None:
    inbox.desk.shell(LETTER)
    inbox.page.get_by_role("link", name=re.compile("Верните переплату")).first.click()
    expect(inbox.page.get_by_text("Личность не подтверждена.")).to_be_visible()
    expect(inbox.page.get_by_role("heading", name="Займы и история")).to_be_visible()
    assert "data-loan" not in inbox.page.locator("[data-context]").inner_html()
    expect(inbox.page.locator("li.msg:not(.msg--out)").get_by_text("Прошу вернуть 6 300 ₽")).to_be_visible()
    inbox.page.get_by_text("Предыдущая переписка").click()
    expect(inbox.page.get_by_text("Ранее вы писали: проверим")).to_be_visible()
    inbox.page.get_by_role("button", name="Взять").click()
    expect(inbox.page.get_by_text("Без персональных данных")).to_be_visible()
    expect(inbox.page.locator("[data-to-address]")).to_have_text("serg.melnikov84@mail.example")
    inbox.picture("inbox-email")
    inbox.page.get_by_role("button", name="Закрыть заявку").click()
    inbox.page.get_by_role("dialog", name="О чём было обращение?").get_by_label("Тема").select_option("payments")
    inbox.page.get_by_role("dialog").get_by_role("button", name="Завершить", exact=True).click()
    expect(inbox.page.get_by_role("heading", name="Все ответы даны")).to_be_visible()


def test_a_lost_connection_is_amber_then_red_then_green_and_nothing_is_lost(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    context = new_context()
    page = sign_in(context, live_desk, ELENA)
    page.clock.install()
    inbox = on_line(page, live_desk)
    person = visit()
    inbox.open(1)
    context.set_offline(True)
    expect(page.locator("[data-link=amber]")).to_be_visible()
    inbox.field.fill("Напишу без связи")
    inbox.field.press("Enter")
    person.say("Ау?")
    page.clock.fast_forward(62_000)
    expect(page.locator("[data-link=red]")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("[data-link=green]")).to_be_visible()
    expect(inbox.log.get_by_text("Ау?")).to_have_count(1)
    expect(inbox.log.get_by_text("Напишу без связи")).to_have_count(1)
    expect(inbox.log.get_by_role("img", name=re.compile("доставлено|прочитано"))).to_be_visible()
    assert person.reads().count("Напишу без связи") == 1


def test_a_second_tab_says_so_and_can_take_the_work_over(inbox: Inbox) -> None:
    other = inbox.page.context.new_page()
    other.goto(f"{inbox.desk.url}/inbox/")
    dialog = other.get_by_role("dialog", name="Рабочее место открыто в другой вкладке")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Перейти сюда").click()
    expect(dialog).to_be_hidden()
    expect(inbox.page.get_by_role("dialog", name="Рабочее место открыто в другой вкладке")).to_be_visible()


def test_looking_at_a_phone_number_is_recorded(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit()
    inbox.desk.shell(
        "from identity.models import Borrower; "
        "Borrower.objects.filter(full_name='Анна Ковалёва').update(phone='+7 916 204-58-31')"
    )
    inbox.open(1)
    inbox.page.reload()
    assert "204-58" not in inbox.page.locator("[data-context]").inner_html()
    inbox.page.get_by_role("button", name=re.compile("Показать номер")).click()
    expect(inbox.page.locator("[data-phone]")).to_have_text("+7 916 204-58-31")
    count = "from identity.models import AuditEntry; print(AuditEntry.objects.filter(code='phone.revealed').count())"
    assert int(inbox.desk.shell(count).strip()) >= 1


def test_fitting_answers_stand_apart_from_the_others(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    inbox.desk.shell(ANSWER)
    inbox.desk.shell(
        "from tickets.models import CannedAnswer; CannedAnswer.objects.update_or_create("
        "shortcut='справка', defaults={'title': 'Справка', 'body': 'Справка в кабинете.', 'position': 0})"
    )
    visit()
    inbox.open(1)
    inbox.field.press_sequentially("/")
    rows = inbox.page.locator("#answers > li")
    expect(rows.first).to_contain_text("списание-двойное")
    said = rows.all_text_contents()
    assert said.index("Остальные") < next(at for at, text in enumerate(said) if "справка" in text)
    expect(inbox.page.locator("[data-canned-head]")).to_contain_text("Подходят к теме")
    inbox.picture("inbox-canned-others")
    inbox.field.press("ArrowUp")
    expect(rows.last).to_have_attribute("aria-selected", "true")


def test_a_chat_that_is_over_or_handed_over_is_asked_about_no_more(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    refused: list[str] = []
    inbox.page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    visit(NAMES[0])
    expect(inbox.slot(1)).to_be_visible()
    visit(NAMES[1])
    expect(inbox.slot(2)).to_be_visible()
    inbox.open(1)
    inbox.page.keyboard.press("Alt+KeyZ")
    expect(inbox.place(1)).to_contain_text("Место свободно")
    colleague = Agent(inbox.desk, "d.orlov@lad.example")
    try:
        inbox.open(2)
        inbox.answer("Здравствуйте! Проверяю")
        inbox.page.keyboard.press("Alt+KeyT")
        dialog = inbox.page.get_by_role("dialog", name="Передать коллеге")
        dialog.get_by_role("radio", name=re.compile("Дмитрий Орлов")).check()
        dialog.get_by_label("Коротко").fill("Двойное списание, проверить возврат")
        dialog.get_by_role("button", name="Передать", exact=True).click()
        expect(inbox.place(2)).to_contain_text("Место свободно")
        inbox.page.wait_for_timeout(1000)  # longer than a draft waits to be kept
    finally:
        colleague.leave()
    assert [address for address in refused if "/draft" not in address] == []
    assert len(refused) <= 1, "a draft that nobody may keep any more is given up"


def test_a_colleagues_words_carry_their_name_and_ones_own_the_ticks(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    person = visit()
    inbox.open(1)
    inbox.answer("Здравствуйте! Проверяю")
    inbox.desk.shell(
        f"from chat import actions as chat; from chat.models import Conversation; from identity.models import User\n"
        f"conversation = Conversation.objects.get(pk='{person.chat}')\n"
        f"dmitry = User.objects.get(email='d.orlov@lad.example')\n"
        f"chat.add_participant(conversation=conversation, user=dmitry)\n"
        f"chat.post_message(conversation=conversation, author=dmitry, body='Возврат уже идёт')\n"
        f"chat.post_message(conversation=conversation, author=dmitry, body='До трёх дней')"
    )
    inbox.page.reload()
    inbox.open(1)
    of_colleague = inbox.log.get_by_role("listitem").filter(has_text="Возврат уже идёт")
    expect(of_colleague.locator("[data-part=who]")).to_have_text("Дмитрий")
    expect(inbox.log.locator("[data-part=who]")).to_have_count(1)
    expect(inbox.log.locator("[data-part=tick]")).to_have_count(1)
    inbox.picture("inbox-colleague")


def test_the_suggestions_leave_the_end_of_the_log_in_sight(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    inbox.desk.shell(ANSWER)
    person = visit()
    for number in range(9):
        person.say(f"Строка {number}\nи ещё одна\nи третья")
        inbox.page.wait_for_timeout(250)  # the person's limit
    inbox.open(1)
    expect(inbox.page.get_by_role("group", name=re.compile("Подсказки")).get_by_role("button").first).to_be_visible()
    inbox.answer("Смотрю")
    person.say("Жду")
    expect(inbox.log.get_by_text("Жду")).to_be_visible()
    left = "log => log.scrollHeight - log.scrollTop - log.clientHeight"
    inbox.page.wait_for_timeout(300)
    assert inbox.log.evaluate(left) < 2
