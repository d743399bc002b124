"""Does our standard matter? Criteria against what borrowers felt, with false discoveries held down."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.models import Conversation
from quality import actions as quality
from quality.models import (
    ComplaintForecast,
    Criterion,
    Finding,
    PlantedBorrower,
    Rating,
    Review,
    Score,
    StandardVersion,
    SurveyAnswer,
)
from quality.queries.drivers import Drivers, drivers
from quality.rules.statistics.intervals import newcombe

pytestmark = pytest.mark.django_db


@pytest.fixture
def criteria(db: None) -> dict[str, Criterion]:
    quality.seed_default_standard()
    version = StandardVersion.objects.get(status="published")
    return {one.code: one for section in version.sections.all() for one in section.criteria.all()}


@pytest.fixture
def dialog(anna: Any, elena: Any, criteria: dict[str, Criterion]) -> Callable[..., Score]:
    """A scored conversation in which these criteria were met or missed, and what the borrower said."""

    def make(met: dict[str, bool], *, rating: int = 0, solved: str = "", borrower: Any = None) -> Score:
        conversation = Conversation.objects.create(
            channel="chat", borrower=borrower or anna, closed_at=timezone.now() - timedelta(days=2)
        )
        version = next(iter(criteria.values())).section.version
        score = Score.objects.create(
            conversation=conversation, version=version, agent=elena, value=80, engine_version=1, content_hash="x"
        )
        for code, was_met in met.items():
            verdict = "pass" if was_met else "fail"
            Finding.objects.create(
                score=score, criterion=criteria[code], check_code=code, check_version=1, verdict=verdict, reason="r"
            )
        if rating:
            SurveyAnswer.objects.create(conversation=conversation, borrower=anna, rating=rating, solved=solved)
        return score

    return make


def found() -> Drivers:
    return drivers(since=timezone.now() - timedelta(days=30), until=timezone.now())


def test_a_criterion_that_goes_with_satisfaction_stands_out_and_chance_does_not(dialog: Callable[..., Score]) -> None:
    chance = random.Random(8)
    for number in range(60):
        by_name = number % 2 == 0
        pleased = chance.random() < (0.9 if by_name else 0.3)
        dialog({"by_name": by_name, "greeting": chance.random() < 0.5}, rating=5 if pleased else 2, solved="yes")
    rows = {row.criterion.code: row for row in found().rows}
    links = {link.outcome: link for link in rows["by_name"].links}
    assert links["csat"].stands
    assert links["csat"].is_good
    assert (links["csat"].found.met, links["csat"].found.missed) == (30, 30)
    satisfied = {
        side: SurveyAnswer.objects.filter(
            rating=5, conversation__scores__findings__check_code="by_name", conversation__scores__findings__verdict=side
        ).count()
        for side in ("pass", "fail")
    }
    assert links["csat"].found.estimate == newcombe((satisfied["pass"], 30), (satisfied["fail"], 30))
    assert not any(link.stands for link in rows["greeting"].links)
    assert not links["complaint"].is_known
    assert found().rows[0].criterion.code == "by_name", "what matters most comes first"


def test_a_persons_rating_goes_before_the_checks(
    dialog: Callable[..., Score], criteria: dict[str, Criterion], olga: Any
) -> None:
    score = dialog({"greeting": True}, rating=1)
    review = Review.objects.create(score=score, agent=score.agent, reviewer=olga, value=50)
    Rating.objects.create(review=review, criterion=criteria["greeting"], value=0)
    link = found().rows[0].links[0]
    assert (link.found.met, link.found.missed) == (0, 1)


def test_complaints_and_solving_are_outcomes_too_and_planted_borrowers_are_not_counted(
    dialog: Callable[..., Score], sergey: Any, olga: Any
) -> None:
    for number in range(24):
        met = number % 2 == 0
        score = dialog({"closing": met}, rating=5, solved="yes" if met else "no")
        ComplaintForecast.objects.create(score=score, model="t", probability=0.5, came=not met)
    PlantedBorrower.objects.create(borrower=sergey, added_by=olga)
    dialog({"closing": True}, rating=1, borrower=sergey)
    (row,) = found().rows
    links = {link.outcome: link for link in row.links}
    assert found().dialogs == 24
    assert (links["fcr"].found.estimate.value, links["fcr"].stands, links["fcr"].is_good) == (1, True, True)
    assert (links["complaint"].found.estimate.value, links["complaint"].is_good) == (-1, True)
    assert links["csat"].found.estimate.value == 0


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def test_a_supervisor_reads_what_matters_and_an_agent_does_not(
    dialog: Callable[..., Score], as_staff: Callable[[Any], Any], olga: Any, elena: Any
) -> None:
    assert "За этот период нет проверенных диалогов" in words(as_staff(olga).get("/quality/drivers/"))
    for number in range(40):
        dialog({"closing": number % 2 == 0, "greeting": number > 1}, rating=5 if number % 2 == 0 else 2)
    said = words(as_staff(olga).get("/quality/drivers/", {"days": "30"}))
    assert "Важен ли наш стандарт?" in said
    assert re.search(r"\+100 от \+\d+ до \+\d+ · n = 40 выполнен 20, не выполнен 20 важно", said)
    assert "мало данных: выполнен 38, не выполнен 2" in said
    assert "не больше одного из десяти" in said
    assert as_staff(elena).get("/quality/drivers/").status_code == 403


def test_the_page_speaks_english(as_staff: Callable[[Any], Any], olga: Any) -> None:
    olga.language = "en"
    olga.save(update_fields=["language"])
    assert "Does our standard matter?" in words(as_staff(olga).get("/quality/drivers/"))
