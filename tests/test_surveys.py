"""The borrower's voice: who is asked, that nobody is asked too often, what an answer becomes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.finishing import resolve

pytestmark = pytest.mark.django_db

LETTER = (
    b"From: Olya <olya@mail.example>\r\nTo: help@lad.example\r\n"
    b"Subject: Loan\r\nMessage-ID: <a@b.example>\r\n\r\nHello\r\n"
)


@pytest.fixture
def always(db: None) -> None:
    """Every survey falls on everybody, so that only the rules decide."""
    from quality.actions.surveys import seed_default_surveys
    from quality.models import Survey

    seed_default_surveys()
    Survey.objects.update(share=1, delay=0)


@pytest.fixture
def ended_chat(anna: Any, elena: Any) -> Any:
    return a_chat_of(anna, elena)


def a_chat_of(borrower: Any, agent: Any) -> Any:
    from chat import actions as chat

    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.post_message(conversation=conversation, author=borrower, body="Можно перенести платёж?")
    chat.add_participant(conversation=conversation, user=agent)
    chat.post_message(conversation=conversation, author=agent, body="Здравствуйте! Да, на десять дней.")
    chat.close_conversation(conversation=conversation, by=agent)
    conversation.refresh_from_db()
    return conversation


def do_the_jobs() -> None:
    from quality import tasks
    from quality.jobs import SURVEY
    from tickets.models import Job

    for job in Job.objects.filter(kind=SURVEY, done_at=None):
        tasks.ask_one(job)
        Job.objects.filter(pk=job.pk).update(done_at=timezone.now())


def test_after_a_chat_one_survey_waits_for_the_borrower(
    always: None, ended_chat: Any, anna: Any, elena: Any, as_borrower: Callable[[Any], Any]
) -> None:
    from quality.models import SurveyInvite

    do_the_jobs()
    waiting = as_borrower(anna).get("/api/v1/surveys/waiting").json()["survey"]
    assert waiting["kind"] in {"ces", "fcr"}
    assert waiting["questions"][0]["choices"]
    assert SurveyInvite.objects.get().agent == elena  # credit to whoever served, frozen


def test_two_surveys_due_on_one_day_are_one(always: None, anna: Any, elena: Any) -> None:
    from quality.models import SurveyInvite
    from quality.tasks import ask_waves

    a_chat_of(anna, elena)
    do_the_jobs()
    a_chat_of(anna, elena)
    do_the_jobs()
    ask_waves()
    assert SurveyInvite.objects.filter(borrower=anna).count() == 1


def test_after_the_quiet_period_another_survey_is_asked(always: None, anna: Any, elena: Any) -> None:
    from quality.models import SurveyInvite
    from quality.rules.surveys import QUIET

    a_chat_of(anna, elena)
    do_the_jobs()
    first = SurveyInvite.objects.get()
    SurveyInvite.objects.update(sent_at=timezone.now() - QUIET - timedelta(hours=1))
    a_chat_of(anna, elena)
    do_the_jobs()
    second = SurveyInvite.objects.latest("pk")
    assert second != first
    assert second.version.survey != first.version.survey


@pytest.mark.parametrize("reason", ["mourning", "court", "fraud", "hardship", "refused"])
def test_whoever_is_on_a_stop_list_is_left_alone(
    always: None, anna: Any, elena: Any, olga: Any, as_staff: Callable[[Any], Client], reason: str
) -> None:
    from quality.models import SurveyInvite
    from quality.tasks import ask_waves

    answer = as_staff(olga).post("/quality/voice/stops/", {"customer": "C-104577", "reason": reason})
    assert answer.status_code == 302
    a_chat_of(anna, elena)
    do_the_jobs()
    ask_waves()
    assert not SurveyInvite.objects.exists()


def test_a_planted_borrower_is_never_asked(always: None, anna: Any, elena: Any, olga: Any) -> None:
    from quality.models import PlantedBorrower, SurveyInvite

    PlantedBorrower.objects.create(borrower=anna, added_by=olga)
    a_chat_of(anna, elena)
    do_the_jobs()
    assert not SurveyInvite.objects.exists()


def test_a_chat_reopened_meanwhile_is_not_asked_about(always: None, ended_chat: Any) -> None:
    from chat import actions as chat
    from quality.models import SurveyInvite

    chat.reopen_conversation(conversation=ended_chat, by=None)
    do_the_jobs()
    assert not SurveyInvite.objects.exists()


@pytest.fixture
def asked(always: None, anna: Any) -> Callable[[str], Any]:
    """``asked("nps")`` is a survey that waits for Anna in the History."""
    from quality.models import SurveyInvite, SurveyVersion

    def ask(code: str) -> Any:
        version = SurveyVersion.objects.get(survey__code=code)
        until = timezone.now() + timedelta(days=1)
        return SurveyInvite.objects.create(version=version, borrower=anna, way="history", expires_at=until)

    return ask


def test_an_answer_is_taken_once_and_the_same_again_is_the_same(
    asked: Callable[[str], Any], anna: Any, as_borrower: Callable[[Any], Any]
) -> None:
    invite, client = asked("nps"), as_borrower(anna)
    said = {"answers": {"recommend": 9}, "comment": "Быстро ответили"}
    address = f"/api/v1/surveys/{invite.pk}"
    assert client.post(address, said, format="json").status_code == 201
    assert client.post(address, said, format="json").status_code == 201
    other = client.post(address, {"answers": {"recommend": 2}}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "survey_answered")
    assert client.get("/api/v1/surveys/waiting").json() == {"survey": None}


def test_an_answer_that_comes_late_has_the_day_of_its_question_counted_again(asked: Callable[[str], Any]) -> None:
    from quality.actions.surveys import answer_survey
    from quality.models import SurveyInvite
    from tickets.actions.rollups import KIND, roll_up_day, roll_up_one
    from tickets.models import DayFigure, Job

    invite, sent_at = asked("nps"), timezone.now() - timedelta(days=3)
    SurveyInvite.objects.filter(pk=invite.pk).update(sent_at=sent_at)
    day = timezone.localdate(sent_at)
    roll_up_day(on=day)
    said = DayFigure.objects.filter(date=day, by=0, measure="nps")
    assert not said.exists()
    answer_survey(invite=invite, answers={"recommend": 10})
    roll_up_one(Job.objects.get(kind=KIND))
    assert [(one.n, one.total) for one in said] == [(1, 1.0)]


@pytest.mark.parametrize(
    "answers",
    [{"recommend": 11}, {"recommend": -1}, {"recommend": True}, {"recommend": "9"}, {"x": 1}, {"recommend": 9, "x": 1}],
)
def test_an_answer_off_the_scale_is_refused(
    asked: Callable[[str], Any], anna: Any, as_borrower: Callable[[Any], Any], answers: dict[str, Any]
) -> None:
    answer = as_borrower(anna).post(f"/api/v1/surveys/{asked('nps').pk}", {"answers": answers}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "answers")


def test_a_low_answer_opens_a_task_with_a_term(
    asked: Callable[[str], Any],
    anna: Any,
    olga: Any,
    as_borrower: Callable[[Any], Any],
    as_staff: Callable[[Any], Client],
) -> None:
    from quality.models import FollowUp

    as_borrower(anna).post(f"/api/v1/surveys/{asked('nps').pk}", {"answers": {"recommend": 1}}, format="json")
    task = FollowUp.objects.get()
    assert task.due_at > timezone.now()
    supervisor = as_staff(olga)
    assert "Низкие" in supervisor.get("/quality/follow-ups/").content.decode()
    supervisor.post(f"/quality/follow-ups/{task.pk}/take/")
    supervisor.post(f"/quality/follow-ups/{task.pk}/finish/", {"outcome": " "})
    task.refresh_from_db()
    assert (task.assignee, task.done_at) == (olga, None)
    supervisor.post(f"/quality/follow-ups/{task.pk}/finish/", {"outcome": "Перезвонили, вопрос решён"})
    task.refresh_from_db()
    assert task.done_at


def test_a_good_answer_opens_none(asked: Callable[[str], Any], anna: Any, as_borrower: Callable[[Any], Any]) -> None:
    from quality.models import FollowUp

    as_borrower(anna).post(f"/api/v1/surveys/{asked('nps').pk}", {"answers": {"recommend": 10}}, format="json")
    assert not FollowUp.objects.exists()


def test_a_low_rating_of_a_chat_is_looked_into_once(
    ended_chat: Any, anna: Any, as_borrower: Callable[[Any], Any]
) -> None:
    from quality.models import FollowUp

    client = as_borrower(anna)
    for rating in (1, 2):
        client.post(f"/api/v1/conversations/{ended_chat.pk}/rating", {"rating": rating}, format="json")
    assert FollowUp.objects.count() == 1


@pytest.fixture
def letter_invite(always: None, elena: Any) -> Any:
    """A letter came, was answered and resolved: the desk asks by letter."""
    from quality.models import SurveyInvite
    from tests.authorisation_world import quarantined_letter
    from tickets import actions as tickets
    from tickets.actions.letters_apply import apply_letter
    from tickets.models import Ticket
    from tickets.rules.email import read_letter

    letter = quarantined_letter(None)
    apply_letter(letter=letter, reading=read_letter(LETTER))
    ticket = Ticket.objects.get(conversation__correspondent_address="olya@mail.example")
    tickets.take(ticket=ticket, by=elena)
    resolve(ticket=ticket, by=elena)
    do_the_jobs()
    return SurveyInvite.objects.get(way="letter")


def test_a_letter_is_asked_about_by_letter_whose_link_works_once(letter_invite: Any, client: Client) -> None:
    from quality.models import SurveyResponse
    from tickets.actions.notice_links import body_to_send

    letter = letter_invite.letter
    assert "/surveys/" not in letter.body  # what is kept opens nothing
    address = next(word for word in body_to_send(letter).split() if "/surveys/" in word)
    path = "/" + address.split("/", 3)[3]
    page = client.get(path)
    assert page.status_code == 200
    assert "olya" not in page.content.decode().lower()
    missing = client.post(path, {"rating": "5", "comment": "Спасибо, всё ясно"})
    assert missing.status_code == 400
    assert "Спасибо, всё ясно" in missing.content.decode()
    assert client.post(path, {"rating": "5", "solved": "yes"}).status_code == 200
    assert SurveyResponse.objects.get().answers == {"rating": 5, "solved": "yes"}
    assert client.post(path, {"rating": "1", "solved": "no"}).status_code == 409
    assert client.get(path[:-3] + "aa/").status_code == 404


def test_the_indices_stand_with_interval_n_and_response_rate(
    asked: Callable[[str], Any],
    anna: Any,
    olga: Any,
    as_borrower: Callable[[Any], Any],
    as_staff: Callable[[Any], Client],
) -> None:
    as_borrower(anna).post(f"/api/v1/surveys/{asked('nps').pk}", {"answers": {"recommend": 10}}, format="json")
    asked("nps")
    page = as_staff(olga).get("/quality/voice/").content.decode()
    assert "NPS" in page
    assert "n = 1" in page
    assert "1 из" in page.replace("\u00a0", " ")


def test_new_words_are_a_new_version_and_old_answers_keep_theirs(
    asked: Callable[[str], Any], olga: Any, as_staff: Callable[[Any], Client]
) -> None:
    from quality.models import SurveyVersion

    invite = asked("nps")
    said = {
        "is_active": "on",
        "percent": 50,
        "minutes": 0,
        "low_at": 3,
        "ru-0": "Посоветуете нас?",
        "en-0": "Recommend us?",
    }
    assert as_staff(olga).post("/quality/voice/surveys/nps/", said).status_code == 302
    newest = SurveyVersion.objects.filter(survey__code="nps").latest("number")
    assert (newest.number, newest.questions[0]["ru"]) == (2, "Посоветуете нас?")
    invite.refresh_from_db()
    assert invite.version.number == 1


def test_a_wrong_number_keeps_what_was_typed(olga: Any, as_staff: Callable[[Any], Client], always: None) -> None:
    answer = as_staff(olga).post("/quality/voice/stops/", {"customer": "C-0", "reason": "court"})
    assert answer.status_code == 400
    assert 'value="C-0"' in answer.content.decode()


def test_ratings_under_chats_are_in_the_indices_also_of_chats_opened_again(
    ended_chat: Any, anna: Any, olga: Any, as_borrower: Callable[[Any], Any], as_staff: Callable[[Any], Client]
) -> None:
    from chat import actions as chat

    said = {"rating": 5, "solved": "yes"}
    as_borrower(anna).post(f"/api/v1/conversations/{ended_chat.pk}/rating", said, format="json")
    chat.reopen_conversation(conversation=ended_chat, by=None)
    page = as_staff(olga).get("/quality/voice/").content.decode()
    assert page.count("n = 1") >= 2
