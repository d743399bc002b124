"""Public reviews by e-mail: taken in once and never as a ticket; what cannot be read waits for a person."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from quality.rules.review_letters import Told, read_review_letter
from tests.mailserver import MailServer, a_letter
from tests.test_letters import letters, tickets
from tests.test_mailbox_settings import typed

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "Отзовик <robot@mail.otzovik.example>"
NOTICE = """Здравствуйте!

На вашу компанию оставлен новый отзыв.

Автор: Анна К.
Оценка: 2 из 5
Дата: 20.11.2026
Отзыв: Ждала ответа три дня на простой вопрос.

Потом сказали звонить в банк.
Ссылка: https://otzovik.example/review_12345678.html

Отписаться: https://otzovik.example/unsubscribe/1
"""
UNCLEAR = "Коллеги, на Отзовике опять про нас пишут: ждут по три дня. Посмотрите."


@pytest.fixture
def administrator(ivan: Any, as_staff: Callable[[Any], Client]) -> Client:
    return as_staff(ivan)


@pytest.fixture
def for_reviews(mailbox: Any, mail_server: MailServer, administrator: Client) -> Any:
    """The mailbox of the desk, marked for public reviews on its settings page."""
    address = f"/settings/mail/{mailbox.pk}/"
    assert administrator.post(address, typed(mail_server, purpose="reviews")).status_code == 200
    return mailbox


def reviews() -> list[Any]:
    from quality.models import PublicReview

    return list(PublicReview.objects.order_by("pk"))


def notice(text: str = NOTICE, *, number: int = 1, sender: str = SITE, subject: str = "Новый отзыв") -> Any:
    names = {"subject": subject, "sender": sender, "message_id": f"<{number}@otzovik.example>"}
    return a_letter(text, **names, Auto_Submitted="auto-generated")


def test_a_sites_letter_becomes_a_review_and_never_a_ticket(
    for_reviews: Any, mail_server: MailServer, fetch: Any, administrator: Client
) -> None:
    from identity.models import AuditEntry

    mail_server.deliver(notice())
    assert fetch() == 1
    [review] = reviews()
    assert (review.source, review.external_id, review.author, review.rating) == (
        "otzovik.example",
        "12345678",
        "Анна К.",
        2,
    )
    assert review.text == "Ждала ответа три дня на простой вопрос.\n\nПотом сказали звонить в банк."
    assert (review.url, review.written_on) == ("https://otzovik.example/review_12345678.html", date(2026, 11, 20))
    assert [(each.state, each.ticket) for each in letters()] == [("review", None)]
    assert (tickets(), mail_server.left()) == ([], []), "nobody is answered"
    assert review.letter == letters()[0]
    entry = AuditEntry.objects.get(code="reviews_imported")
    assert (entry.user_id, entry.detail["letter"], entry.detail["new"]) == (None, review.letter_id, 1)
    page = administrator.get(f"/quality/public/{review.pk}/").content.decode()
    assert f"/letters/{review.letter_id}/raw/" in page
    assert "публичных отзывов:" in administrator.get("/settings/mail/").content.decode().replace("\xa0", " ")


def test_the_same_review_by_letter_by_file_or_in_other_blanks_is_one(
    for_reviews: Any, mail_server: MailServer, fetch: Any, administrator: Client
) -> None:
    unnumbered = NOTICE.replace("/review_12345678.html", "/lad/")
    mail_server.deliver(notice(unnumbered))
    mail_server.deliver(notice(unnumbered.replace("три дня", "три  дня").replace("банк.", "банк!"), number=2))
    fetch()
    said = {"source": "otzovik.example", "written_on": "2026-11-21", "text": reviews()[0].text.upper()}
    administrator.post("/quality/public/paste/", said)
    mail_server.deliver(notice(number=3))
    mail_server.deliver(notice(NOTICE.replace("Ждала", "Я ждала"), number=4))
    fetch()
    assert [each.state for each in letters()] == ["review"] * 4, "each is settled"
    assert len(reviews()) == 1
    mail_server.deliver(notice("Автор: Пётр\nОтзыв: Ответили за минуту, спасибо.\n", number=5))
    fetch()
    assert [each.source for each in reviews()] == ["otzovik.example", "otzovik.example"]


def test_among_borrowers_letters_only_named_senders_tell_of_reviews(
    mailbox: Any, mail_server: MailServer, fetch: Any, administrator: Client
) -> None:
    from identity.models import AuditEntry

    address = f"/settings/mail/{mailbox.pk}/"
    page = administrator.post(address, typed(mail_server, review_senders="Gmail.com")).content.decode()
    assert "пишут и клиенты" in page.replace("\xa0", " ")
    administrator.post(address, typed(mail_server, review_senders="@Otzovik.example, robot@maps.example"))
    mailbox.refresh_from_db()
    assert mailbox.review_senders == ["otzovik.example", "robot@maps.example"]
    entry = AuditEntry.objects.get(code="mailbox.purpose_changed")
    assert (entry.detail["purpose"], entry.detail["senders"]) == ("support", 2)
    mail_server.deliver(notice())
    mail_server.deliver(notice(number=2, sender="Другой <other@maps.example>"))
    mail_server.deliver(a_letter("Здравствуйте! Не могу войти.", message_id="<3@mail.example>"))
    fetch()
    assert [each.state for each in letters()] == ["review", "applied", "applied"]
    assert (len(reviews()), len(tickets())) == (1, 2)


def test_what_cannot_be_read_is_held_with_the_raw_letter_and_entered_by_a_person(
    for_reviews: Any, mail_server: MailServer, fetch: Any, administrator: Client, elena: Any, as_staff: Any
) -> None:
    from identity.models import AuditEntry

    mail_server.deliver(a_letter(UNCLEAR, subject="Посмотрите", sender="Ольга <olga@lad.example>"))
    fetch()
    [letter] = letters()
    assert (letter.state, letter.error, tickets(), reviews()) == ("held", "review_unread", [], [])
    address = f"/quality/public/letters/{letter.pk}/"
    assert as_staff(elena).get(address).status_code == 403
    assert address in administrator.get("/quality/public/").content.decode()
    assert address in administrator.get("/letters/quarantine/").content.decode()
    page = administrator.get(address).content.decode()
    assert UNCLEAR in page and f"/letters/{letter.pk}/raw/" in page
    said = {"source": "otzovik.example", "written_on": "2026-11-20", "author": "Пётр", "rating": "1", "text": ""}
    refused = administrator.post(address, said)
    assert refused.status_code == 400 and 'value="Пётр"' in refused.content.decode()
    administrator.post(address, said | {"text": "Ждал по три дня."})
    [review] = reviews()
    assert (review.text, review.rating, review.letter, review.imported_by.email) == (
        "Ждал по три дня.",
        1,
        letter,
        "i.lebedev@lad.example",
    )
    letter.refresh_from_db()
    assert letter.state == "review"
    assert administrator.get(address).status_code == 404, "it is read once"
    assert AuditEntry.objects.filter(code="review_letter_entered", object_id=str(letter.pk)).exists()


def test_a_letter_without_a_review_is_put_away_and_trying_again_makes_no_ticket(
    for_reviews: Any, mail_server: MailServer, fetch: Any, administrator: Client
) -> None:
    from identity.models import AuditEntry
    from tickets.actions.outbox import run_due_jobs

    mail_server.deliver(a_letter("Скидка на рекламу в нашем каталоге!", subject="Акция", sender=SITE))
    fetch()
    [letter] = letters()
    administrator.post(f"/letters/{letter.pk}/again/")
    run_due_jobs()
    letter.refresh_from_db()
    assert (letter.state, letter.error, tickets()) == ("held", "review_unread", [])
    administrator.post(f"/quality/public/letters/{letter.pk}/away/")
    letter.refresh_from_db()
    assert (letter.state, letter.error, reviews()) == ("ignored", "no_review", [])
    assert AuditEntry.objects.filter(code="review_letter_put_away").exists()


def test_a_letter_that_kills_its_reader_is_held_too(for_reviews: Any, mail_server: MailServer) -> None:
    from tickets.actions.letters import quarantine_letter, store_letter

    raw = notice().as_bytes()
    letter = store_letter(mailbox=for_reviews, source_key="test:1", raw=raw)
    quarantine_letter(letter_id=letter.pk, raw=raw, reason="killed")
    letter.refresh_from_db()
    assert (letter.state, letter.error, tickets()) == ("held", "review_unread", [])


def test_borrowers_are_not_answered_from_a_mailbox_for_reviews(for_reviews: Any) -> None:
    from tickets.actions.deliveries import first_mailbox
    from tickets.queries.letters import own_address

    assert (first_mailbox(), own_address()) == (None, None)


def test_what_a_mailbox_is_for_and_its_signature_are_saved_by_administrators_only(
    mailbox: Any, mail_server: MailServer, administrator: Client, olga: Any, as_staff: Any
) -> None:
    address = f"/settings/mail/{mailbox.pk}/"
    assert as_staff(olga).post(address, typed(mail_server, purpose="reviews")).status_code == 404
    administrator.post(address, typed(mail_server, purpose="reviews", signature="Команда «Лад»", acknowledges="on"))
    mailbox.refresh_from_db()
    assert (mailbox.purpose, mailbox.signature, mailbox.acknowledges) == ("reviews", "Команда «Лад»", True)
    page = administrator.get(address).content.decode()
    assert 'value="reviews" selected' in page and "Команда «Лад»" in page


# The reader


def told(text: str, subject: str = "", sender: str = "robot@maps.example", html: str = "") -> Any:
    return read_review_letter(
        Told(subject=subject, text=text, html=html, sender=sender, own="lad.example", came_on=date(2026, 11, 23))
    )


def test_a_review_is_found_after_the_line_that_announces_it() -> None:
    text = (
        "Анна Ковалёва оставила отзыв о компании Лад\n\n★★☆☆☆\n\nЖдала три дня, буду жаловаться.\n\nОтветить на отзыв"
    )
    html = '<a href="https://maps.example/org/lad/1234567/reviews?id=9&amp;a=b">Ответить</a>'
    found = told(text, html=html)
    [review] = found.reviews
    assert (found.source, review.author, review.rating) == ("maps.example", "Анна Ковалёва", 2)
    assert (review.text, review.external_id) == ("Ждала три дня, буду жаловаться.", ""), "the number is the company's"
    assert review.url == "https://maps.example/org/lad/1234567/reviews?id=9&a=b"


def test_a_review_is_found_in_quotes() -> None:
    found = told("Hello,\n\nJohn left a 4-star review of Lad:\n\n“Quick and polite, thank you.”\n\nView review")
    [review] = found.reviews
    assert (review.author, review.rating, review.text) == ("John", 4, "Quick and polite, thank you.")


def test_a_digest_holds_several() -> None:
    first = "Автор: Пётр\nОценка: 5\nОтзыв: Быстро и вежливо.\n\n"
    second = (
        "Автор: Иван\nОценка: 7/10\nДостоинства: нет\nНедостатки:\nдолго отвечают\nhttps://maps.example/review_990\n"
    )
    one, other = told(f"Новые отзывы за сутки\n\n{first}{second}").reviews
    assert (one.author, one.rating, one.text) == ("Пётр", 5, "Быстро и вежливо.")
    assert (other.rating, other.external_id) == (None, "990"), "seven of ten is no star"
    assert other.text == "Достоинства: нет\n\nдолго отвечают"


@pytest.mark.parametrize(
    ("words", "rating"),
    [("3 из 5", 3), ("4/5", 4), ("5", 5), ("★★★☆☆", 3), ("1 звезда", 1), ("2-star", 2), ("4,5", None),
     ("9 из 10", None), ("★★★★★★★", None), ("отлично", None), ("", None)],
)  # fmt: skip
def test_a_rating_is_read_only_beyond_doubt(words: str, rating: int | None) -> None:
    assert told(f"Оценка: {words}\nОтзыв: Всё понятно объяснили").reviews[0].rating == rating


@pytest.mark.parametrize(
    ("words", "day"),
    [("21 ноября 2026", 21), ("Nov 21 2026", 23), ("22.11.2026", 22), ("25.11.2026", 23), ("31 фев 2026", 23)],
)
def test_a_day_that_cannot_be_is_the_day_the_letter_came(words: str, day: int) -> None:
    assert told(f"Дата: {words}\nОтзыв: Всё понятно объяснили").reviews[0].written_on == date(2026, 11, day)


@pytest.mark.parametrize("sender", ["olga@lad.example", "somebody@gmail.com", "nobody", ""])
def test_whoever_writes_from_no_site_has_to_name_it(sender: str) -> None:
    review = "Отзыв: Ждала три дня, никто не отвечает"
    assert told(review, sender=sender) is None
    assert told(f"Сайт: banki.example\n{review}", sender=sender).source == "banki.example"
    assert told(f"{review}\nhttps://www.otzovik.example/review_7", sender=sender).source == "otzovik.example"


def test_reading_never_fails_whatever_a_letter_holds() -> None:
    chance = random.Random(5)
    pieces = [
        *NOTICE.split(),
        "\n",
        "\n\n",
        "Отзыв:",
        "Автор:",
        "★",
        "«",
        "»",
        "http://[",
        "https://a.b/review/1",
        "5/5",
    ]
    for _ in range(400):
        text = " ".join(chance.choices(pieces, k=chance.randrange(60)))
        found = told(text, subject=text[:100], sender=chance.choice(pieces), html=f'<a href="{text}">')
        assert found is None or all(each.text and len(each.url) <= 500 for each in found.reviews)
