"""From a closed conversation to the supervisor's page: score, evidence, review, and who may see what."""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from chat import actions as chat
from chat.models import Conversation, Entry
from identity.models import AuditEntry
from quality import actions as quality
from quality.models import Finding, Score
from quality.serializers.transcript import Mark, pieces
from quality.tasks import roll_up_today
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions.outbox import run_due_jobs
from tickets.actions.seed import seed_topics
from tickets.models import Ticket, Topic

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = [
    ("b", 0, "Здравствуйте! Можно ли продлить займ № 24-118406?"),
    ("s", 20, "Анна, добрый день! Меня зовут Елена. Да, продление открыто в кабинете."),
    ("b", 40, "Спасибо, всё получилось"),
    ("s", 60, "Рада помочь! Остались ли у вас вопросы? Хорошего дня!"),
]
BAD = [
    ("b", 0, "Я потерял работу, платить нечем. Что делать?"),
    ("s", 30, "Здравствуйте, это Елена."),
    ("b", 60, "Какие есть варианты?"),
    ("s", 312, "Нужно было раньше думать. Гарантируем одобрение нового займа!!"),
]


@pytest.fixture
def talk(anna: Any, elena: Any) -> Callable[..., Conversation]:
    """A closed chat of Anna with Elena (or another agent): who said what after how many seconds."""

    def hold(lines: list[tuple[str, int, str]], agent: Any = None, borrower: Any = None) -> Conversation:
        agent, borrower = agent or elena, borrower or anna
        seed_topics()
        conversation = chat.start_conversation(channel="chat", borrower=borrower, context={"topic": "extension"})
        chat.add_participant(conversation=conversation, user=agent)
        said = [
            chat.post_message(conversation=conversation, author=borrower if who == "b" else agent, body=body)
            for who, _, body in lines
        ]
        began = said[0].created_at - timedelta(seconds=lines[-1][1] + 5)
        for entry, (_, at, _body) in zip(said, lines, strict=True):
            Entry.objects.filter(conversation=conversation, seq=entry.seq).update(
                created_at=began + timedelta(seconds=at)
            )
        chat.close_conversation(conversation=conversation, by=agent)
        return conversation

    return hold


@pytest.fixture
def scored(talk: Callable[..., Conversation]) -> Callable[..., Score]:
    def make(lines: list[tuple[str, int, str]], **people: Any) -> Score:
        conversation = talk(lines, **people)
        run_due_jobs()
        return Score.objects.get(conversation=conversation)

    return make


