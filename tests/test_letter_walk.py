"""The whole way of a letter: nobody's, checked, answered, replied to by mail, and gone on in the chat."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import KNOWN_TO_LENDER, Borrower, LiveDesk
from tests.inbox_desk import ELENA, Inbox, on_line, sign_in
from tests.letter_desk import asked, bring, read, take
from tests.mailserver import a_letter
from tests.test_identity_panel import SERGEY
from tests.test_letter_sheets import new_id

SENDER = f"Сергей М. <serg.melnikov-{uuid.uuid4().hex[:6]}@mail.example>"  # whoever writes often is collected
TEXT = "Добрый день! Верните переплату по займу 24-117982.\n\nМельников Сергей Павлович, 11.02.1984"
PEOPLE = """
from identity import actions as identity
for number, name, email in (('C-101933', 'Мельников Сергей Павлович', 's.melnikov@mail.example'),
        ('C-095518', 'Ковалёва Анна Игоревна', 'anna@mail.example')):
    identity.refresh_borrower(claims={{'sub': number, 'name': name, 'first_name': name.split()[1], 'email': email,
        'language': 'ru'}})
""".replace("{{", "{").replace("}}", "}")
OUT = "[(l.message_id, deliveries.composed(l).get_body(('plain',)).get_content(), deliveries.composed(l)['Reply-To'])"
LAST_ANSWER = OUT + " for l in [OutboundLetter.objects.filter(ticket={number}, purpose='answer').latest('pk')]][0]"


@pytest.fixture
def number(live_desk: LiveDesk) -> Iterator[int]:
    """An unverified letter, and the two borrowers of whom one wrote it."""
    KNOWN_TO_LENDER.update({"C-101933": SERGEY})
    live_desk.shell(PEOPLE)
    letter = a_letter(TEXT, subject="Верните переплату по займу", sender=SENDER, message_id=new_id())
    yield bring(live_desk, letter)[0]
    KNOWN_TO_LENDER.clear()


def answer(inbox: Inbox, text: str) -> None:
    inbox.field.fill(text)
    inbox.field.press("Control+Enter")
    expect(inbox.field).to_have_value("")
    expect(inbox.log.get_by_text(text.partition("\n")[0])).to_be_visible()


def left(desk: LiveDesk, number: int) -> list[str]:
    """The newest answer as its reader gets it: Message-ID, text, Reply-To."""
    code = "from tickets.actions import deliveries; from tickets.models import OutboundLetter; import json; "
    said = desk.shell(f"{code}print(json.dumps({LAST_ANSWER.format(number=number)}, default=str))")
    return list(json.loads(said))


def prove(page: Page) -> None:
    """The panel beside the letter: what the writer says of himself, compared by the lender."""
    panel = page.locator("[data-identity]")
    expect(panel.get_by_role("radio", name=re.compile("Сергей Павлович"))).to_be_checked()
    if page.locator("#idv-fields").get_attribute("open") is None:
        page.locator("#idv-fields > summary").click()
    fields = {"full_name": "Мельников Сергей Павлович", "birth_date": "11.02.1984", "passport": "3609 518274"}
    for name, value in fields.items():
        page.locator(f"#idv-fields [name={name}]").fill(value)
    page.keyboard.press("Enter")
    confirm = panel.get_by_role("button", name="Подтвердить личность")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(page.locator("[data-lock]")).to_be_hidden()


def comes_by(desk: LiveDesk, context: BrowserContext, token: str, **claims: Any) -> Borrower:
    """Somebody signed in to the lender's site opens the link of the letter."""
    page = context.new_page()
    page.goto(f"{desk.lender.address(claims['sub'], **claims)}#support={token}")
    return Borrower(page, desk, claims["sub"])


def test_an_unverified_letter_is_proved_answered_replied_to_and_goes_on_in_the_chat(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], number: int
) -> None:
    inbox = on_line(sign_in(new_context(), live_desk, ELENA), live_desk)
    page = inbox.page
    read(inbox, number)
    expect(page.get_by_text("Личность не подтверждена.", exact=True)).to_be_visible()
    take(inbox)
    expect(page.get_by_text("Без персональных данных")).to_be_visible()
    prove(page)
    answer(inbox, "Сергей, здравствуйте! Переплата вернётся завтра.")

    message_id, _, reply_to = left(live_desk, number)
    reply = a_letter("А можно быстрее?", subject="Re: Верните", sender=SENDER, message_id=new_id())
    reply.replace_header("To", reply_to)
    reply["In-Reply-To"] = f"<{message_id}>"
    assert bring(live_desk, reply) == [number]
    page.reload()
    expect(inbox.log.get_by_text("А можно быстрее?")).to_be_visible()

    page.locator("[data-box]").get_by_role("button", name="Ссылка в чат").click()
    text = inbox.field.input_value()
    inbox.field.press("Control+Enter")
    expect(inbox.field).to_have_value("")
    body = left(live_desk, number)[1]
    token = re.search(rf"{re.escape(live_desk.lender.url)}/#support=(\S+)\. Понадобится", body)
    assert token, (text, body)

    stranger = comes_by(
        live_desk, new_context(), token[1], sub="C-095518", name="Ковалёва Анна Игоревна", first_name="Анна"
    )
    expect(stranger.widget.get_by_text("Эта ссылка отправлена другому человеку")).to_be_visible()
    sergey = comes_by(
        live_desk, new_context(), token[1], sub="C-101933", name="Мельников Сергей Павлович", first_name="Сергей"
    )
    expect(sergey.log.get_by_text("Верните переплату по займу")).to_be_visible()
    expect(sergey.log.get_by_text("Переписка по почте продолжается здесь")).to_be_visible()
    expect(sergey.log.get_by_text("Ссылка в чат", exact=True)).to_be_visible()
    expect(sergey.log.get_by_text("‹")).to_have_count(0)
    assert "#support" not in sergey.page.url
    assert sergey.page.evaluate("Object.keys(sessionStorage).length") == 0
    sergey.picture("letter-continued-widget")

    expect(inbox.place(1).locator(".slot__name")).to_have_text("Сергей Мельников")
    sergey.say("Я вошёл, спасибо")
    expect(inbox.log.get_by_text("Я вошёл, спасибо")).to_be_visible()
    expect(page.locator("[data-send-key]")).to_have_text("Enter")
    inbox.answer("Вижу вас, проверяю платёж 6 300 ₽")
    expect(sergey.message("проверяю платёж 6 300 ₽")).to_be_visible()
    inbox.picture("letter-continued-inbox")
    refused = asked(
        live_desk,
        "__import__('identity.models', fromlist=['x']).AuditEntry.objects.filter(code='continue.refused').count()",
    )
    assert refused == 1


def test_the_link_waits_while_somebody_signs_in(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    """The page of signing in only remembers; the next page of the tab opens the chat."""
    page = new_context().new_page()
    token = f"1.{'a' * 32}"
    page.goto(f"{live_desk.lender.url}/signing-in/#support={token}")
    expect(page).to_have_url(re.compile("/signing-in/$"))
    assert page.locator("[data-supportdesk]").count() == 0
    page.goto(live_desk.lender.address("C-777001"))
    expect(Borrower(page, live_desk, "C-777001").widget.get_by_text("Эта ссылка не работает")).to_be_visible()
    expect(page.locator("[data-supportdesk] iframe")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
