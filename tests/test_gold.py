"""The gold set: sixty dialogs, rated by their author and by a second rater, and what the checks are worth on them.

What the set is, and what it is not, stands in tests/gold/README.md. The floors hold today against what both
raters gave alike; a check may only get better.
"""

import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from quality.rules.benchmarks.gold import Compared, compare, read, transcript_of
from quality.rules.checks import CHECKS
from quality.rules.standards import default_standard
from quality.rules.statistics.agreement import TENTATIVE

GOLD = Path(__file__).with_name("gold")
DIALOGS = [json.loads(line) for line in (GOLD / "dialogs.jsonl").read_text(encoding="utf-8").splitlines()]
BY_ID = {dialog["id"]: dialog for dialog in DIALOGS}
PASSES = ("first", "second")
BELOW: set[str] = set()  # criteria whose α is below .667, each named in the README with what was read differently

# Of the failures the checks find, the share that is right, at least; of the failures there are, the share missed, at
# most. «questions» sees no answer that misses the point, and «promise» never fails: both are for a person.
FLOORS = {
    "greeting": (1.0, 0.0),
    "by_name": (1.0, 0.0),
    "closing": (0.9, 0.1),
    "first_response": (1.0, 0.0),
    "gaps": (1.0, 0.0),
    "all_questions": (1.0, 0.75),
    "resolution": (1.0, 1.0),
    "empathy": (0.9, 0.4),
    "wording": (1.0, 0.45),
    "literacy": (0.75, 0.1),
    "identification": (1.0, 0.0),
    "data_protection": (1.0, 0.0),
    "lawful": (1.0, 0.0),
    "topic_scenario": (1.0, 0.2),
}


@pytest.fixture(scope="module")
def compared() -> list[Compared]:
    return compare(read(GOLD))


def ratings(name: str) -> dict[str, dict[str, float | None]]:
    return {row["id"]: row["values"] for row in rows(name)}


def raters_of(name: str) -> set[str]:
    return {row["rater"] for row in rows(name)}


def rows(name: str) -> list[dict[str, Any]]:
    lines = (GOLD / f"ratings_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_set_holds_sixty_dialogs_in_two_languages_by_chat_and_by_letter() -> None:
    assert len(BY_ID) == len(DIALOGS) == 60
    assert Counter(dialog["language"] for dialog in DIALOGS) == {"ru": 40, "en": 20}
    assert Counter(dialog["channel"] for dialog in DIALOGS) == {"chat": 45, "email": 15}


def test_every_dialog_has_both_sides_and_its_entries_stand_in_order() -> None:
    for dialog in DIALOGS:
        moments = [entry["at"] for entry in dialog["entries"]]
        assert moments == sorted(moments), dialog["id"]
        assert transcript_of(dialog).can_be_scored, dialog["id"]


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_rates_every_dialog_on_the_scale_of_every_criterion(name: str) -> None:
    given = ratings(name)
    assert given.keys() == BY_ID.keys()
    for criterion in default_standard().criteria:
        scale = {place / (criterion.points - 1) for place in range(criterion.points)}
        values = {row[criterion.code] for row in given.values()}
        assert values <= (scale | {None} if criterion.may_be_na else scale), criterion.code
    assert all(len(row) == len(default_standard().criteria) for row in given.values())


def test_the_passes_are_of_two_raters_and_say_so() -> None:
    assert [raters_of(name) for name in PASSES] == [{"author"}, {"second"}]


def test_every_criterion_was_served_both_well_and_badly() -> None:
    for criterion in default_standard().criteria:
        values = {row[criterion.code] for row in ratings("first").values()}
        assert {0.0, 1.0} <= values, criterion.code


def test_the_raters_agree_on_every_criterion_but_those_named_as_below_the_goal(compared: list[Compared]) -> None:
    for one in compared:
        print(f"{one.code}: α {one.alpha.value} of {one.alpha.n}, whether it applies {one.applies_alike}/{one.dialogs}")
    below = {one.code for one in compared if one.alpha.value is None or one.alpha.value < TENTATIVE}
    assert below == BELOW


def test_the_checks_fail_what_both_raters_failed_as_well_as_the_floors_say(compared: list[Compared]) -> None:
    checked = {one.code: one for one in compared if one.is_checked}
    assert checked.keys() == FLOORS.keys()
    for code, one in checked.items():
        counts, (precision, missed) = one.counts, FLOORS[code]
        print(f"{code}: {one.equal}/{one.answered} equal, {counts}, wrong {one.wrong}, missed {one.missed}")
        assert (1.0 if counts.precision.value is None else counts.precision.value) >= precision, one.wrong
        assert (counts.miss_rate.value or 0.0) <= missed, one.missed


@pytest.mark.parametrize("dialog", ["ru-16", "ru-28", "en-12"])
def test_a_card_number_that_a_borrower_wrote_is_found(dialog: str) -> None:
    outcome = CHECKS["borrower_personal_data"].run(transcript_of(BY_ID[dialog]), {})
    assert "card" in outcome.facts["kinds"]


def test_the_command_prints_the_table_of_the_gold_set() -> None:
    printed = StringIO()
    call_command("quality_bench", data=GOLD, only=["gold"], stdout=printed)
    for code in FLOORS:
        assert f"gold {code}: α of two passes (one rater wrote the dialogs" in printed.getvalue()
        assert f"gold {code}: checks answer as both passes" in printed.getvalue()
