"""Review tasks: what waits for whom, and how far today's are."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from identity.models import Role, User
from quality.models import Review, ReviewTask, SamplingPlan, Score
from quality.queries.calibration import hidden_from
from quality.queries.scores import queue_of

WAITING = ReviewTask.Status.WAITING


@dataclass(frozen=True)
class Progress:
    """Reviews submitted today, and with what is still due today."""

    done: int
    total: int

    @property
    def share(self) -> float:
        return 100 * self.done / self.total if self.total else 0.0


def progress_of(reviewer: User) -> Progress:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    done = Review.objects.filter(reviewer=reviewer, counts=True, submitted_at__gte=midnight).count()
    return Progress(done=done, total=done + tasks_of(reviewer).count())


def tasks_of(reviewer: User) -> QuerySet[ReviewTask]:
    """What waits for this reviewer, by its due moment."""
    own = ReviewTask.objects.filter(Q(assignee=reviewer) | Q(assignee__isnull=True), status=WAITING)
    seen = own.exclude(score__conversation__in=hidden_from(reviewer))
    return with_all(seen.exclude(score__agent=reviewer)).order_by("due_at", "pk")


def all_waiting() -> QuerySet[ReviewTask]:
    return with_all(ReviewTask.objects.filter(status=WAITING)).order_by("due_at", "pk")


def with_all(tasks: QuerySet[ReviewTask]) -> QuerySet[ReviewTask]:
    return tasks.select_related("plan", "assignee", "score__agent", "score__conversation__ticket__topic")


def next_score(reviewer: User) -> Score | None:
    """What this reviewer should look at next."""
    return queue_of(Score.objects.exclude(conversation__in=hidden_from(reviewer)), reviewer).first()


def task_for(score: Score, reviewer: User) -> ReviewTask | None:
    return tasks_of(reviewer).filter(score__conversation=score.conversation).first()


def reviewers_of(plan: SamplingPlan) -> list[User]:
    """Whom a plan's tasks go to: those it names, otherwise every supervisor."""
    named = list(plan.reviewers.filter(deactivated_at=None).order_by("full_name", "pk"))
    return named or list(User.objects.filter(role=Role.SUPERVISOR, deactivated_at=None).order_by("full_name", "pk"))


def load_of(reviewers: list[User]) -> dict[str, int]:
    """How many tasks wait for each."""
    rows = ReviewTask.objects.filter(status=WAITING, assignee__in=reviewers).values("assignee")
    return {str(row["assignee"]): row["n"] for row in rows.annotate(n=Count("pk"))}


def plans_with_counts() -> QuerySet[SamplingPlan]:
    """Every plan with what came of it."""
    counted = {name: Count("tasks", filter=Q(tasks__status=name)) for name in ("waiting", "done", "dropped")}
    return SamplingPlan.objects.annotate(**counted).prefetch_related("reviewers").order_by("pk")


def active_plans() -> list[SamplingPlan]:
    return list(SamplingPlan.objects.filter(is_active=True).order_by("pk"))


def random_share() -> float | None:
    """The share of the random plan among everything drawn in thirty days: the unbiased core, half at least."""
    since = timezone.now() - timedelta(days=30)
    drawn = ReviewTask.objects.filter(drawn_at__gte=since, plan__isnull=False)
    total = drawn.count()
    return 100 * drawn.filter(plan__kind=SamplingPlan.Kind.RANDOM).count() / total if total else None
