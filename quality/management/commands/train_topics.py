"""Learn topics from a table of labelled questions, and say how well the model that runs answers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quality.actions.models import keep_model
from quality.rules.training import NoTrainer, require_trainer
from quality.rules.training.reading import BadTable, examples_in, language_of
from quality.rules.training.text import Examples
from quality.rules.training.topics import Reached, Report, learn_topics


class Command(BaseCommand):
    help = (
        "Learn topics from a CSV of labelled questions (columns text and category) and print what the model reaches: "
        "by cross-validation, and on the questions of --test, which it never saw."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, type=Path, metavar="FILE", help="questions to learn from")
        parser.add_argument("--test", type=Path, metavar="FILE", help="questions to be asked, never learned from")
        parser.add_argument("--shots", type=int, nargs="*", default=[], metavar="N", help="also learn from N of each")
        parser.add_argument("--save", action="store_true", help="keep the model in the database, in the shadow")
        parser.add_argument("--data", default="", metavar="WORDS", help="with --save: source and licence of the data")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_trainer()
        except NoTrainer as error:
            raise CommandError(str(error)) from error
        if options["save"] and not options["data"]:
            raise CommandError("say with --data where the questions come from and under which licence")
        if options["shots"] and not options["test"]:
            raise CommandError("--shots is measured on the questions of --test")
        examples = _read(options["csv"])
        test = _read(options["test"]) if options["test"] else None
        with tqdm(unit="round", disable=True if options["json"] else None) as bar:
            trained, report = learn_topics(examples, test, shots=options["shots"], tell=_shown_on(bar))
        saved = ""
        if options["save"]:
            language = language_of(examples.texts)
            kept = keep_model(
                kind="topic",
                language=language,
                data=options["data"],
                n=report.examples,
                weights=trained.model.to_bytes(),
                measures=_measures(report),
            )
            saved = kept.name
        self.stdout.write(json.dumps({**asdict(report), "saved": saved}) if options["json"] else _words(report, saved))


def _measures(report: Report) -> dict[str, Any]:
    """As models trained from the desk's own tickets have them; what the test questions showed goes first."""
    best = report.test or report.cross_validation
    return {
        "topics": report.topics,
        "accuracy": best.accuracy,
        "accuracy_of_three": best.accuracy_of_three,
        "coverage": best.sure["0.95"],
    }


def _read(path: Path) -> Examples:
    try:
        return examples_in(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadTable) as error:
        raise CommandError(f"{path}: {error}") from error


def _shown_on(bar: Any) -> Any:
    def show(done: int, of: int) -> None:
        bar.total, bar.n = of, done
        bar.refresh()

    return show


def _words(report: Report, saved: str) -> str:
    lines = [
        f"{report.examples} questions of {report.topics} topics, learned in {report.seconds:.0f} s, "
        f"strength {report.strength:g}",
        *_reached("by cross-validation", report.cross_validation),
        *(_reached("on the test questions", report.test) if report.test else []),
        *(f"{shots} examples of each topic: {100 * share:.2f} % right" for shots, share in report.shots.items()),
        f"one question takes {report.milliseconds:.2f} ms of one processor",
        f"{report.features} features, {report.size / 1e6:.1f} MB",
        *([f"kept as {saved}, in the shadow"] if saved else []),
    ]
    return "\n".join(lines)


def _reached(where: str, reached: Reached) -> list[str]:
    sure = [
        f"  answers {100 * share:.1f} % of questions at {100 * float(precision):.0f} % precision"
        for precision, share in reached.sure.items()
    ]
    applied = [
        f"  with the threshold found for {100 * float(precision):.0f} %: answers {100 * share:.1f} %, "
        f"{100 * right:.1f} % of them right"
        for precision, (share, right) in reached.applied.items()
    ]
    first = (
        f"{where} ({reached.questions}): {100 * reached.accuracy:.2f} % right, "
        f"{100 * reached.accuracy_of_three:.2f} % among the first three"
    )
    return [first, *sure, *applied]
