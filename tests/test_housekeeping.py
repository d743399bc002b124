"""What is of no use any more goes at night, in batches, and an interruption costs nothing."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from identity import actions as identity
from identity.models import AuditEntry, BorrowerSession, SocketTicket, StaffSession, UsedToken
from identity.tasks import forget_expired, forget_old_sessions
from supportdesk.celery import app
from tickets.models import Job
from tickets.tasks import forget_done_jobs

pytestmark = pytest.mark.django_db


def jobs(count: int, **facts: Any) -> None:
    Job.objects.bulk_create([Job(kind="test", key=uuid.uuid4().hex, **facts) for _ in range(count)])


def test_jobs_done_long_ago_go_and_what_is_owed_or_failed_stays(settings: Any) -> None:
    now = timezone.now()
    jobs(25, done_at=now - timedelta(days=settings.JOBS_KEPT_DAYS, minutes=1))
    jobs(2, done_at=now - timedelta(days=settings.JOBS_KEPT_DAYS - 1))
    jobs(2, due_at=now - timedelta(days=400))
    jobs(2, failed_at=now - timedelta(days=400))
    assert forget_done_jobs() == 25
    assert Job.objects.count() == 6


def test_an_interruption_keeps_what_was_already_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    from tickets.actions import workers

    jobs(25, done_at=timezone.now() - timedelta(days=100))
    delete, batches = models.QuerySet.delete, []

    def die_at_the_third(rows: Any) -> Any:
        batches.append(rows)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return delete(rows)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(models.QuerySet, "delete", die_at_the_third)
        workers.forget_done_jobs(batch=10)
    assert Job.objects.count() == 5
    assert workers.forget_done_jobs(batch=10) == 5


def test_sign_ins_that_ended_or_ran_out_long_ago_go_and_the_audit_stays(
    as_staff: Any, as_borrower: Any, elena: Any, dmitry: Any, olga: Any, anna: Any, settings: Any
) -> None:
    long_ago = timezone.now() - timedelta(days=settings.SESSIONS_KEPT_DAYS, hours=11)
    for person in (elena, dmitry, olga):
        as_staff(person)
    ended, left_open, living = (StaffSession.objects.get(user=person) for person in (elena, dmitry, olga))
    StaffSession.objects.filter(pk=ended.pk).update(ended_at=long_ago)
    StaffSession.objects.filter(pk=left_open.pk).update(created_at=long_ago)
    Session.objects.filter(pk=left_open.key).update(expire_date=long_ago)
    old, current = as_borrower(anna).borrower_session, as_borrower(anna).borrower_session
    BorrowerSession.objects.filter(pk=old.pk).update(expires_at=long_ago)
    audited = AuditEntry.objects.count()
    assert forget_old_sessions() == 4
    assert [session.pk for session in StaffSession.objects.all()] == [living.pk]
    assert [session.pk for session in BorrowerSession.objects.all()] == [current.pk]
    assert not Session.objects.filter(pk=left_open.key).exists()
    assert AuditEntry.objects.count() == audited


def test_unused_passes_and_spent_tokens_go_every_hour(as_borrower: Any, anna: Any) -> None:
    identity.issue_socket_ticket(session=as_borrower(anna).borrower_session)
    SocketTicket.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    identity.spend_token(jti="old", expires_at=timezone.now() - timedelta(minutes=10))
    identity.spend_token(jti="young", expires_at=timezone.now())
    assert forget_expired() == 2
    assert [token.jti for token in UsedToken.objects.all()] == ["young"]


def test_a_worker_whose_clock_is_ahead_forgets_nothing_before_its_time(
    as_staff: Any, as_borrower: Any, elena: Any, anna: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A spent token that is forgotten too soon would be good for a second time."""
    as_staff(elena)
    identity.issue_socket_ticket(session=as_borrower(anna).borrower_session)
    identity.spend_token(jti="spent", expires_at=timezone.now() + timedelta(minutes=5))
    jobs(1, done_at=timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(days=100))
    assert (forget_expired(), forget_old_sessions(), forget_done_jobs()) == (0, 0, 0)


def test_every_entry_of_the_clock_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {str(entry["task"]) for entry in app.conf.beat_schedule.values()} <= set(current_app.tasks)


def test_a_task_of_a_worker_that_dies_comes_back_and_none_runs_twice_at_once() -> None:
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    options = app.conf.broker_transport_options
    assert options["visibility_timeout"] > app.conf.task_time_limit
    assert app.conf.broker_connection_max_retries is None, "Redis may be away for as long as it likes"
