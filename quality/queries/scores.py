"""Scores with their findings, for pages and actions."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from chat.models import AuthorKind, EntryKind
from identity.models import User
from quality.models import Criterion, Finding, Review, ReviewTask, Score, Section
from quality.queries.checks import shadow_codes
from quality.queries.standards import sections_of
from quality.rules.catalogue import settles_alone
from quality.rules.outcomes import Answer
from quality.rules.scoring import answer_of


def newest_of_each(scores: QuerySet[Score]) -> QuerySet[Score]:
    """Only the latest score of each conversation: after a reopening the earlier ones are kept but not listed."""
    place = Window(RowNumber(), partition_by=F("conversation_id"), order_by=F("id").desc())
    newest = scores.annotate(place=place).filter(place=1)
    related = ("conversation__ticket__topic", "conversation__survey_answer", "conversation__borrower", "agent")
    findings = Prefetch("findings", Finding.objects.select_related("criterion").order_by("id"))
    reviews = Prefetch("reviews", Review.objects.filter(counting()).order_by("-submitted_at"))
    return newest.select_related(*related).prefetch_related(findings, reviews).order_by("-created_at", "-id")


def queue_of(scores: QuerySet[Score], reviewer: User) -> QuerySet[Score]:
    """What this reviewer has to do: what plans drew for them by its due moment, then what nobody reviewed yet,
    critical failures to confirm first. Never a conversation of their own, nor what was drawn for a colleague."""
    tasks = ReviewTask.objects.filter(score__conversation=OuterRef("conversation"), status=ReviewTask.Status.WAITING)
    own = tasks.filter(Q(assignee=reviewer) | Q(assignee__isnull=True)).order_by("due_at", "pk")
    listed = newest_of_each(scores.exclude(agent=reviewer)).annotate(
        task_due=Subquery(own.values("due_at")[:1]), task_kind=Subquery(own.values("plan__kind")[:1])
    )
    is_free = ~Exists(_reviews()) & ~Exists(tasks.exclude(assignee=reviewer).filter(assignee__isnull=False))
    waiting = listed.filter(Exists(own) | is_free)
    return waiting.order_by(F("task_due").asc(nulls_last=True), "-critical_to_confirm", "-created_at", "-id")


def reviewed_of(scores: QuerySet[Score]) -> QuerySet[Score]:
    """What was reviewed, the newest first."""
    return newest_of_each(scores).filter(Exists(_reviews()))


def counting() -> Q:
    """Reviews everybody sees: submitted, and no exercise."""
    return ~Q(status=Review.Status.DRAFT) & Q(source__in=[Review.Source.MANUAL, Review.Source.MYSTERY])


def _reviews() -> QuerySet[Review]:
    return Review.objects.filter(counting(), score=OuterRef("pk"))


def criteria_of(score: Score) -> list[Criterion]:
    return [criterion for section in sections_of(score.version) for criterion in section.criteria.all()]


def sections_with_criteria(score: Score) -> list[Section]:
    return sections_of(score.version)


def findings_of(score: Score) -> dict[int, list[Finding]]:
    """The findings of each criterion, in the order of its checks; those of shadow stand on a page of their own."""
    grouped: dict[int, list[Finding]] = {}
    for finding in score.findings.exclude(counts=False, check_code__in=shadow_codes()).order_by("id"):
        grouped.setdefault(finding.criterion_id, []).append(finding)
    return grouped


def answers_of(score: Score) -> dict[int, Answer]:
    """What the checks that count together answer to each criterion they know of."""
    criteria = {criterion.pk: criterion for criterion in criteria_of(score)}
    answers = {pk: answer_of_checks(criteria[pk], findings) for pk, findings in findings_of(score).items()}
    return {pk: answer for pk, answer in answers.items() if answer is not None}


def answer_of_checks(criterion: Criterion, findings: Sequence[Finding]) -> Answer | None:
    """None where no check counts: a person answers."""
    counted = [finding for finding in findings if finding.counts]
    return answer_of(
        [finding.verdict for finding in counted],
        points=criterion.points,
        is_critical=criterion.is_critical,
        deciding=[finding.verdict for finding in counted if settles_alone(finding.check_code)],
    )


def people_of(score: Score) -> list[User]:
    """Whom the score belongs to, then who ended the conversation when that was somebody else."""
    endings = score.conversation.entries.filter(
        kind__in=[EntryKind.RESOLVED, EntryKind.CLOSED], author_kind=AuthorKind.STAFF
    )
    author = endings.order_by("-seq").values_list("author_id", flat=True).first()
    ended_by = User.objects.filter(pk=author).first() if author else None
    return list(dict.fromkeys(person for person in (score.agent, ended_by) if person))
