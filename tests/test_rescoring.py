"""Scoring the past again and trying a draft: in slices of a worker, stopped and gone on with, nothing lost or twice."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chat import actions as chat
from chat.models import Conversation
from quality import actions as quality
from quality.actions import rescoring
from quality.models import Rescoring, Score, StandardVersion
from quality.queries.standards import text_of
from quality.rules import trials
from tickets.actions.outbox import run_due_jobs, run_one_job
from tickets.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(anna: Any, elena: Any, monkeypatch: pytest.MonkeyPatch) -> list[Conversation]:
    """Seven dialogs that ended, scored by version 1; a slice is three of them."""
    monkeypatch.setattr(rescoring, "SLICE", 3)
    quality.seed_default_standard()
    held = []
    for number in range(7):
        conversation = chat.start_conversation(channel="chat", borrower=anna)
        chat.add_participant(conversation=conversation, user=elena)
        chat.post_message(conversation=conversation, author=anna, body=f"Вопрос {number}?")
        greeting = "Здравствуйте! " if number % 2 else ""
        chat.post_message(conversation=conversation, author=elena, body=f"{greeting}Ответ, подробный и ясный")
        chat.close_conversation(conversation=conversation, by=elena)
        held.append(conversation)
    run_due_jobs(kind="score_conversation")
    return held


@pytest.fixture
def heavier(olga: Any) -> Callable[[], StandardVersion]:
    """A draft in which the greeting weighs most."""

    def make() -> StandardVersion:
        in_force = StandardVersion.objects.get(status="published")
        draft = quality.clone(version=in_force, by=olga)
        text = text_of(draft)
        section = text.sections[0]
        weights = {"greeting": 10, "by_name": 2, "closing": 2}
        criteria = tuple(replace(one, weight=weights[one.code]) for one in section.criteria)
        text = replace(text, sections=(replace(section, criteria=criteria), *text.sections[1:]))
        return quality.save_draft(version=draft, text=text, seen=text_of(draft).sha256, by=olga)

    return make


def test_a_trial_tells_what_would_change_and_stores_nothing_else(
    past: list[Conversation], heavier: Any, as_staff: Any, olga: Any, elena: Any
) -> None:
    lead, draft = as_staff(olga), heavier()
    before = list(Score.objects.values_list("pk", "value"))
    trial = rescoring.start_trial(version=draft, by=olga)
    assert 'hx-trigger="every 1s"' in lead.get(f"/settings/standards/drafts/{draft.pk}/impact/").content.decode()
    run_due_jobs(kind="rescore_slice")
    trial.refresh_from_db()
    assert (trial.status, trial.done, trial.total, trial.results["n"]) == ("done", 7, 7, 7)
    assert list(Score.objects.values_list("pk", "value")) == before
    sides = trial.results
    by_hand = [float(score.value) for score in Score.objects.exclude(value=None)]
    assert trials.mean(sides["before"]) == pytest.approx(sum(by_hand) / 7, abs=0.01), "as the desk scored them"
    assert sum(sides["after"]["bins"]) == 7
    assert trials.mean(sides["after"]) < trials.mean(sides["before"]), "four of seven do not greet"
    assert [one.key for one in trials.moved_agents(sides)] == [str(elena.pk)]
    page = lead.get(f"/settings/standards/drafts/{draft.pk}/impact/").content.decode()
    assert "every 1s" not in page and "Елена Воронова" in page and "Пересчитано 7 диалогов" in page


def test_a_trial_of_what_is_in_force_moves_nothing(past: list[Conversation], olga: Any) -> None:
    draft = quality.clone(version=StandardVersion.objects.get(status="published"), by=olga)
    trial = rescoring.start_trial(version=draft, by=olga)
    run_due_jobs(kind="rescore_slice")
    trial.refresh_from_db()
    assert trial.results["before"] == trial.results["after"]
    assert (trial.changed, trials.moved_agents(trial.results), trials.moved_criteria(trial.results)) == (0, [], [])


def test_the_past_gets_scores_of_the_new_version_and_keeps_the_old(
    past: list[Conversation], heavier: Any, as_staff: Any, olga: Any
) -> None:
    version = quality.publish(version=heavier(), by=olga)
    assert as_staff(olga).post("/settings/standards/rescoring/", {"standard": "service"}).status_code == 302
    assert Score.objects.filter(version=version).count() == 0, "never in a request"
    run_due_jobs(kind="rescore_slice")
    assert Score.objects.filter(version=version).count() == 7
    assert Score.objects.count() == 14
    run = Rescoring.objects.get()
    assert (run.status, run.done, run.changed) == ("done", 7, 4), "those who did not greet"
    again = rescoring.start_rescoring(version=version, by=olga)
    run_due_jobs(kind="rescore_slice")
    again.refresh_from_db()
    assert (again.done, again.changed, Score.objects.count()) == (7, 0, 14)


def test_a_run_is_stopped_and_goes_on_behind_the_last_conversation(
    past: list[Conversation], heavier: Any, as_staff: Any, olga: Any
) -> None:
    lead = as_staff(olga)
    version = quality.publish(version=heavier(), by=olga)
    run = rescoring.start_rescoring(version=version, by=olga)
    assert run_one_job(kind="rescore_slice")
    lead.post(f"/settings/standards/rescoring/{run.pk}/stop/")
    run_due_jobs(kind="rescore_slice")
    run.refresh_from_db()
    assert (run.status, run.done, Score.objects.filter(version=version).count()) == ("stopped", 3, 3)
    assert 'value="3"' in lead.get("/settings/standards/rescoring/").content.decode()
    lead.post(f"/settings/standards/rescoring/{run.pk}/resume/")
    lead.post(f"/settings/standards/rescoring/{run.pk}/resume/")
    run_due_jobs(kind="rescore_slice")
    run.refresh_from_db()
    assert (run.status, run.done, Score.objects.filter(version=version).count()) == ("done", 7, 7)


def test_a_slice_promised_twice_is_done_once(past: list[Conversation], olga: Any) -> None:
    version = StandardVersion.objects.get(status="published")
    run = rescoring.start_rescoring(version=version, by=olga)
    assert rescoring.rescore_slice(id=run.pk, done=0)
    assert not rescoring.rescore_slice(id=run.pk, done=0)
    run.refresh_from_db()
    assert run.done == 3


def test_a_slice_that_breaks_leaves_nothing_and_is_tried_again(
    past: list[Conversation], heavier: Any, olga: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = quality.publish(version=heavier(), by=olga)
    run = rescoring.start_rescoring(version=version, by=olga)
    working, calls = rescoring.score_conversation, []

    def breaks(**named: Any) -> Any:
        calls.append(named)
        if len(calls) == 2:
            raise RuntimeError("the worker dies here")
        return working(**named)

    monkeypatch.setattr(rescoring, "score_conversation", breaks)
    run_one_job(kind="rescore_slice")
    run.refresh_from_db()
    assert (run.done, Score.objects.filter(version=version).count()) == (0, 0)
    Job.objects.filter(kind="rescore_slice", done_at=None).update(due_at="2020-01-01T00:00Z")
    run_due_jobs(kind="rescore_slice")
    assert Score.objects.filter(version=version).count() == 7


def test_the_interface_counts_first_and_then_starts(past: list[Conversation], as_staff: Any, olga: Any) -> None:
    lead = as_staff(olga)
    assert lead.post("/api/v1/quality/autoscore/rescore?dry_run=1").json() == {"total": 7}
    assert not Rescoring.objects.exists()
    later = lead.post("/api/v1/quality/autoscore/rescore?since=2090-01-01&dry_run=1").json()
    assert later == {"total": 0}
    started = lead.post("/api/v1/quality/autoscore/rescore")
    assert (started.status_code, started.json()["status"], started.json()["total"]) == (202, "running", 7)
