"""The identity desk in a real browser: check, link, refusal, confirmation; by keyboard, in each theme and language."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import KNOWN_TO_LENDER, LiveDesk
from tests.inbox_desk import ELENA, Inbox, on_line, sign_in

LOAN = {
    **{"number": "24-117930", "status": "active", "principal": "30000", "due_sum": "37200", "due_on": "2026-12-11"},
    **{"term_days": 30, "interest_today": "2880", "extensions_used": 0, "extensions_allowed": 3, "overdue_days": 0},
}
SERGEY = {
    **{"full_name": "Мельников Сергей Павлович", "birth_date": "1984-02-11", "passport": "3609518274"},
    **{"loan": "24-117982", "loans": {"active": [LOAN], "closed_count": 5}},
}
LETTER = """
from chat import actions as chat
from identity import actions as identity
from identity.models import Borrower, User
from tickets import actions as tickets
from tickets.models import Ticket
for number, name, email, phone, city in (
        ('C-101933', 'Сергей Павлович Мельников', 's.melnikov@mail.example', '+79273184002', 'Самара'),
        ('C-095518', 'Сергей Петрович Мельников', 'melnikov.sp@mail.example', '+79033358817', 'Пенза')):
    identity.refresh_borrower(claims={'sub': number, 'name': name, 'first_name': 'Сергей', 'email': email,
        'phone': phone, 'city': city, 'since': '2023-08-02', 'language': 'ru'})
known = ('C-101933', 'C-095518')  # the desk is shared with other tests, whose people have the same names
Borrower.objects.exclude(customer_id__in=known).update(full_name='Иной Пётр', first_name='Пётр', email='', phone='')
Ticket.objects.filter(channel='email').update(status='resolved', resolved_at='2026-01-01T00:00:00Z')
conversation = chat.start_conversation(channel='email', correspondent_name='Сергей М.', is_shared=True, context={},
    correspondent_address='serg.melnikov84@mail.example', subject='Верните переплату по займу')
author = chat.Correspondent(name='Сергей М.', address='serg.melnikov84@mail.example')
chat.post_message(conversation=conversation, author=author, body='''Добрый день!

20 ноября оплачивал займ 24-117982, деньги списались дважды. Прошу вернуть лишнее на карту 4276 1234 5678 9014.

Мельников Сергей Павлович, 11.02.1984''', data={'from': 'serg.melnikov84@mail.example', 'to': ['help@lad.example']})
tickets.take(ticket=Ticket.objects.get(conversation=conversation), by=User.objects.get(email='e.voronova@lad.example'))
print(Ticket.objects.get(conversation=conversation).number)
"""


@pytest.fixture
def known() -> Iterator[None]:
    KNOWN_TO_LENDER.update({"C-101933": SERGEY, "C-095518": {"full_name": "Мельников Сергей Петрович"}})
    yield
    KNOWN_TO_LENDER.clear()


@pytest.fixture
def number(live_desk: LiveDesk, known: None) -> int:
    return int(live_desk.shell(LETTER).split()[-1])


def beside(desk: LiveDesk, context: BrowserContext, number: int) -> Inbox:
    """Elena's inbox with the letter open and its panel drawn."""
    inbox = on_line(sign_in(context, desk, ELENA), desk)
    inbox.page.goto(f"{desk.url}/inbox/{number}/")
    expect(inbox.page.locator("[data-identity]")).to_be_visible()
    return inbox


def compare(page: Page, **fields: str) -> None:
    """Fill the form by keyboard alone, from its heading on."""
    summary = page.locator("#idv-fields > summary")
    if page.locator("#idv-fields").get_attribute("open") is None:
        summary.focus()
        page.keyboard.press("Enter")
    for name, value in fields.items():
        page.locator(f"#idv-fields [name={name}]").fill(value)
    page.keyboard.press("Enter")


