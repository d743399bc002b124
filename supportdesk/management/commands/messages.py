"""Keeps the Russian catalogues in step with the source."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supportdesk import messages


class Command(BaseCommand):
    help = "Find the words of the interface, update the Russian catalogues and compile them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", default=[], help="only these apps")
        parser.add_argument("--check", action="store_true", help="change nothing; fail on missing or fuzzy words")
        parser.add_argument("--compile", action="store_true", help="only compile what changed")

    def handle(self, *args: Any, **options: Any) -> None:
        apps = options["apps"] or messages.APPS
        if options["check"]:
            self.report(apps)
            return
        if not options["compile"]:
            for app in apps:
                catalogue = messages.update(app)
                self.stdout.write(f"{app}: {len(catalogue)} messages, {len(catalogue.obsolete)} obsolete")
        self.stdout.write(f"{messages.compile_catalogues()} catalogues compiled.")

    def report(self, apps: Sequence[str]) -> None:
        found = [problem for app in apps for problem in messages.problems(app)]
        if found:
            lines = "\n".join(map(str, found))
            raise CommandError(f"{lines}\n{len(found)} messages need work: edit django.po, or run manage.py messages.")
        self.stdout.write("Every message has its Russian words.")
