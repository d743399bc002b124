"""Greeting, thanks, apology and goodbye, on dialogue turns labelled with one act each (RuDABank)."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from quality.rules import acts
from quality.rules.benchmarks.base import Absent, Row, file_in, share
from quality.rules.wording import fold

FILE = "dialogue_acts/rudabank.csv"
PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "greeting": (acts.GREETING,),
    "thanks": (acts.THANKS,),
    "apology": (acts.APOLOGY,),
    "closing": (acts.CLOSING, acts.FAREWELL, acts.DISMISSAL),
}
TAGS = {
    **{"opening": "greeting", "greeting": "greeting", "thanking": "thanks", "thanks": "thanks"},
    **{"apology": "apology", "closing": "closing"},
}
GOALS = {"greeting": 0.93, "thanks": 0.93, "apology": 0.93, "closing": 0.90}


def measure(folder: Path) -> Iterator[Row]:
    turns = _turns(file_in(folder, FILE))
    gold = {TAGS[tag] for tag, _ in turns if tag in TAGS}
    if not gold:
        raise Absent(f"no turn of {FILE} is labelled with one of {', '.join(PATTERNS)}")
    for act, patterns in PATTERNS.items():
        heard = [(TAGS.get(tag) == act, any(pattern.search(text) for pattern in patterns)) for tag, text in turns]
        yield from _rows(act, heard)


def _rows(act: str, heard: list[tuple[bool, bool]]) -> Iterator[Row]:
    right = sum(is_act and is_heard for is_act, is_heard in heard)
    flagged = sum(is_heard for _, is_heard in heard)
    labelled = sum(is_act for is_act, _ in heard)
    if not labelled:
        note = f"no turn is labelled so: of {len(heard)} turns {flagged} were taken for one"
        yield Row(f"{act}: taken for one", flagged / len(heard), len(heard), note=note)
        return
    yield share(f"{act}: precision", right, flagged, goal=GOALS[act])
    yield share(f"{act}: recall", right, labelled, goal=GOALS[act])


def _turns(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"tag", "tagged_utterance"} <= rows[0].keys():
        raise Absent(f"{path} has no columns tag and tagged_utterance")
    return [((row["tag"] or "").strip(), fold(row["tagged_utterance"] or "")) for row in rows]
