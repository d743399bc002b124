"""Does our standard matter? Each criterion against what borrowers felt and did afterwards.

Association, never cause. Of the newest conversations of the period; a person's rating goes before the checks' answer.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from quality.models import ComplaintForecast, Criterion, Finding, Rating, Review, SurveyAnswer
from quality.queries.rollups.days import Period, newest_scores
from quality.rules.outcomes import Answer
from quality.rules.scoring import combine
from quality.rules.statistics.association import Association, risk_difference
from quality.rules.statistics.multiple import discoveries

MOST = 5000  # conversations looked at
LEAST = 5  # conversations that met, and that missed a criterion, before anything is said
SATISFIED = 4
OUTCOMES = ("csat", "fcr", "complaint")
Met = dict[int, bool]


@dataclass(frozen=True)
class Link:
    """A criterion against one outcome; ``stands`` when it is one of the discoveries of which at most 10 % are false."""

    outcome: str
    found: Association
    stands: bool = False

    @property
    def is_known(self) -> bool:
        return self.found.p is not None and min(self.found.met, self.found.missed) >= LEAST

    @property
    def is_good(self) -> bool:
        """Whether meeting the criterion goes with what is wanted: a complaint is not."""
        value = self.found.estimate.value or 0.0
        return value < 0 if self.outcome == "complaint" else value > 0


@dataclass(frozen=True)
class Driver:
    """One criterion with its links, in the order of ``OUTCOMES``."""

    criterion: Criterion
    links: list[Link]

    @property
    def strength(self) -> tuple[int, float]:
        known = [abs(link.found.estimate.value or 0.0) for link in self.links if link.is_known]
        return sum(link.stands for link in self.links), max(known, default=0.0)


@dataclass(frozen=True)
class Drivers:
    """All criteria, the strongest first; of how many conversations, and how many answers each outcome has."""

    rows: list[Driver]
    dialogs: int
    outcomes: dict[str, int]
    asked: int


def drivers(*, since: datetime, until: datetime) -> Drivers:
    """Every criterion that was rated in the period against each outcome, false discoveries held at 10 %."""
    newest = newest_scores(Period(since, until)).order_by("-pk")[:MOST]
    scores = dict(newest.values_list("pk", "conversation"))
    outcomes = _outcomes(scores)
    met = _met(list(scores))
    rows = [Driver(criterion, _links(met[criterion.code], outcomes)) for criterion in _criteria(set(met))]
    rows = _judged(rows)
    return Drivers(
        rows=sorted(rows, key=lambda one: one.strength, reverse=True),
        dialogs=len(scores),
        outcomes={name: len(found) for name, found in outcomes.items()},
        asked=sum(link.is_known for row in rows for link in row.links),
    )


def _links(met: Met, outcomes: Mapping[str, Met]) -> list[Link]:
    return [Link(outcome, _association(met, outcomes[outcome])) for outcome in OUTCOMES]


def _association(met: Met, happened: Met) -> Association:
    sides = {
        side: [happened[score] for score, was in met.items() if was is side and score in happened]
        for side in (True, False)
    }
    yes, no = sides[True], sides[False]
    return risk_difference(met=(sum(yes), len(yes)), missed=(sum(no), len(no)))


def _judged(rows: list[Driver]) -> list[Driver]:
    """The same rows, each link marked whether it stands among all that were asked at once."""
    p_values = [link.found.p or 0.0 for row in rows for link in row.links if link.is_known]
    verdicts = iter(discoveries(p_values))
    return [
        replace(row, links=[replace(link, stands=link.is_known and next(verdicts)) for link in row.links])
        for row in rows
    ]


def _outcomes(scores: Mapping[int, UUID]) -> dict[str, Met]:
    """For each outcome, the scores of which it is known, and whether it came."""
    answers = SurveyAnswer.objects.filter(conversation__in=list(scores.values()))
    said = {row[0]: row[1:] for row in answers.values_list("conversation", "rating", "solved")}
    decided = ComplaintForecast.objects.filter(score__in=scores, came__isnull=False)
    known = {score: said[conversation] for score, conversation in scores.items() if conversation in said}
    return {
        "csat": {score: rating >= SATISFIED for score, (rating, _) in known.items()},
        "fcr": {score: solved == "yes" for score, (_, solved) in known.items() if solved},
        "complaint": {score: bool(came) for score, came in decided.values_list("score", "came")},
    }


def _met(scores: list[int]) -> dict[str, Met]:
    """By the code of a criterion: which conversations met it, and which did not."""
    verdicts: defaultdict[tuple[str, int, int], list[str]] = defaultdict(list)
    findings = Finding.objects.filter(score__in=scores, counts=True)
    for score, code, points, verdict in findings.values_list(
        "score", "criterion__code", "criterion__points", "verdict"
    ):
        verdicts[code, points, score].append(verdict)
    met: defaultdict[str, Met] = defaultdict(dict)
    for (code, points, score), said in verdicts.items():
        answer = combine(said, points=points)
        if answer in {Answer.PASS, Answer.PARTIAL, Answer.FAIL}:
            met[code][score] = answer == Answer.PASS
    by_people = Rating.objects.filter(review__score__in=scores, review__counts=True, value__isnull=False)
    by_people = by_people.exclude(review__status=Review.Status.DRAFT)
    for score, code, value in by_people.values_list("review__score", "criterion__code", "value"):
        met[code][score] = value == 1
    return met


def _criteria(codes: set[str]) -> list[Criterion]:
    """The newest wording of each."""
    found = Criterion.objects.filter(code__in=codes).order_by("code", "-section__version__number", "-pk")
    return list(found.distinct("code"))