def test_a_letter_is_checked_refused_proved_and_answered(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], number: int
) -> None:
    inbox = beside(live_desk, new_context(), number)
    page, panel = inbox.page, inbox.page.locator("[data-identity]")
    expect(panel.get_by_role("radio")).to_have_count(2)
    expect(panel.get_by_role("radio", name=re.compile("Сергей Павлович"))).to_be_checked()
    expect(panel.get_by_role("button", name="Подтвердить личность")).to_be_disabled()
    assert "24-117930" not in page.content()

    inbox.field.fill("Сергей, вернём 6 300 ₽ сегодня")
    inbox.field.press("Control+Enter")
    expect(page.locator("[data-refused]")).to_contain_text("сумма («6 300 ₽»)")
    expect(inbox.field).to_have_value("Сергей, вернём 6 300 ₽ сегодня")
    expect(page.get_by_role("log").get_by_text("6 300")).to_have_count(0)

    panel.get_by_role("button", name=re.compile("Ссылка для фото паспорта")).click()
    expect(inbox.field).to_have_value(re.compile(r"/documents/[0-9a-f]{32}:"))
    inbox.field.fill("")
    compare(page, full_name="Мельников Сергей Павлович", birth_date="31.02.1984", passport="36 09")
    expect(page.locator("#idv-fields [name=full_name]")).to_have_value("Мельников Сергей Павлович")
    expect(page.locator("#idv-fields [name=passport]")).to_have_value("")
    expect(page.locator("#idv-fields [aria-invalid=true]")).to_have_count(2)
    compare(page, birth_date="11.02.1984", loan="24-117982")
    expect(panel.locator(".idv__r--ok")).to_have_count(2)
    expect(panel.get_by_text("2 из 3", exact=True)).to_be_visible()
    page.locator("#idv-fields").evaluate("node => node.removeAttribute('open')")
    inbox.field.fill(ANSWER)
    inbox.picture("identity-1440")

    compare(page, passport="36 09 518274")
    panel.get_by_role("button", name="Подтвердить личность").click()
    expect(page.locator("[data-loan]")).to_contain_text("24-117930")
    expect(page.get_by_text("Личность подтверждена: Елена")).to_be_visible()
    expect(page.get_by_text("Без персональных данных")).to_be_hidden()
    inbox.field.fill("Сергей, вернём 6 300 ₽ сегодня")
    inbox.field.press("Control+Enter")
    expect(page.get_by_role("log").get_by_text("6 300 ₽ сегодня")).to_be_visible()
    inbox.picture("identity-proved")


ANSWER = """Сергей, здравствуйте!

Мы получили письмо и уже проверяем платёж. Чтобы защитить ваши данные, подтвердите, пожалуйста, что пишете именно вы: \
откройте ссылку ниже и войдите в личный кабинет. Это займёт около минуты."""


def test_the_panel_fits_every_screen_theme_and_language(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], number: int
) -> None:
    dark = sign_in(new_context(dark=True), live_desk, ELENA)
    phone = sign_in(new_context(phone=True), live_desk, ELENA)
    fits(dark, live_desk, number, "identity-1440-dark", "Подтверждение личности")
    fits(phone, live_desk, number, "identity-360", "Подтверждение личности")
    speak(live_desk, "en")
    fits(dark, live_desk, number, "identity-1440-en", "Identity check")
    speak(live_desk, "ru")


def speak(desk: LiveDesk, language: str) -> None:
    """Elena reads this language from the next page on."""
    desk.shell(f"from identity.models import User; User.objects.filter(email='{ELENA}').update(language='{language}')")


def fits(page: Page, desk: LiveDesk, number: int, name: str, words: str) -> None:
    """Nothing is wider than the screen; on a phone the panel slides over the conversation."""
    page.goto(f"{desk.url}/inbox/{number}/")
    expect(page.locator("[data-identity]")).to_be_attached()
    opener = page.locator("button[data-act=context]:visible")
    if opener.count():
        opener.first.click()
    expect(page.locator("[data-identity]").get_by_role("heading", name=words)).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px too wide"
    Inbox(page, desk).picture(name)


def test_a_photo_is_brought_from_a_phone_in_the_desks_own_design(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], number: int, tmp_path: Any
) -> None:
    from tests.people import photo

    link = live_desk.shell(
        "from tickets.actions.documents import *; from tickets.models import Ticket; from identity.models import User; "
        f"print(address_of_link(make_upload_link(ticket=Ticket.objects.get(number={number}), "
        f"by=User.objects.get(email='{ELENA}'))))"
    ).split()[-1]
    page = new_context(phone=True).new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Фото вашего документа")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px too wide"
    Inbox(page, live_desk).picture("bring-360")
    page.get_by_label("Снимите или выберите фото").set_input_files(photo(tmp_path / "passport.jpg"))
    page.get_by_role("button", name="Отправить фото").click()
    expect(page.get_by_role("heading", name="Фото получено")).to_be_visible()
    inbox = beside(live_desk, new_context(), number)
    with inbox.page.context.expect_page() as opened:
        inbox.page.get_by_role("link", name="Фото документа").click()
    viewer = opened.value
    expect(viewer.get_by_role("img", name=re.compile("с вашим именем"))).to_be_visible()
    viewer.wait_for_load_state("networkidle")
    Inbox(viewer, live_desk).picture("document-1440")
    viewer.get_by_role("button", name="Документ этого человека").click()
    expect(viewer.locator("[data-identity]")).to_contain_text("фото проверено")
