"""Topics of customers' questions (Banking77), learned with this project's trainer, by cross-validation."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from quality.rules.benchmarks.base import Absent, Row, file_in, share

FILE, TEST = "banking77/train.csv", "banking77/test.csv"
ACCURACY, MILLISECONDS = 0.91, 1.5


def measure(folder: Path) -> Iterator[Row]:
    path = file_in(folder, FILE)
    if importlib.util.find_spec("sklearn") is None:
        raise Absent("scikit-learn is not installed: install the extra “training”")
    from quality.rules.training.reading import examples_in
    from quality.rules.training.topics import learn_topics

    test = folder / TEST
    examples = examples_in(path.read_text(encoding="utf-8-sig"))
    asked = examples_in(test.read_text(encoding="utf-8-sig")) if test.is_file() else None
    _, report = learn_topics(examples, asked)
    for where, reached in (("by cross-validation", report.cross_validation), ("on unseen questions", report.test)):
        if reached is not None:
            right = round(reached.accuracy * reached.questions)
            yield share(f"topics: right, {where}", right, reached.questions, goal=ACCURACY)
            first = round(reached.accuracy_of_three * reached.questions)
            yield share(f"topics: among the first three, {where}", first, reached.questions)
    yield Row(
        "topics: milliseconds a question", report.milliseconds, report.examples, goal=MILLISECONDS, is_ceiling=True
    )
