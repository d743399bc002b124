"""The whole story at the desk that ``make run`` starts, told in Russian; its pictures stay in test-results/story/."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import people
from tests.browser import PICTURES, Borrower
from tests.desk import Desk, running
from tests.inbox_desk import Inbox
from tests.people import DMITRY, ELENA, OLGA, Writer, is_delivered, note, until, writes

pytestmark = [pytest.mark.running, pytest.mark.browser]

NewContext = Callable[..., BrowserContext]
SERGEY, TIMUR = "Сергей Павлович Мельников", "Тимур Маратович Ахметов"
PHONE_SCREEN = {"width": 360, "height": 740}
TOPIC = "Двойное списание"
QUESTION = "Здравствуйте! Деньги списали два раза, по 6 300. Прикладываю чек"
GREETING = "Здравствуйте, Анна! Меня зовут Елена. Вижу оба списания, проверяю, одну минуту."
NOTE = "Второе списание от банка, заявку на возврат вижу. Сумму вслух пока не называть."
SUMMARY = "Двойное списание 21 ноября, чек есть. Осталось оформить возврат 6 300 и назвать срок."
SOLUTION = "Анна, это Дмитрий, продолжу я. Возврат 6 300 оформил, деньги придут на карту до 26 ноября."
THANKS = "Спасибо, теперь понятно!"
FAREWELL = "Рад помочь! Остались ли ещё вопросы? Всего доброго, Анна."
SUBJECT = "Не приходит код из СМС"
LETTER = "Здравствуйте!\n\nВторой день не приходит код из СМС, не могу войти. Что делать?\n\nС уважением,\nСветлана"
REPLY = (
    "Светлана, здравствуйте! Меня зовут Елена. Проверьте, не заблокированы ли СМС от «Лад», и запросите код ещё раз."
)
SECOND = "Спасибо, помогло! А как сменить номер?"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running() as desk:
        yield desk


def picture(page: Page, name: str) -> None:
    """Keep what is on the screen, once motion ended."""
    (PICTURES / "story").mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "story" / f"{name}.png", animations="disabled")


def test_a_borrower_asks_with_a_photo_two_agents_answer_and_the_supervisor_reads_the_evidence(
    desk: Desk, new_context: NewContext, tmp_path: Path
) -> None:
    elena = people.at_work(new_context(), desk, ELENA)
    anna = people.borrower(new_context(), desk)
    asks_with_a_photo(anna, elena, people.photo(tmp_path / "чек.jpg"))
    dmitry = people.at_work(new_context(dark=True), desk, DMITRY)
    elena_answers_and_passes_on(anna, elena)
    dmitry_solves(anna, dmitry)
    anna_rates(anna)
    olga = people.sign_in(new_context(), desk, OLGA)
    the_score_shows_its_evidence(olga, desk)
    the_report_counts_it(olga, desk)


def asks_with_a_photo(anna: Borrower, elena: Inbox, photo: Path) -> None:
    picture(anna.page, "lender")
    anna.open()
    picture(anna.page, "widget-home")
    anna.widget.get_by_role("button", name="Платежи и списания").click()
    anna.say(QUESTION)
    is_delivered(anna, QUESTION)
    expect(elena.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва")
    elena.open(1)
    expect(elena.log.get_by_text(QUESTION)).to_be_visible()
    assert people.metadata(photo.read_bytes()), "the photo says where it was taken"
    anna.widget.locator("input[type=file]").set_input_files(photo)
    shown = elena.log.locator("img[src*='/files/']")
    expect(shown).to_be_visible()
    until(lambda: shown.evaluate("image => image.complete && image.naturalWidth > 0"), "Elena sees the photo")
    expect(elena.place(1)).to_contain_text("Файл")
    stored = elena.page.request.get(f"{elena.desk.facts['desk']}{shown.get_attribute('src')}")  # type: ignore[attr-defined]
    assert stored.ok
    assert people.metadata(stored.body()) == {}, "the desk's copy does not"


def elena_answers_and_passes_on(anna: Borrower, elena: Inbox) -> None:
    writes(elena, GREETING)
    expect(anna.message(GREETING)).to_be_visible()
    expect(anna.widget.get_by_role("heading", name="Елена")).to_be_visible()
    elena.page.get_by_role("combobox", name="Тема:").select_option(TOPIC)
    expect(elena.place(1)).to_contain_text(TOPIC)
    note(elena, NOTE)
    picture(elena.page, "inbox-note")
    uses_a_prepared_answer(anna, elena)
    picture(anna.page, "widget")
    people.transfer(elena, "Дмитрий Соколов", SUMMARY)
    expect(elena.place(1)).to_contain_text("Место свободно")


def uses_a_prepared_answer(anna: Borrower, elena: Inbox) -> None:
    elena.field.press_sequentially("/")
    options = elena.page.get_by_role("option")
    expect(options.first).to_be_visible()
    picture(elena.page, "inbox-canned")
    elena.field.press("Enter")
    prepared = until(lambda: (text := elena.field.input_value()) and not text.startswith("/") and text, "it is put in")
    elena.field.press("Enter")
    expect(anna.message(str(prepared)[:40]).first).to_be_visible()


def dmitry_solves(anna: Borrower, dmitry: Inbox) -> None:
    expect(dmitry.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва")
    expect(dmitry.place(1)).to_contain_text("Елена: ")
    dmitry.open(1)
    expect(dmitry.log.get_by_text(SUMMARY)).to_be_in_viewport()
    expect(dmitry.log.get_by_text(NOTE)).to_have_count(1)
    picture(dmitry.page, "inbox-dark")
    writes(dmitry, SOLUTION)
    expect(anna.message(SOLUTION)).to_be_visible()
    anna.say(THANKS)
    expect(dmitry.log.get_by_text(THANKS)).to_be_visible()
    writes(dmitry, FAREWELL)
    expect(anna.message(FAREWELL)).to_be_visible()
    people.finish(dmitry)
    expect(dmitry.place(1)).to_contain_text("Место свободно")


def anna_rates(anna: Borrower) -> None:
    expect(anna.widget.get_by_role("heading", name="Как мы справились?")).to_be_visible()
    for hidden in (NOTE, SUMMARY):
        expect(anna.log.get_by_text(hidden)).to_have_count(0)
    anna.widget.get_by_role("radio", name=re.compile("^5")).check(force=True)
    anna.widget.get_by_role("button", name="Да", exact=True).click()
    picture(anna.page, "widget-rating")
    anna.widget.get_by_role("button", name="Отправить оценку").click()
    expect(anna.log.get_by_text("Спасибо, учтём")).to_be_visible()


def the_score_shows_its_evidence(olga: Page, desk: Desk) -> None:
    row = olga.locator("a[href*='/quality/scores/']", has_text=TOPIC)

    def is_scored() -> bool:
        olga.goto(f"{desk.facts['desk']}/quality/")
        return row.count() > 0

    until(is_scored, "the conversation is scored")
    picture(olga, "quality")
    row.first.click()
    expect(olga.get_by_role("region", name="Запись диалога")).to_contain_text(SOLUTION.partition("это ")[2])
    marks = olga.locator("[data-transcript] mark")
    expect(marks.first).to_be_visible()
    picture(olga, "review")


def the_report_counts_it(olga: Page, desk: Desk) -> None:
    olga.goto(f"{desk.facts['desk']}/reports/")
    expect(olga.get_by_role("main")).to_contain_text("чат")
    picture(olga, "report")
    olga.goto(f"{desk.facts['desk']}/supervise/")
    picture(olga, "supervise")


def test_a_letter_comes_in_its_answer_leaves_and_the_next_letter_joins(desk: Desk, new_context: NewContext) -> None:
    svetlana = Writer(desk, "Светлана Ким", "svetlana.kim@mail.example")
    first = svetlana.writes(SUBJECT, LETTER)
    elena = people.at_work(new_context(), desk, ELENA)
    [acknowledgement] = until(svetlana.received, "it is acknowledged")
    assert acknowledgement.headers["auto-submitted"] == ("auto-replied",)
    letter = elena.page.locator(".mailrow", has_text=SUBJECT)
    expect(letter).to_have_count(1, timeout=60_000)
    letter.click()
    expect(elena.page.get_by_text("Личность не подтверждена.")).to_be_visible()
    elena.page.get_by_role("button", name="Взять", exact=True).click()
    expect(elena.field).to_be_editable()
    elena.field.fill(REPLY)
    picture(elena.page, "letter")
    elena.field.press("Control+Enter")
    [answer] = until(lambda: svetlana.received()[1:], "the answer leaves")
    the_answer_is_threaded(answer, first)
    svetlana.writes(f"Re: {SUBJECT}", SECOND, In_Reply_To=answer.headers["message-id"][0].strip())
    expect(elena.log.get_by_text(SECOND)).to_be_visible(timeout=60_000)
    expect(elena.page.locator(".mailrow", has_text=SUBJECT)).to_have_count(1)
    picture(elena.page, "letter-second")


def the_answer_is_threaded(answer: Any, first: str) -> None:
    assert answer.headers["in-reply-to"][0].strip() == first
    assert first in answer.headers["references"][0]
    assert answer.subject == f"Re: {SUBJECT}"
    assert REPLY in answer.text


def test_the_same_desk_on_a_phone_in_the_dark_and_in_english(desk: Desk, new_context: NewContext) -> None:
    phone = people.borrower(
        new_context(phone=True, dark=True, viewport=PHONE_SCREEN), desk, "Сергей Павлович Мельников"
    )
    phone.ask("Оплатил час назад, а в кабинете платежа нет")
    picture(phone.page, "phone-dark")
    timur = people.borrower(new_context(language="en", viewport=PHONE_SCREEN), desk, TIMUR)
    timur.open()
    expect(timur.widget.get_by_role("button", name="Payments and charges")).to_be_visible()
    picture(timur.page, "phone-english")
    elena = people.at_work(new_context(dark=True), desk, ELENA)
    expect(elena.place(1).locator(".slot__name")).to_have_text("Сергей Мельников")
    elena.open(1)
    writes(elena, "Здравствуйте, Сергей! Меня зовут Елена. Проверяю платёж, одну минуту.")
    is_delivered(phone, "Оплатил час назад")
    picture(elena.page, "inbox-elena-dark")
