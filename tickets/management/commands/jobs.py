"""``manage.py jobs``: what was given up, and another try for it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.actions.outbox import retry_job
from tickets.models import Job
from tickets.queries.outbox import failed_jobs, job_with


class Command(BaseCommand):
    help = "List the jobs that failed for good, the latest first; --retry gives one of them, or all, another try."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", metavar="ID", help="the number of a job, or all")
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *args: Any, retry: str | None, **options: Any) -> None:
        found = list(failed_jobs()) if retry in (None, "all") else [chosen(retry)]
        for job in found if retry else ():
            retry_job(job=job)
        if options["json"]:
            self.stdout.write(json.dumps([facts_of(job) for job in found]))
            return
        for job in found:
            self.stdout.write(f"{job.pk}  {job.kind}  {job.attempts} attempts, given up {job.failed_at}: {job.error}")
        self.stdout.write(f"{len(found)} failed" + (", to be tried again" if retry else ""))


def chosen(number: str) -> Job:
    job = job_with(int(number)) if number.isdecimal() else None
    if job is None or job.failed_at is None:
        raise CommandError(f"No failed job has the number {number}.")
    return job


def facts_of(job: Job) -> dict[str, Any]:
    failed_at = job.failed_at.isoformat() if job.failed_at else None
    return {"id": job.pk, "kind": job.kind, "attempts": job.attempts, "failed_at": failed_at, "error": job.error}
