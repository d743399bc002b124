"""Celery is the clock of what is not urgent; jobs and routing are claimed from Postgres by ``manage.py work``."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

from tickets.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
warnings.filterwarnings("ignore", category=SecurityWarning)  # as root, but only JSON is accepted
app = Celery("supportdesk")
app.set_default()  # in every thread, so that tasks called from a page find this broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = SCHEDULE
