"""Celery is the clock of what is not urgent; jobs and routing are claimed from Postgres by ``manage.py work``."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, task_postrun, task_prerun

from supportdesk.realtime import traces
from tickets.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
warnings.filterwarnings("ignore", category=SecurityWarning)  # as root, but only JSON is accepted
app = Celery("supportdesk")
app.set_default()  # in every thread, so that tasks called from a page find this broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE


@setup_logging.connect
def log_as_the_desk_does(**_: Any) -> None:
    """Settings have said how; Celery would put its own lines beside ours."""


@task_prerun.connect
def note_the_task(task_id: str = "", task: Any = None, **_: Any) -> None:
    traces.task.set(f"{task.name} {task_id}")


@task_postrun.connect
def forget_the_task(**_: Any) -> None:
    traces.task.set("")
