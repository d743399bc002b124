"""Workers as real processes: whatever happens to one, what was promised is done, and no class waits for another."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from supportdesk import supervise
from supportdesk.desk.watch import Watch
from tests import workshop
from tests.workshop import until
from tickets import jobs
from tickets.rules import workers as rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kinds() -> Iterator[None]:
    """Kinds that a test registers are forgotten after it."""
    known = dict(jobs._kinds)
    workshop.register()
    yield
    jobs._kinds.clear()
    jobs._kinds.update(known)


@pytest.fixture
def start(kinds: None) -> Iterator[Callable[..., Any]]:
    """``start("score", "report")`` is a worker without Redis."""
    started: list[Any] = []

    def one(*works: str, **more: str) -> Any:
        started.append(workshop.worker(*works, **{"REDIS_URL": workshop.NOWHERE, **more}))
        return started[-1]

    yield one
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def promise(kind: str, key: str, **payload: Any) -> Any:
    from tickets.actions.outbox import enqueue

    return enqueue(kind=kind, key=key, payload=payload)


def done(*keys: str) -> bool:
    from tickets.models import Job

    return Job.objects.filter(key__in=keys).exclude(done_at=None).count() == len(keys)


def is_begun(key: str) -> bool:
    from tickets.models import Job

    return Job.objects.filter(key=key, claimed_by__isnull=False).exists()


def health(*words: str) -> tuple[int, list[dict[str, Any]]]:
    """What ``manage.py worker_health`` answers: its exit code and its facts."""
    said, code = io.StringIO(), 0
    try:
        call_command("worker_health", "--json", *words, stdout=said)
    except SystemExit as end:
        code = int(str(end.code))
    return code, json.loads(said.getvalue())


def test_a_flood_of_one_class_delays_no_other_and_needs_no_redis(start: Callable[..., Any]) -> None:
    """The slow ones would take minutes; the others are done while the first of them still runs."""
    for number in range(30):
        promise("slow.score", f"slow-{number}", seconds=20)
    start("score", "report", "model")
    until(lambda: is_begun("slow-0"), "the slow class is under way")
    promise("row.report", "report")
    promise("row.model", "model")
    until(lambda: done("report", "model"), "the other classes are done", 15)
    assert not done("slow-1")
    code, facts = health("--class", "score", "--class", "report")
    assert (code, [fact["trouble"] for fact in facts]) == (0, ["", ""]), "many rows are no trouble while they are begun"
    assert facts[0]["waiting"] >= 28


def test_a_worker_that_is_told_to_stop_finishes_what_is_short_and_gives_back_what_is_long(
    start: Callable[..., Any],
) -> None:
    from tickets.models import Job, Worker

    promise("slow.score", "short", seconds=2)
    promise("slow.report", "long", seconds=60)
    first = start("score", "report", STOP_TIME="4")
    until(lambda: is_begun("short") and is_begun("long"), "both are under way")
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert done("short")
    long = Job.objects.get(key="long")
    assert (long.attempts, long.claimed_by, long.due_at <= timezone.now()) == (0, None, True)
    assert not Worker.objects.exists()


def test_a_job_that_hangs_ends_its_worker_and_keeps_nobody_waiting(start: Callable[..., Any]) -> None:
    from tickets.models import Job

    promise("hang.score", "hanging", seconds=600)
    promise("row.score", "other")
    first = start("score", TIME_LIMIT="3")
    assert first.wait(workshop.PATIENCE) == 70
    start("score", TIME_LIMIT="3")
    until(lambda: done("other"), "the next one is done")
    hanging = Job.objects.get(key="hanging")
    assert (hanging.attempts >= 1, hanging.done_at) == (True, None)


def test_what_a_killed_worker_had_begun_is_given_back_and_at_last_given_up(kinds: None) -> None:
    from tickets.actions.workers import bury_dead_workers
    from tickets.models import Job

    for key, attempts in (("first", 1), ("last", jobs.MAX_ATTEMPTS)):
        promise("row.score", key)
        Job.objects.filter(key=key).update(
            attempts=attempts, claimed_by=4242, due_at=timezone.now() + timedelta(hours=1)
        )
    assert bury_dead_workers() == 2
    first, last = Job.objects.get(key="first"), Job.objects.get(key="last")
    assert (first.claimed_by, first.due_at < timezone.now() + timedelta(seconds=25)) == (None, True)
    assert (last.claimed_by, last.failed_at is not None) == (None, True)


def test_a_living_worker_keeps_its_claims_and_one_taken_for_dead_comes_back_under_its_number(kinds: None) -> None:
    from tickets.actions import workers
    from tickets.models import Job, Worker

    mine = workers.open_worker(works=["score"])
    promise("row.score", "mine")
    Job.objects.update(claimed_by=mine.pk)
    assert workers.bury_dead_workers() == 0
    Worker.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    workers.hold_lock(mine)
    assert workers.bury_dead_workers() == 0, "its lock is held, so it only has no time to beat"
    workers.beat(worker=mine)
    Worker.objects.all().delete()
    workers.beat(worker=mine)
    assert Worker.objects.get().pk == mine.pk


def test_a_stopped_or_killed_worker_is_started_again_and_the_work_is_done(
    kinds: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "STILL", 6.0)
    monkeypatch.setattr(supervise, "LOOK_TIME", 1.0)
    for name, value in workshop.environment().items():
        monkeypatch.setenv(name, value)
    asyncio.run(asyncio.wait_for(_stop_and_kill(tmp_path), workshop.PATIENCE * 2))


async def _stop_and_kill(folder: Path) -> None:
    said: list[str] = []
    supervisor = supervise.Supervisor(lambda name, line: said.append(line), folder / "pids.json")
    command = (*workshop.COMMAND, "score")
    program = supervise.Program("scorer", command, trouble=Watch().trouble_of_worker, folder=workshop.ROOT)
    supervisor.start(program)
    try:
        await _does(supervisor, "before")
        for fault in (signal.SIGSTOP, signal.SIGKILL):
            os.kill(supervisor.processes["scorer"].pid, fault)
            await _does(supervisor, fault.name)
        assert any("is stuck (no pulse for" in line for line in said), said
    finally:
        await supervisor.stop()


async def _does(supervisor: supervise.Supervisor, key: str) -> None:
    await asyncio.to_thread(_in_thread, promise, "row.score", key)
    await asyncio.to_thread(_in_thread, until, lambda: done(key), f"{key} is done")


def _in_thread(work: Callable[..., Any], *arguments: Any) -> None:
    from django.db import connection

    try:
        work(*arguments)
    finally:
        connection.close()


def test_the_health_of_work_is_said_in_words_and_by_exit_code(kinds: None, capsys: pytest.CaptureFixture[str]) -> None:
    from tickets.actions import workers
    from tickets.models import Job, Worker

    assert health("--class", "mail")[0] == 1, "nobody does it"
    workers.open_worker(works=["mail", "score"])
    assert health("--class", "mail", "--here") == (
        0,
        [{"class": "mail", "trouble": "", "oldest": 0.0, "waiting": 0, "failed": 0, "workers": 1}],
    )
    promise("row.score", "late")
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=60))
    code, [fact] = health("--class", "score")
    assert (code, fact["waiting"], fact["oldest"] >= 60) == (1, 1, True)
    assert health("--class", "score", "--here")[0] == 0, "the worker here lives; the rows are everybody's"
    with pytest.raises(SystemExit):
        call_command("worker_health", "--class", "score")
    assert "score: the oldest undone row has been due for 60 s and nothing was begun" in capsys.readouterr().out
    Worker.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert health("--class", "mail", "--here")[1][0]["trouble"] == "no pulse for 60 s"


def test_only_a_worker_without_a_pulse_is_killed_never_whoever_answers_the_clock(kinds: None) -> None:
    from tickets.models import Worker

    still, other, gone = (subprocess.Popen(["sleep", "60"]) for _ in range(3))
    try:
        gone.kill()
        gone.wait()
        works = ((still, "mail"), (gone, "mail"), (other, rules.CLOCK))
        for process, work in works:
            Worker.objects.create(works=work, host=socket.gethostname(), pid=process.pid)
        Worker.objects.update(beat_at=timezone.now() - timedelta(seconds=30))
        assert health("--kill", "--class", "mail", "--class", rules.CLOCK)[0] == 1
        assert still.wait(10) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for process in (still, other):
            process.kill()
            process.wait()


def test_the_age_of_each_class_is_that_of_its_oldest_undone_row(kinds: None) -> None:
    from tickets.models import Job
    from tickets.queries.outbox import classes_of_work

    now = timezone.now()
    for number, kind in enumerate(("row.score", "row.score", "row.report", "row.model")):
        promise(kind, str(number))
        Job.objects.filter(key=str(number)).update(due_at=now - timedelta(seconds=10 * (number + 1)))
    Job.objects.filter(key="2").update(done_at=now)
    Job.objects.filter(key="3").update(failed_at=now)
    ages = {each.work: each.age for each in classes_of_work(now)}
    assert ages == dict.fromkeys(ages, 0.0) | {"score": 20.0}
    assert set(ages) == {jobs.ROUTING, *jobs.WORKS}


def test_the_clock_of_celery_has_a_pulse_that_nobody_buries(kinds: None) -> None:
    from tickets.actions import workers
    from tickets.models import Worker
    from tickets.tasks import tick

    assert health("--class", "clock")[0] == 1
    tick()
    assert health("--class", "clock")[0] == 0
    Worker.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    workers.bury_dead_workers()
    assert health("--class", "clock")[1][0]["trouble"] == "no pulse for 120 s"
