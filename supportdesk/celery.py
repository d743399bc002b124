"""Celery is the clock of what is not urgent; jobs and routing are claimed from Postgres by ``manage.py work``."""

import asyncio
import logging
import os
import threading
import time
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_ready

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


LOOK_TIME = 15.0  # seconds between looks at the pulse of the clock
DEAF = 70  # exit code of a process that lives and hears nothing


@beat_init.connect
@worker_ready.connect
def watch_the_clock(**_: Any) -> None:
    """Celery may stay alive and deaf after Redis was away; then it ends itself, and whoever keeps it starts another."""
    threading.Thread(target=_end_when_deaf, name="clock-watch", daemon=True).start()


def _end_when_deaf() -> None:
    from supportdesk.desk.watch import Watch

    watch, before = Watch(), ""
    while True:
        time.sleep(LOOK_TIME)
        now = asyncio.run(watch.trouble_of_clock(os.getpid()))
        if before and now:
            logging.getLogger(__name__).critical("the clock is deaf: %s; this process ends", now)
            os._exit(DEAF)
        before = now
