"""What is promised in a transaction is done afterwards: once where it is rows, at least once where it leaves."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tickets import jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kinds() -> Iterator[None]:
    """Kinds that a test registers are forgotten after it."""
    known = dict(jobs._kinds)
    yield
    jobs._kinds.clear()
    jobs._kinds.update(known)


def promise(kind: str, number: int = 1, delay: float = 0) -> None:
    from tickets.actions.outbox import enqueue

    for n in range(number):
        enqueue(kind=kind, key=f"{kind}:{n}", payload={"n": n}, delay=delay)


def run() -> int:
    from tickets.actions.outbox import run_due_jobs

    return run_due_jobs(limit=1000)


def suppress(job: Any) -> None:
    """An effect that is a row."""
    from tickets.models import Suppression

    Suppression.objects.create(address=f"{job.payload['n']}@mail.example", reason="test")


def together(count: int, work: Callable[[], Any]) -> None:
    def one() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_promise_of_a_transaction_that_failed_was_never_made(kinds: None) -> None:
    from tickets.models import Job

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        promise("test")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_the_same_key_is_the_same_job(kinds: None) -> None:
    from tickets.models import Job

    promise("test")
    promise("test")
    assert Job.objects.count() == 1


def test_effects_that_are_rows_happen_once_under_many_runners(kinds: None) -> None:
    from tickets.models import Job, Suppression

    jobs.handler("test")(suppress)  # a second time would break the unique address
    promise("test", 60)
    together(8, run)
    assert Suppression.objects.count() == 60
    assert list(Job.objects.values_list("attempts", flat=True).distinct()) == [1]
    assert not Job.objects.filter(done_at=None).exists()


def test_a_failed_effect_leaves_nothing_behind_and_is_tried_again(kinds: None) -> None:
    from tickets.models import Job, Suppression

    def half(job: Any) -> None:
        suppress(job)
        if job.attempts == 1:
            raise RuntimeError("not yet")

    jobs.handler("test")(half)
    promise("test")
    run()
    [job] = Job.objects.all()
    assert (job.attempts, job.error, Suppression.objects.count()) == (1, "RuntimeError: not yet", 0)
    assert run() == 0, "it waits"
    Job.objects.update(due_at="2026-01-01T00:00Z")
    run()
    assert (Job.objects.exclude(done_at=None).count(), Suppression.objects.count()) == (1, 1)


def test_a_job_that_never_succeeds_fails_visibly_and_can_be_retried(kinds: None) -> None:
    from tickets.actions.outbox import retry_job
    from tickets.models import Job

    def broken(job: Any) -> None:
        raise RuntimeError("broken")

    jobs.handler("test")(broken)
    promise("test")
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        run()
        Job.objects.update(due_at="2026-01-01T00:00Z")
    [job] = Job.objects.all()
    assert (job.attempts, job.failed_at is not None) == (jobs.MAX_ATTEMPTS, True)
    jobs.handler("test")(lambda job: None)
    retry_job(job=job)
    run()
    assert Job.objects.exclude(done_at=None).filter(failed_at=None).count() == 1


def test_an_effect_outside_counts_its_attempt_before_it_is_made(kinds: None) -> None:
    from tickets.models import Job

    seen: list[int] = []

    def look(job: Any) -> None:
        assert not connection.in_atomic_block
        seen.append(Job.objects.get(pk=job.pk).attempts)

    jobs.outside_handler("test")(look)
    promise("test")
    run()
    assert seen == [1]


def test_two_runners_never_make_the_same_effect_outside(kinds: None) -> None:
    made: list[int] = []
    jobs.outside_handler("test")(lambda job: made.append(job.payload["n"]))
    promise("test", 40)
    together(6, run)
    assert sorted(made) == list(range(40))


def test_a_slow_kind_does_not_hold_up_another(kinds: None) -> None:
    from tickets.actions.outbox import run_due_jobs

    release, quick_done, done = threading.Event(), threading.Event(), []
    jobs.outside_handler("slow")(lambda job: release.wait(30))
    jobs.handler("quick")(lambda job: (done.append(job.payload["n"]), quick_done.set())[0])
    promise("slow", 2)
    promise("quick", 3)
    slow = threading.Thread(target=lambda: (run_due_jobs(kind="slow"), connection.close()))
    slow.start()
    together(1, lambda: run_due_jobs(kind="quick"))
    assert quick_done.wait(10)
    assert (done, slow.is_alive()) == ([0, 1, 2], True)
    release.set()
    slow.join(30)


def test_a_delayed_job_waits(kinds: None) -> None:
    jobs.handler("test")(suppress)
    promise("test", delay=600)
    assert run() == 0


def test_a_job_that_asks_for_later_has_not_failed(kinds: None) -> None:
    from tickets.models import Job

    def later(job: Any) -> None:
        raise jobs.Postponed(30)

    jobs.handler("test")(later)
    promise("test")
    run()
    [job] = Job.objects.all()
    assert (job.attempts, job.failed_at, job.done_at) == (0, None, None)


def test_every_class_of_work_has_a_worker_and_what_waits_for_others_has_one_of_its_own() -> None:
    from supportdesk.desk.programs import workers

    done_by: dict[str, list[str]] = {}
    for one in workers():
        words = list(one.command)
        if "work" in words:
            done_by[one.name] = [
                word for word in words[words.index("work") + 1 :] if word in (jobs.ROUTING, *jobs.WORKS)
            ]
    assert sorted(work for works in done_by.values() for work in works) == sorted((jobs.ROUTING, *jobs.WORKS))
    for alone in (jobs.ROUTING, jobs.MAIL, jobs.IMPORT):
        assert [alone] in done_by.values()
    assert {kind: jobs.work_of(kind) for kind in ("send_letter", "apply_letter", "score_conversation")} == {
        "send_letter": jobs.MAIL,
        "apply_letter": jobs.IMPORT,
        "score_conversation": jobs.SCORE,
    }


def test_a_worker_begins_no_further_job_when_its_time_is_over(kinds: None) -> None:
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    jobs.outside_handler("hanging")(lambda job: time.sleep(0.6))
    promise("hanging", 3)
    assert run_due_jobs(kind="hanging", seconds=0.5) == 1
    assert Job.objects.filter(kind="hanging", done_at=None).count() == 2


def test_what_was_given_up_is_listed_and_tried_again_by_command(
    kinds: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import CommandError, call_command

    from tickets.models import Job

    jobs.handler("test")(suppress)
    promise("test", 2)
    Job.objects.update(failed_at="2026-01-01T00:00Z", attempts=jobs.MAX_ATTEMPTS, error="RuntimeError: broken")
    call_command("jobs")
    assert "RuntimeError: broken\n2 failed" in capsys.readouterr().out
    assert run() == 0
    call_command("jobs", "--retry", str(Job.objects.earliest("pk").pk))
    call_command("jobs", "--retry", "all")
    assert run() == 2
    with pytest.raises(CommandError):
        call_command("jobs", "--retry", "4242")
