"""``make shots``: the pictures of README and docs, taken from the running desk in its own browser."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import people
from tests.browser import PHONE, WIDE, Borrower, launch
from tests.desk import ROOT, Desk, running
from tests.inbox_desk import Inbox
from tests.people import ELENA, OLGA, Writer, is_delivered, note, writes

PICTURES = ROOT / "docs" / "pictures"
PATIENCE = 30_000  # milliseconds
SERGEY, MARINA, TIMUR = "Сергей Павлович Мельников", "Марина Ринатовна Юсупова", "Тимур Маратович Ахметов"
TALK = (
    ("b", "Здравствуйте! У меня 28 ноября платёж, а зарплату задержали до 5 декабря. Можно как-то перенести?"),
    ("a", "Анна, здравствуйте! Меня зовут Елена. Да, займ можно продлить, сейчас посмотрю условия по вашему договору."),
    ("n", "В августе продлевала, одно продление из трёх использовано. Просрочек не было."),
    ("a", "По договору доступно продление. Для этого нужно оплатить только проценты, 2 640 ₽, и срок начнётся заново."),
    ("b", "То есть сейчас 2 640, а потом 15 000 и проценты за декабрь?"),
)
LETTERS = (
    ("Ирина Лаптева", "irina.lapteva@mail.example", "Справка о закрытии для банка"),
    ("Гульнара Сафина", "g.safina@mail.example", "Не согласна с записью"),
    ("Павел Громов", "p.gromov@mail.example", "Верните переплату по займу"),
)
LETTER = "Здравствуйте!\n\n14 ноября закрыла займ, банк просит подтверждение. Пришлите, пожалуйста, справку.\n\nИрина"
REPLY = (
    "Ирина, здравствуйте! Меня зовут Елена.\n\nСправка выдаётся в личном кабинете, раздел «Документы»: после входа "
    "она готова сразу.\n\nЕсли войти не получается, напишите об этом, и мы поможем."
)

NewContext = Callable[..., BrowserContext]


def take(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.mouse.move(720, 880)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # motion ends
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    make_small(path)
    print(f"docs/pictures/{name}.png, {path.stat().st_size // 1024} KB")


def make_small(path: Path) -> None:
    """Keep the 256 colours seen most, which is a third of the bytes and looks the same."""
    with Image.open(path) as image:
        page = image.convert("RGB")
    counted = sorted(page.getcolors(page.width * page.height), reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for _, colour in counted for channel in colour])
    page.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def talk(anna: Borrower, elena: Inbox) -> None:
    anna.ask(TALK[0][1], "Продлить займ или перенести дату")
    expect(elena.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва")
    elena.open(1)
    for who, text in TALK[1:]:
        if who == "n":
            note(elena, text)
        elif who == "a":
            writes(elena, text)
            expect(anna.message(text)).to_be_visible()
        else:
            anna.say(text)
            expect(elena.log.get_by_text(text)).to_be_visible()


def send_receipt(anna: Borrower, elena: Inbox) -> None:
    with TemporaryDirectory() as folder:
        photo = people.photo(Path(folder) / "чек.jpg")
        anna.widget.locator("input[type=file]").set_input_files(photo)
        expect(elena.log.locator("img[src*='/files/']")).to_be_visible()


def others_ask(desk: Desk, new_context: NewContext) -> Borrower:
    """Three more chats; returns the one on a phone."""
    phone = people.borrower(new_context(phone=True), desk, SERGEY)
    phone.ask("Оплатил час назад картой, а в кабинете платежа нет", "Платежи и списания")
    people.borrower(new_context(), desk, MARINA).ask("Нужна справка, что займ закрыт", "Справки и документы")
    timur = people.borrower(new_context(language="en"), desk, TIMUR)
    timur.ask("Hello! How much do I owe today?", "Payments and charges")
    return phone


def letters_come(desk: Desk, elena: Inbox) -> None:
    for name, address, subject in LETTERS:
        Writer(desk, name, address).writes(subject, LETTER)
    expect(elena.page.locator(".mailrow")).to_have_count(len(LETTERS), timeout=60_000)


def inbox_and_widget(desk: Desk, elena: Inbox, new_context: NewContext) -> None:
    anna = people.borrower(new_context(), desk)
    talk(anna, elena)
    phone = others_ask(desk, new_context)
    elena.open(2)
    writes(elena, "Добрый день, Сергей! Меня зовут Елена. Проверяю платёж, одну минуту.")
    expect(phone.messages).to_have_count(2)
    take(phone.page, "phone")
    elena.open(1)
    send_receipt(anna, elena)
    take(elena.page, "inbox")
    is_delivered(anna, TALK[-1][1])
    take(anna.page, "widget")


def letter(elena: Inbox) -> None:
    elena.page.locator(".mailrow", has_text=LETTERS[0][2]).click()
    elena.page.get_by_role("button", name="Взять", exact=True).click()
    expect(elena.field).to_be_editable()
    elena.field.fill(REPLY)
    take(elena.page, "letter")


def supervisor(desk: Desk, olga: Page) -> None:
    olga.goto(f"{desk.facts['desk']}/supervise/")
    take(olga, "supervise")
    olga.goto(f"{desk.facts['desk']}/quality/")
    olga.locator("a[href*='/quality/scores/']", has_text="Дмитрий Соколов").first.click()
    expect(olga.locator("[data-transcript] mark").first).to_be_visible()
    take(olga, "review")


def contexts_of(browser: Browser) -> NewContext:
    def new_context(*, phone: bool = False, language: str = "ru") -> BrowserContext:
        locale = "ru-RU" if language == "ru" else "en-GB"
        context = browser.new_context(locale=locale, timezone_id="Europe/Moscow", **(PHONE if phone else WIDE))  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        return context

    return new_context


def main() -> None:
    with running() as desk, sync_playwright() as play:
        browser = launch(play)
        new_context = contexts_of(browser)
        elena = people.at_work(new_context(), desk, ELENA)
        letters_come(desk, elena)
        inbox_and_widget(desk, elena, new_context)
        supervisor(desk, people.sign_in(new_context(), desk, OLGA))
        letter(elena)
        browser.close()


if __name__ == "__main__":
    main()
