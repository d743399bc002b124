"""Calibration, second reviews and self-reviews: rated apart, hidden until sent, measured at the end, never counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity.models import AuditEntry
from quality.models import CalibrationSession, Review, ReviewTask, SamplingPlan, Score
from quality.rules.calibration import Answered, agreement_of, disagreements, draw, overall_agreement
from quality.tasks import close_calibrations
from tests.reviewing import criterion, failed, form_of, hold

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def score(anna: Any, elena: Any) -> Score:
    return hold(anna, elena)


def begin(client: Client, *raters: Any, **over: Any) -> Any:
    until = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    fields = {"title": "Ноябрь", "n": "5", "seed": "7", "due_at": until, "is_blind": "on", "with_checks": "on"}
    return client.post("/quality/calibration/begin/", {**fields, "raters": [str(one.pk) for one in raters], **over})


def session_of(client: Client, *raters: Any, **over: Any) -> CalibrationSession:
    assert begin(client, *raters, **over).status_code == 302
    return CalibrationSession.objects.latest("pk")


def card_of(session: CalibrationSession, rater: Any) -> Review:
    return session.reviews.get(reviewer=rater)


def rate(client: Client, card: Review, **answers: str) -> Any:
    fields = {f"answer-{criterion(card.score, code).pk}": answer for code, answer in answers.items()}
    return client.post(f"/quality/cards/{card.pk}/", fields)


def test_nobody_sees_what_others_or_the_checks_said_before_sending_their_own(
    score: Score, as_staff: Any, olga: Any, ivan: Any
) -> None:
    supervisor, administrator = as_staff(olga), as_staff(ivan)
    session = session_of(supervisor, olga, ivan)
    assert rate(supervisor, card_of(session, olga), understanding="1", greeting="1").status_code == 302
    mine, others = card_of(session, ivan), card_of(session, olga)
    page = administrator.get(f"/quality/cards/{mine.pk}/").content.decode()
    assert "Система предлагает" not in page and "Нужно было раньше думать" in page
    assert administrator.get(f"/quality/scores/{score.pk}/").headers["Location"] == f"/quality/cards/{mine.pk}/"
    for hidden in (
        f"/quality/cards/{others.pk}/",
        f"/api/v1/quality/reviews/{others.pk}",
        f"/quality/scores/{score.pk}/findings/",
        f"/api/v1/quality/dialogs/{score.conversation_id}/autoscore",
        f"/quality/calibration/{session.pk}/of/{score.pk}/",
    ):
        assert administrator.get(hidden).status_code == 404, hidden
    assert supervisor.get(f"/quality/calibration/{session.pk}/of/{score.pk}/").status_code == 404
    assert supervisor.get(f"/api/v1/quality/reviews/{mine.pk}").status_code == 404
    assert administrator.get("/api/v1/quality/queue/next").json()["score"] is None
    progress = administrator.get(f"/quality/calibration/{session.pk}/").content.decode()
    assert "1 из 1" in progress and "0 из 1" in progress


def test_closed_it_tells_agreement_with_interval_the_gap_and_the_checks_as_a_rater(
    score: Score, as_staff: Any, olga: Any, ivan: Any
) -> None:
    supervisor, administrator = as_staff(olga), as_staff(ivan)
    session = session_of(supervisor, olga, ivan, reference=str(olga.pk))
    rate(supervisor, card_of(session, olga), understanding="1", greeting="1")
    rate(administrator, card_of(session, ivan), understanding="0.5", greeting="1")
    assert supervisor.post(f"/quality/calibration/{session.pk}/close/").status_code == 302
    session.refresh_from_db()
    found = {row["code"]: row for row in session.results["criteria"]}
    assert found["understanding"]["level"] == "ordinal" and found["understanding"]["raw"]["value"] == 0
    assert found["greeting"]["level"] == "nominal" and found["greeting"]["raw"]["value"] == 1
    assert "checks" in found["greeting"]["raters"] and found["greeting"]["raw"]["n"] == 1
    assert session.results["drawn"] == {"seed": 7, "of": 1, "n": 5}
    assert session.results["dialogs"][0]["gap"] == pytest.approx(100 - 100 * (9 * 0.5 + 4) / 13, abs=0.01)
    assert session.results["disagreements"][0]["criterion"] == "understanding"
    page = supervisor.get(f"/quality/calibration/{session.pk}/").content.decode()
    assert "Ольга Седова" in page and "Проверки" in page and "n = 1" in page
    side = supervisor.get(f"/quality/calibration/{session.pk}/of/{score.pk}/").content.decode()
    assert "Ольга Седова" in side and "Нужно" not in side
    assert AuditEntry.objects.filter(code="calibration_closed", object_id=str(session.pk)).exists()


def test_its_cards_never_count_and_are_sent_once(score: Score, as_staff: Any, olga: Any, ivan: Any, elena: Any) -> None:
    supervisor = as_staff(olga)
    session = session_of(supervisor, olga, ivan)
    card = card_of(session, olga)
    pk = str(criterion(score, "lawful").pk)
    incomplete = supervisor.post(
        f"/quality/cards/{card.pk}/", form_of(score, "lawful", failed(score, "lawful", comment=""))
    )
    assert incomplete.headers["Location"] == f"/quality/cards/{card.pk}/"
    card.refresh_from_db()
    assert card.status == "draft" and card.draft["ratings"][pk]["answer"] == "0"
    supervisor.post(f"/quality/cards/{card.pk}/", form_of(score, "lawful", failed(score, "lawful")))
    card.refresh_from_db()
    assert (card.status, card.counts, card.value) == ("submitted", False, 0)
    assert score.confirmations.get().is_confirmed is None
    again = supervisor.post(
        f"/api/v1/quality/reviews/{card.pk}/submit", {"edition": card.edition, "ratings": {}}, content_type=JSON
    )
    assert (again.status_code, again.json()["code"]) == (409, "review_settled")
    agent = as_staff(elena)
    assert agent.get(f"/api/v1/quality/reviews/{card.pk}").status_code == 404
    assert "Так нельзя" not in agent.get(f"/quality/scores/{score.pk}/").content.decode()


def test_the_deadline_closes_it_and_late_cards_stay_out(score: Score, as_staff: Any, olga: Any, ivan: Any) -> None:
    supervisor = as_staff(olga)
    session = session_of(supervisor, olga, ivan)
    assert close_calibrations() == 0
    CalibrationSession.objects.update(deadline=timezone.now())
    assert close_calibrations() == 1
    late = card_of(session, ivan)
    answer = as_staff(ivan).post(
        f"/api/v1/quality/reviews/{late.pk}/submit", {"edition": late.edition, "ratings": {}}, content_type=JSON
    )
    assert answer.status_code == 409
    assert "Никто не" in supervisor.get(f"/quality/calibration/{session.pk}/").content.decode()


def test_a_session_that_makes_no_sense_is_refused_and_keeps_what_was_typed(
    score: Score, as_staff: Any, olga: Any, ivan: Any
) -> None:
    supervisor = as_staff(olga)
    past = (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    numberless = {"numbers": "999999"}
    for people, over in (((olga,), {}), ((olga, ivan), {"due_at": past}), ((olga, ivan), numberless)):
        answer = begin(supervisor, *people, **over)
        assert answer.status_code == 400 and 'value="Ноябрь"' in answer.content.decode(), over
    Score.objects.update(agent=ivan)
    own = begin(supervisor, olga, ivan, numbers=str(score.conversation.ticket.pk))
    assert own.status_code == 400 and "не оценивает" in own.content.decode()
    assert not CalibrationSession.objects.exists()


def test_a_second_review_is_blind_never_counts_and_is_compared_with_the_first(
    score: Score, as_staff: Any, olga: Any, ivan: Any
) -> None:
    pk = criterion(score, "understanding").pk
    as_staff(olga).post(f"/quality/scores/{score.pk}/review/", {f"answer-{pk}": "1"})
    plan = SamplingPlan.objects.get(kind="second")
    ReviewTask.objects.create(plan=plan, score=score, assignee=ivan, is_blind=True)
    administrator = as_staff(ivan)
    assert "Система предлагает" not in administrator.get(f"/quality/scores/{score.pk}/").content.decode()
    administrator.post(f"/quality/scores/{score.pk}/review/", {f"answer-{pk}": "0.5"})
    second = Review.objects.get(source="second")
    assert (second.counts, second.reviewer) == (False, ivan)
    page = administrator.get("/quality/calibration/second/").content.decode()
    assert "1 диалог" in page and "n = 1" in page


def test_a_self_review_is_shown_beside_the_supervisors_once_it_is_sent(
    score: Score, as_staff: Any, olga: Any, elena: Any, dmitry: Any
) -> None:
    agent, colleague, supervisor = as_staff(elena), as_staff(dmitry), as_staff(olga)
    beside = f"/quality/scores/{score.pk}/beside/"
    assert colleague.post(f"/quality/scores/{score.pk}/self/").status_code == 404
    assert supervisor.post(f"/quality/scores/{score.pk}/self/").status_code == 404
    begun = agent.post(f"/quality/scores/{score.pk}/self/")
    card = Review.objects.get(source="self")
    assert begun.headers["Location"] == f"/quality/cards/{card.pk}/"
    assert agent.get(f"/quality/cards/{card.pk}/").status_code == 200
    kept = agent.patch(f"/api/v1/quality/reviews/{card.pk}", {"edition": 0, "comment": "Сложно"}, content_type=JSON)
    assert kept.status_code == 200
    assert supervisor.get(beside).status_code == 404
    assert supervisor.get(f"/api/v1/quality/reviews/{card.pk}").status_code == 404
    rate(agent, card, understanding="1")
    card.refresh_from_db()
    assert (card.status, card.counts) == ("submitted", False)
    for page in (supervisor.get(beside), agent.get(beside)):
        assert page.status_code == 200 and "Самопроверка" in page.content.decode()
    assert colleague.get(beside).status_code == 404
    assert colleague.get(f"/quality/cards/{card.pk}/").status_code == 404
    assert colleague.get(f"/api/v1/quality/reviews/{card.pk}").status_code == 404


def answers(*rows: str) -> list[Answered]:
    """One row a conversation, one character a rater: a digit, ``-`` for N/A, a space for none."""
    return [
        Answered(str(rater), dialog, "c", None if word == "-" else float(word))
        for dialog, row in enumerate(rows)
        for rater, word in enumerate(row)
        if word != " "
    ]


def test_agreement_reads_in_words_and_na_is_an_answer_of_yes_and_no_only() -> None:
    agreed = agreement_of(answers("11", "00", "11", "00"), categories=2, is_ordinal=False)
    assert (agreed.alpha.value, agreed.word, agreed.raw.value) == (1.0, "reliable", 1.0)
    apart = agreement_of(answers("10", "01", "11", "00"), categories=2, is_ordinal=False)
    assert apart.word == "rewrite"
    with_na = agreement_of(answers("1-", "11", "00", "--"), categories=3, is_ordinal=False)
    assert with_na.alpha.n == 4 and with_na.raw.value == 0.75
    ordinal = agreement_of(answers("1-", "11", "00"), categories=6, is_ordinal=True)
    assert ordinal.alpha.n == 2 and ordinal.raw.n == 3
    assert agreement_of(answers("11", "11"), categories=2, is_ordinal=False).word == ""


def test_agreement_over_all_criteria_has_an_interval_of_redrawn_conversations() -> None:
    pooled = overall_agreement([*answers("11", "10", "11", "00"), Answered("checks", 0, "c", 0.0)], machine="checks")
    assert (pooled.value, pooled.n, pooled.smallest, pooled.is_weak) == (0.75, 4, 4, True)
    assert pooled.lo is not None and pooled.hi is not None and pooled.lo < 0.75 < pooled.hi
    assert not overall_agreement(answers("1", "0")).is_known
    assert not overall_agreement(answers("11")).has_interval


def test_permuting_raters_keeps_alpha_and_the_draw_is_the_same_from_its_seed() -> None:
    one = agreement_of(answers("101", "110", "000", "111"), categories=2, is_ordinal=True)
    other = agreement_of(answers("011", "101", "000", "111"), categories=2, is_ordinal=True)
    assert one.alpha.value == other.alpha.value
    assert draw([5, 3, 9, 1, 7], 3, seed=4) == draw([1, 3, 5, 7, 9], 3, seed=4) and len(draw([1], 3, seed=4)) == 1
    assert [row.dialog for row in disagreements(answers("11", "10", "1-"))] == [1, 2]
