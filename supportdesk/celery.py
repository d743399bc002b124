"""Celery only wakes workers; what is owed stands in Postgres (``tickets.models.Job``)."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

from tickets.schedule import ROUTES, SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
warnings.filterwarnings("ignore", category=SecurityWarning)  # as root, but only JSON is accepted
app = Celery("supportdesk")
app.set_default()  # in every thread, so that tasks called from a page find this broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE
app.conf.task_routes = ROUTES
