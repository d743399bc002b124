"""Public reviews: taken in once, worked on, answered by two people, and never in a way that confirms a borrower."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from quality.rules import public_reviews as rules

TABLE = """id;Дата;Автор;Оценка;Текст
1;20.11.2026;Анна К.;1;Ждала ответа три дня, буду жаловаться в ЦБ
2;21.11.2026;Пётр;5;Быстро и вежливо
"""


@pytest.fixture
def supervisor(olga: Any, as_staff: Callable[[Any], Client]) -> Client:
    return as_staff(olga)


def bring(client: Client, content: str, source: str = "otzyvy.example", encoding: str = "utf-8") -> Any:
    file = SimpleUploadedFile("reviews.csv", content.encode(encoding), content_type="text/csv")
    return client.post("/quality/public/file/", {"source": source, "file": file})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_file_of_a_site_is_taken_in_once(supervisor: Client, encoding: str) -> None:
    from quality.models import PublicReview

    assert bring(supervisor, TABLE, encoding=encoding).status_code == 302
    bring(supervisor, TABLE, encoding=encoding)
    assert PublicReview.objects.count() == 2
    angry = PublicReview.objects.get(external_id="1")
    assert (angry.author, angry.rating, angry.language) == ("Анна К.", 1, "ru")
    assert angry.negativity == 1


def test_almost_the_same_words_of_a_site_are_one_review(supervisor: Client) -> None:
    from quality.models import PublicReview

    said = {"source": "otzyvy.example", "written_on": timezone.localdate().isoformat(), "author": "Анна"}
    text = "Очень долго ждала ответа на простой вопрос о переносе платежа, больше сюда не обращусь."
    for one in (text, text.replace("Очень долго", "Очень  долго"), text.replace("больше", "Больше") + "!"):
        supervisor.post("/quality/public/paste/", said | {"text": one})
    assert PublicReview.objects.count() == 1
    supervisor.post("/quality/public/paste/", said | {"text": "Всё понравилось, ответили за две минуты."})
    assert PublicReview.objects.count() == 2


def test_lines_that_cannot_be_read_are_named_and_the_others_count(supervisor: Client) -> None:
    from quality.models import PublicReview

    broken = TABLE + "3;когда-то;Иван;4;Нормально\n4;22.11.2026;Иван;9;Нормально\n5;22.11.2026;Иван;4;\n"
    page = supervisor.get(bring(supervisor, broken).headers["Location"]).content.decode()
    assert "4, 5, 6" in page
    assert PublicReview.objects.count() == 2


def test_a_file_without_the_columns_says_so(supervisor: Client) -> None:
    answer = bring(supervisor, "a,b\n1,2\n")
    assert answer.status_code == 400
    assert "«date»" in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "По вашему займу всё закрыто.",
        "Мы проверили ваш договор.",
        "Вы являетесь нашим клиентом с 2024 года.",
        "Как нашему клиенту предлагаем скидку.",
        "Вы брали заём в марте.",
        "Ваши платежи поступили вовремя.",
        "Долг 12 500 ₽ списан.",
        "Позвоните по номеру +7 916 204-58-31.",
        "We checked your account.",
        "You are our customer since 2024.",
        "You borrowed 10,000 rubles.",
    ],
)
def test_an_answer_that_confirms_a_borrower_is_refused_and_kept(text: str, supervisor: Client) -> None:
    from quality.models import PublicAnswer, PublicReview

    bring(supervisor, TABLE)
    review = PublicReview.objects.get(external_id="1")
    answer = supervisor.post(f"/quality/public/{review.pk}/answer/", {"text": text})
    assert answer.status_code == 400
    assert text.split()[0] in answer.content.decode()
    assert not PublicAnswer.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте! Нам жаль, что так вышло. Напишите нам в чат на сайте, и мы разберёмся.",
        "Спасибо за отзыв! Мы передали его команде.",
        "Перенести платёж можно в личном кабинете или в чате на сайте.",
        "Thank you for the words. Please write to our chat, and we will look into it.",
    ],
)
def test_an_answer_that_says_nothing_of_the_author_may_be_given(text: str) -> None:
    assert rules.problems_of_answer(text) == []


def test_one_drafts_another_approves_and_only_then_it_is_published(
    supervisor: Client, ivan: Any, as_staff: Callable[[Any], Client]
) -> None:
    from quality.models import PublicAnswer, PublicReview

    bring(supervisor, TABLE)
    review = PublicReview.objects.get(external_id="1")
    supervisor.post(f"/quality/public/{review.pk}/answer/", {"text": "Нам жаль. Напишите нам в чат на сайте."})
    answer = PublicAnswer.objects.get()
    supervisor.post(f"/quality/public/answers/{answer.pk}/", {"do": "approve"})
    supervisor.post(f"/quality/public/answers/{answer.pk}/", {"do": "published"})
    answer.refresh_from_db()
    assert (answer.approved_at, answer.published_at) == (None, None)
    another = as_staff(ivan)
    another.post(f"/quality/public/answers/{answer.pk}/", {"do": "approve"})
    another.post(f"/quality/public/answers/{answer.pk}/", {"do": "published"})
    review.refresh_from_db()
    assert review.status == "answered"


def test_who_may_have_written_it_is_a_private_hypothesis_with_evidence(
    supervisor: Client, anna: Any, sergey: Any, elena: Any
) -> None:
    from chat import actions as chat
    from quality.models import AuthorGuess, SurveyAnswer

    conversation = chat.start_conversation(channel="chat", borrower=anna)
    SurveyAnswer.objects.create(conversation=conversation, borrower=anna, rating=1)
    today = timezone.localdate().strftime("%d.%m.%Y")
    bring(supervisor, f"date,author,text\n{today},Анна К.,Долго отвечали в Твери. Тверь\n")
    guess = AuthorGuess.objects.get()
    assert guess.borrower == anna
    assert guess.evidence == ["name", "initial", "city", "lately", "low"]
    supervisor.post(f"/quality/public/guesses/{guess.pk}/", {"is": "no"})
    guess.refresh_from_db()
    assert guess.is_confirmed is False


def test_an_agent_sees_no_public_reviews(elena: Any, as_staff: Callable[[Any], Client]) -> None:
    assert as_staff(elena).get("/quality/public/").status_code == 403


def test_a_day_to_come_is_refused_and_the_text_stays(supervisor: Client) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    said = {"source": "x", "written_on": tomorrow, "text": "Хорошо отвечают"}
    answer = supervisor.post("/quality/public/paste/", said)
    assert answer.status_code == 400
    assert "Хорошо отвечают" in answer.content.decode()


def test_what_people_wrote_stays_text(supervisor: Client) -> None:
    said = {"source": "x", "written_on": timezone.localdate().isoformat(), "text": "<script>alert(1)</script>"}
    supervisor.post("/quality/public/paste/", said)
    assert "<script>alert(1)" not in supervisor.get("/quality/public/").content.decode()
