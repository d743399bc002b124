"""Work promised in a transaction and done after it, and the processes that do it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone


class Job(models.Model):
    """A row of the outbox: the effect is owed until ``done_at`` is set, whatever happens to the workers.

    ``key`` makes a job idempotent: the same key is never enqueued twice. A worker commits its claim before it begins,
    so an attempt that kills its process counts too; ``claimed_at`` tells whose claim is the latest.
    """

    kind = models.CharField(max_length=40)
    work = models.CharField(max_length=10, blank=True, db_default="", help_text="its class: no class delays another")
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True, help_text="the worker; rows of dead workers are given back")
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "due_at"], condition=Q(done_at=None, failed_at=None), name="jobs_owed_by_kind"
            ),
            models.Index(fields=["work", "due_at"], condition=Q(done_at=None), name="jobs_undone"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="jobs_done"),
            models.Index(fields=["claimed_by"], condition=Q(claimed_by__isnull=False), name="jobs_claimed"),
        ]


class Worker(models.Model):
    """A process that does promised work; ``beat_at`` is its pulse, and a lock of its own tells that it lives."""

    id = models.AutoField(primary_key=True)
    works = models.CharField(max_length=100, help_text="the classes of work it does, by commas")
    host = models.CharField(max_length=100)
    pid = models.IntegerField()
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
