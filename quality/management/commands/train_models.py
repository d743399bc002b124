"""Train models from what this desk has: resolved tickets, what people said of findings, complaints that came."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quality.actions.training import run_training, start_training
from quality.models import ModelKind, Training
from quality.queries.models import LANGUAGES
from quality.rules.training import NoTrainer, require_trainer
from quality.serializers.models import training_words


class Command(BaseCommand):
    help = "Train topic, negativity and complaint models from the desk's own examples; each is kept in the shadow."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=ModelKind.values, action="append", help="only this kind")
        parser.add_argument("--language", choices=LANGUAGES, action="append", help="only texts of this language")
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_trainer()
        except NoTrainer as error:
            raise CommandError(str(error)) from error
        done = [
            run_training(training=start_training(kind=kind, language=language, by=None))
            for kind in options["kind"] or ModelKind.values
            for language in ([""] if kind == ModelKind.COMPLAINT else options["language"] or LANGUAGES)
        ]
        if options["json"]:
            self.stdout.write(json.dumps([_fact(training) for training in done]))
            return
        for training in done:
            self.stdout.write(f"{training.kind} {training.language}: {training_words(training.said)}")


def _fact(training: Training) -> dict[str, Any]:
    model = training.model
    return {
        "kind": training.kind,
        "language": training.language,
        "status": training.status,
        **training.said,
        "model": model.name if model else None,
        "measures": model.measures if model else None,
    }