def wait_for_a_lock() -> None:
    """Until another connection waits for what this one holds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from pg_locks where not granted)")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def page(client: Client, score: Score) -> Any:
    return client.get(f"/quality/scores/{score.pk}/")


def text_of(response: Any) -> str:
    """What the page says, tags and layout aside."""
    without_tags = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", without_tags.replace("\xa0", " "))


def test_a_good_conversation_gets_all_points_when_it_is_closed(scored: Callable[..., Score], elena: Any) -> None:
    score = scored(GOOD)
    assert (score.value, score.agent, score.critical_to_confirm) == (100, elena, False)
    assert set(score.findings.values_list("verdict", flat=True)) <= {"pass", "na"}


def test_a_bad_one_is_told_why_with_the_words_it_rests_on(scored: Callable[..., Score]) -> None:
    score = scored(BAD)
    found = {finding.check_code: finding for finding in score.findings.all()}
    failed = {code for code, one in found.items() if one.verdict == "fail"}
    assert failed >= {"by_name", "further_help", "closing", "gaps", "forbidden_wording", "threats"}
    assert {code for code in failed if found[code].counts} == {"gaps", "threats"}, "proved, or to be confirmed"
    assert found["gaps"].facts["wait"] == 252
    last = Entry.objects.get(conversation=score.conversation, body__startswith="Нужно")
    evidence = found["forbidden_wording"].evidence[0]
    assert (evidence["seq"], last.body[evidence["start"] : evidence["end"]]) == (last.seq, "Нужно было раньше думать")
    assert score.critical_to_confirm
    assert score.value is not None and 0 < score.value < 80


def test_the_same_content_is_scored_once_and_new_content_again(scored: Callable[..., Score], anna: Any) -> None:
    score = scored(GOOD)
    assert quality.score_conversation(conversation=score.conversation) == score
    chat.reopen_conversation(conversation=score.conversation, by=anna)
    chat.post_message(conversation=score.conversation, author=anna, body="Ещё вопрос: когда платить?")
    chat.close_conversation(conversation=score.conversation, by=anna)
    run_due_jobs()
    assert Score.objects.filter(conversation=score.conversation).count() == 2


def test_two_that_score_the_same_at_once_make_one_score_and_the_database_refuses_neither(
    talk: Callable[..., Conversation],
) -> None:
    conversation = talk(GOOD)
    refused: list[Exception] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            refused.append(error)
            raise

    def score() -> Score | None:
        try:
            with connection.execute_wrapper(watch):
                return quality.score_conversation(conversation=conversation)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            first = quality.score_conversation(conversation=conversation)
            other = pool.submit(score)
            wait_for_a_lock()
        assert other.result(timeout=20) == first
    assert (refused, Finding.objects.filter(check_code="forbidden_wording").count()) == ([], 1)


def test_a_conversation_without_an_answer_is_not_judged(anna: Any) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=conversation, author=anna, body="Ау")
    chat.close_conversation(conversation=conversation, by=anna)
    run_due_jobs()
    assert not Score.objects.exists()


def test_the_score_belongs_to_whoever_wrote_most(anna: Any, elena: Any, dmitry: Any) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=conversation, author=anna, body="Вопрос")
    for agent, body in ((elena, "Здравствуйте"), (dmitry, "Передали мне"), (dmitry, "Готово")):
        chat.add_participant(conversation=conversation, user=agent)
        chat.post_message(conversation=conversation, author=agent, body=body)
    chat.close_conversation(conversation=conversation, by=dmitry)
    run_due_jobs()
    assert Score.objects.get().agent == dmitry


def test_the_page_names_who_wrote_most_and_who_ended_the_conversation(
    anna: Any, elena: Any, dmitry: Any, olga: Any, as_staff: Callable[[Any], Client]
) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=conversation, author=anna, body="Вопрос")
    for agent, body in ((elena, "Здравствуйте"), (elena, "Передаю коллеге"), (dmitry, "Готово")):
        chat.add_participant(conversation=conversation, user=agent)
        chat.post_message(conversation=conversation, author=agent, body=body)
    chat.close_conversation(conversation=conversation, by=dmitry)
    run_due_jobs()
    score = Score.objects.get()
    assert score.agent == elena
    assert f"{elena.full_name}, {dmitry.full_name}" in text_of(page(as_staff(olga), score))


def test_internal_notes_are_not_judged(anna: Any, elena: Any) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    chat.post_message(conversation=conversation, author=anna, body="Вопрос")
    chat.post_message(conversation=conversation, author=elena, body="Идиот какой-то", kind="note")
    chat.post_message(conversation=conversation, author=elena, body="Здравствуйте, Анна")
    chat.close_conversation(conversation=conversation, by=elena)
    run_due_jobs()
    assert Finding.objects.get(check_code="forbidden_wording").verdict == "pass"


def test_the_past_can_be_scored_again_and_resumed(talk: Callable[..., Conversation], capsys: Any) -> None:
    talk(GOOD)
    call_command("rescore", "--json")
    call_command("rescore", "--json")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{"))
    assert (first["looked_at"], first["changed"], first["status"]) == (1, 1, "done")
    assert (second["looked_at"], second["changed"], second["status"]) == (1, 0, "done")
    assert Score.objects.count() == 1


def test_a_letter_is_scored_when_its_ticket_is_resolved(anna: Any, elena: Any) -> None:
    conversation = chat.start_conversation(channel="email", borrower=anna, subject="Справка")
    ticket = Ticket.objects.get(conversation=conversation)
    tickets.take(ticket=ticket, by=elena)
    seed_topics()
    tickets.set_topic(ticket=ticket, topic=Topic.objects.get(code="documents"), by=elena)
    chat.post_message(conversation=conversation, author=anna, body="Пришлите справку")
    chat.post_message(
        conversation=conversation,
        author=elena,
        body="Анна, добрый день! Меня зовут Елена. Справка в кабинете. Если появятся вопросы, пишите. С уважением",
    )
    resolve(ticket=ticket, by=elena)
    run_due_jobs(kind="score_conversation")
    score = Score.objects.get()
    assert (score.value, score.agent) == (100, elena)
    not_asked = score.findings.get(criterion__code="gaps")
    assert (not_asked.check_code, not_asked.verdict, not_asked.facts) == ("condition", "na", {"because": "channels"})


def test_a_review_is_written_to_the_audit_log(scored: Callable[..., Score], olga: Any) -> None:
    score = scored(GOOD)
    quality.submit_review(review=quality.open_review(of=score, reviewer=olga), filled=quality.Filled())
    entry = AuditEntry.objects.get(code="review_submitted")
    assert (entry.user_id, entry.object_id, entry.detail["value"]) == (olga.pk, str(score.pk), "100.00")


def test_a_supervisor_sees_the_evidence_beside_the_card(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any
) -> None:
    response = page(as_staff(olga), scored(BAD))
    assert response.status_code == 200
    html, words = response.content.decode(), text_of(response)
    assert re.search(
        r'<mark class="ev ev--auto"[^>]*data-criteria="11 ">Нужно было раньше <span class="nb">думать<sup>', html
    )
    assert "Пауза 4:12 при нормативе 2:00" in words
    assert "Карта оценки" in words and "Стандарт, версия 1" in words
    assert "Сейчас важно, что можно сделать дальше" in words
    assert "Проверяет человек" in words
    assert "Найдена критичная ошибка" in words
    assert 'href="#criterion-11"' in html and 'id="criterion-11"' in html
    assert "style=" not in html and "onclick" not in html


def test_the_page_speaks_english_to_those_who_do(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any
) -> None:
    olga.language = "en"
    olga.save()
    words = text_of(page(as_staff(olga), scored(BAD)))
    assert "Scorecard" in words and "Pause 4:12, the limit is 2:00" in words
    assert "No long silent gaps; announced holds" in words


def test_an_agent_sees_their_own_scores_and_nobody_elses(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], elena: Any, dmitry: Any, sergey: Any
) -> None:
    own, other = scored(BAD), scored(GOOD, agent=dmitry, borrower=sergey)
    client = as_staff(elena)
    response = page(client, own)
    assert response.status_code == 200
    assert "<mark" in response.content.decode()
    assert "data-submit" not in response.content.decode()
    assert page(client, other).status_code == 404
    listed = client.get("/quality/").content.decode()
    assert f"/quality/scores/{own.pk}/" in listed
    assert f"/quality/scores/{other.pk}/" not in listed
    assert dmitry.full_name not in listed
    assert client.post(f"/quality/scores/{other.pk}/review/").status_code == 404
    assert client.post(f"/quality/scores/{own.pk}/review/").status_code == 403


def test_borrowers_and_strangers_have_no_way_in(
    scored: Callable[..., Score], as_borrower: Callable[[Any], Any], anna: Any, client: Client
) -> None:
    score = scored(GOOD)
    for visitor in (client, as_borrower(anna)):
        for path in ("/quality/", f"/quality/scores/{score.pk}/"):
            response = visitor.get(path)
            assert response.status_code in {302, 401, 403}
            assert b"24-118406" not in response.content


def test_a_score_that_does_not_exist_is_not_found(as_staff: Callable[[Any], Client], olga: Any) -> None:
    assert as_staff(olga).get("/quality/scores/987654/").status_code == 404


def test_what_people_wrote_stays_text(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any, anna: Any
) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    score = scored(
        [("b", 0, attack), ("s", 10, f"Вы должны {attack} ИДИОТ!! http://evil.com/<b>x</b>"), ("b", 20, "</mark>")]
    )
    quality.rate_conversation(conversation=score.conversation, borrower=anna, rating=1, comment=attack)
    for path in (f"/quality/scores/{score.pk}/", "/quality/"):
        html = as_staff(olga).get(path).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>x" not in html
    assert "&lt;script&gt;alert(1)" in page(as_staff(olga), score).content.decode()


def test_card_numbers_are_hidden_on_the_page(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any
) -> None:
    score = scored([("b", 0, "Вопрос"), ("s", 10, "Паспорт 45 08 123456 принят")])
    html = page(as_staff(olga), score).content.decode()
    assert "123456" not in html.replace(str(score.conversation_id), "")
    assert "•••• ••••••" in html
    assert score.critical_to_confirm


def test_the_overview_adds_the_scores_up(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any, dmitry: Any, sergey: Any, anna: Any
) -> None:
    bad, good = scored(BAD), scored(GOOD, agent=dmitry, borrower=sergey)
    quality.rate_conversation(conversation=bad.conversation, borrower=anna, rating=2)
    roll_up_today()
    words = text_of(as_staff(olga).get("/quality/"))
    mean = round((float(bad.value or 0) + float(good.value or 0)) / 2)
    assert re.search(rf"По проверкам .{{0,120}}? {mean} ", words)
    assert "Оценка 2" in words and "Пауза 4:12" in words
    assert "Елена Воронова" in words and "Дмитрий Орлов" in words
    assert "2,0" in words


def test_a_reviewer_may_find_that_the_checks_were_wrong(scored: Callable[..., Score], olga: Any) -> None:
    score = scored(BAD)
    given = {finding.criterion_id: quality.Given(value=1.0) for finding in score.findings.exclude(verdict="pass")}
    review = quality.open_review(of=score, reviewer=olga)
    assert quality.submit_review(review=review, filled=quality.Filled(given)).value == 100


def test_nobody_reviews_their_own_conversation(
    scored: Callable[..., Score], as_staff: Callable[[Any], Client], olga: Any
) -> None:
    score = scored(GOOD, agent=olga)
    client = as_staff(olga)
    assert "data-submit" not in page(client, score).content.decode()
    assert client.post(f"/quality/scores/{score.pk}/review/").status_code == 403


def test_overlapping_evidence_is_cut_at_every_edge() -> None:
    missing = pieces("аб", [Mark(0, 0, 1, "bad"), Mark(2, 2, 3, "mid")])
    assert [(piece.text, piece.ending) for piece in missing] == [("", (1,)), ("аб", ()), ("", (3,))]
    cut = pieces("абвгд", [Mark(0, 3, 1, "ok"), Mark(2, 4, 2, "bad"), Mark(4, 99, 3, "mid"), Mark(9, 12, 4, "ok")])
    assert [(piece.text, piece.tone, piece.numbers, piece.ending) for piece in cut] == [
        ("аб", "ok", (1,), ()),
        ("в", "bad", (1, 2), (1,)),
        ("г", "bad", (2,), (2,)),
        ("д", "mid", (3,), (3,)),
    ]
