"""What is known of each check: how it is set, measured and used, and where people disagree with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from chat.models import Entry
from identity.models import Role
from quality.models import CheckQuality, Criterion, Finding, FindingLabel, LexiconEntry, StandardVersion
from quality.queries.checks import DESK, measured_of, switches
from quality.queries.exports import masked
from quality.rules.catalogue import known_checks
from quality.rules.measuring import measured
from quality.rules.proof import Measured, Switch, shipped_measurements

MEASURING = (Role.SUPERVISOR, Role.ADMIN)
LATELY = timedelta(days=30)
NEWEST = 10


@dataclass(frozen=True)
class Known:
    """One check. ``said`` counts its verdicts of the last thirty days; ``used_by`` names criteria in force."""

    code: str
    version: int
    switch: Switch
    desk: Measured | None
    kappa: float | None
    others: list[Measured]
    said: dict[str, int]
    used_by: list[Criterion]


def laboratory() -> list[Known]:
    set_so, said, used = switches(), _said_lately(), _used()
    rows = {(row.check_code, row.check_version): row for row in CheckQuality.objects.filter(dataset=DESK)}
    others = _measured_elsewhere()
    found = []
    for code, check in known_checks().items():
        row = rows.get((code, check.VERSION))
        found.append(
            Known(
                code=code,
                version=check.VERSION,
                switch=set_so[code],
                desk=measured_of(row) if row else None,
                kappa=row.kappa if row else None,
                others=others.get(code, []),
                said=dict(said.get(code, {})),
                used_by=used.get(code, []),
            )
        )
    return found


def counts_by_labels(code: str, version: int) -> Measured:
    """Of each finding the newest word of a supervisor."""
    labels = FindingLabel.objects.filter(
        finding__check_code=code, finding__check_version=version, by__role__in=MEASURING
    ).order_by("created_at", "pk")
    newest = {finding: (found, right) for finding, found, right in labels.values_list(
        "finding_id", "finding__verdict", "verdict"
    )}  # fmt: skip
    return measured(newest.values())


def disagreements(code: str) -> QuerySet[FindingLabel]:
    """Where somebody says otherwise, the newest first; an agent's word is an objection."""
    labels = FindingLabel.objects.filter(finding__check_code=code).exclude(verdict=F("finding__verdict"))
    return labels.select_related("finding__score__agent", "finding__criterion", "by").order_by("-created_at")[:NEWEST]


def labels_by(user_id: UUID, score_id: int) -> dict[int, FindingLabel]:
    """What this person said of the findings of a score."""
    labels = FindingLabel.objects.filter(by=user_id, finding__score=score_id)
    return {label.finding_id: label for label in labels}


def entries_of(lexicon: str) -> list[LexiconEntry]:
    entries = LexiconEntry.objects.filter(lexicon=lexicon).select_related("created_by")
    return list(entries.order_by(F("valid_to").desc(nulls_first=True), "-pk"))


def _measured_elsewhere() -> dict[str, list[Measured]]:
    """What was measured before, and on named sets."""
    found = {code: [one] for code, one in shipped_measurements().items()}
    for row in CheckQuality.objects.exclude(dataset=DESK).order_by("dataset"):
        found.setdefault(row.check_code, []).append(measured_of(row))
    return found


def _said_lately() -> dict[str, Counter[str]]:
    since = timezone.now() - LATELY
    rows = Finding.objects.filter(score__created_at__gte=since).values_list("check_code", "verdict")
    said: dict[str, Counter[str]] = {}
    for code, verdict, n in rows.annotate(n=Count("pk")):
        said.setdefault(code, Counter())[verdict] += n
    return said


def _used() -> dict[str, list[Criterion]]:
    in_force = Criterion.objects.filter(section__version__status=StandardVersion.Status.PUBLISHED)
    used: dict[str, list[Criterion]] = {}
    for criterion in in_force.order_by("section__version", "section__position", "position"):
        for check in criterion.checks:
            used.setdefault(check["code"], []).append(criterion)
    return used


def bodies_of(findings: list[Finding]) -> dict[int, str]:
    """The messages the findings of one score rest on, masked, by number."""
    seqs = {span["seq"] for finding in findings for span in finding.evidence}
    entries = Entry.objects.filter(conversation=findings[0].score.conversation_id, seq__in=seqs) if findings else ()
    return {entry.seq: masked(entry.body) for entry in entries}
