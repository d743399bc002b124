"""Refusals about service standards and the lexicons of their checks."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from quality.errors.base import QualityError


class PublishedForGood(QualityError):
    code = "published"
    status = 409
    message = _("A published standard does not change. Make a new version.")


class WeightsNotHundred(QualityError):
    code = "weights"
    message = _("The weights of a standard must sum to 100.")


class UnknownCheck(QualityError):
    code = "unknown_check"
    message = _("There is no such automatic check.")


class StandardNotReady(QualityError):
    code = "not_ready"
    message = _("The draft cannot be published yet: look at the marked places.")

    def __init__(self, problems: Sequence[object] = ()) -> None:
        super().__init__()
        self.problems = problems


class ChangedMeanwhile(QualityError):
    code = "changed_meanwhile"
    status = 409
    message = _(
        "Somebody else has changed this meanwhile. Nothing of yours is lost: look at what is new and save again."
    )


class AnotherScheduled(QualityError):
    code = "another_scheduled"
    status = 409
    message = _("Another version waits for its moment. Call it back first.")


class MomentPassed(QualityError):
    code = "moment_passed"
    message = _("This moment has passed. Choose a later one.")


class NothingInForce(QualityError):
    code = "nothing_in_force"
    status = 409
    message = _("No version of this standard is in force, so there is nothing to compare with.")


class EntryNotTaken(QualityError):
    code = "entry_not_taken"
    REASONS: ClassVar = {
        "unknown_lexicon": _("There is no such lexicon."),
        "empty": _("Write the words to look for."),
        "no_examples": _("Give at least one sentence it must find and one it must not."),
        "not_words": _("Write one to eight words, or choose a regular expression."),
        "not_a_pattern": _("This is not a regular expression."),
        "matches_nothing": _("It finds an empty place: make it more particular."),
        "repeats_repetition": _("A repetition inside a repetition may never come to an end."),
        "too_slow": _("It is too slow: more than 2 ms on 10,000 characters."),
        "example_not_found": _("It does not find this sentence, and should."),
        "example_found": _("It finds this sentence, and should not."),
        "known_already": _("This wording is in the lexicon already."),
    }

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__()
        self.reason, self.about = reason, about
        self.message = self.REASONS[reason]


class TrainingRuns(QualityError):
    code = "training_runs"
    status = 409
    message = _("This model is being trained already.")
