"""How the desk itself is doing: the processes that were seen, what they counted, and what the probe found."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Process(models.Model):
    """A process of the desk, which gives a sign of life every few seconds. ``facts`` are its figures of just now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.CharField(max_length=40)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    release = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    facts = models.JSONField(default=dict)


class ProcessSample(models.Model):
    """What a web process counted within one minute; kept for two weeks."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="samples")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    facts = models.JSONField(default=dict)


class ProbeRun(models.Model):
    """One round of the probe through the front door; ``failed_step`` is empty when all went well. Times in seconds."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    failed_step = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=60, blank=True)
    acknowledgement_time = models.FloatField(null=True)
    round_trip_time = models.FloatField(null=True)
    resume_time = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
