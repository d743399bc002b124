"""Prepared answers for those who keep them: what waits for approval, what is to be reviewed, how often each is used."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from tickets.access import supervisor_of
from tickets.errors import NotVisible
from tickets.models import AnswerVersion, CannedAnswer
from tickets.queries.answers import words_of

State = AnswerVersion.State


def prepared_for(user: object, canned_id: int) -> CannedAnswer:
    supervisor_of(user)
    answer = CannedAnswer.objects.select_related("topic", "approved_by").filter(pk=canned_id).first()
    if answer is None:
        raise NotVisible
    return answer


def prepared_answers(*, query: str, show: str) -> QuerySet[CannedAnswer]:
    """All of them, those that wait for approval, or those to be reviewed; found by any word in any of its forms."""
    opened = AnswerVersion.objects.filter(answer=OuterRef("pk"), state__in=[State.DRAFT, State.WAITING])
    answers = CannedAnswer.objects.select_related("topic", "approved_by")
    answers = answers.annotate(used=Count("uses"), opened=Subquery(opened.values("state")[:1]))
    if show == "waiting":
        answers = answers.filter(waits())
    elif show == "review":
        answers = answers.filter(to_review())
    return _matching(answers, query.strip()) if query.strip() else answers


def waits() -> Exists:
    return Exists(AnswerVersion.objects.filter(answer=OuterRef("pk"), state=State.WAITING))


def to_review() -> Q:
    """In force, and its day is over or was never named."""
    return Q(version__gt=0) & (Q(review_by=None) | Q(review_by__lt=timezone.localdate()))


def counted() -> dict[str, int]:
    return {
        "waiting": CannedAnswer.objects.filter(waits()).count(),
        "review": CannedAnswer.objects.filter(to_review()).count(),
    }


def wordings_of(answer: CannedAnswer) -> list[AnswerVersion]:
    """Newest first."""
    return list(answer.versions.select_related("author", "settled_by"))


def _matching(answers: QuerySet[CannedAnswer], query: str) -> QuerySet[CannedAnswer]:
    named = Q(shortcut__icontains=query.lstrip("/")) | Q(title__icontains=query) | Q(title_en__icontains=query)
    if not (words := words_of(query)):
        return answers.filter(named)
    answers = answers.annotate(
        russian=SearchVector("title", "body", config="russian"),
        english=SearchVector("title_en", "body_en", config="english"),
    )
    russian = Q(russian=SearchQuery(words, config="russian", search_type="raw"))
    return answers.filter(named | russian | Q(english=SearchQuery(words, config="english", search_type="raw")))
