"""Which conversations a re-scoring goes through, in which order, and how far it is."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from chat.models import Channel, Conversation
from identity.models import User
from quality.models import Rescoring, ServiceStandard

TRIAL = 500  # dialogs a draft is tried on
RELATED = ("borrower", "ticket__topic")


def conversations_of(rescoring: Rescoring) -> QuerySet[Conversation]:
    """Of a trial the last that ended, the newest first; else all since a day, the oldest first."""
    ended = meant_for(rescoring.version.standard)
    if rescoring.is_trial:
        return ended.order_by("-closed_at", "-pk")
    if rescoring.since is not None:
        ended = ended.filter(closed_at__gte=rescoring.since)
    return ended.order_by("closed_at", "pk")


def next_of(rescoring: Rescoring, *, limit: int) -> list[Conversation]:
    """What comes behind the last one that was done."""
    waiting = conversations_of(rescoring)
    last = Conversation.objects.filter(pk=rescoring.last_conversation).first() if rescoring.last_conversation else None
    if last is not None:
        waiting = waiting.filter(_behind(last, descending=rescoring.is_trial))
    if rescoring.is_trial:
        limit = min(limit, max(TRIAL - rescoring.done, 0))
    return list(waiting.select_related(*RELATED)[:limit])


def count_of(rescoring: Rescoring) -> int:
    count = conversations_of(rescoring).count()
    return min(count, TRIAL) if rescoring.is_trial else count


def meant_for(standard: ServiceStandard) -> QuerySet[Conversation]:
    """Conversations that ended and that this standard is for."""
    ended = Conversation.objects.filter(closed_at__isnull=False).exclude(channel=Channel.PROBE)
    if standard.channels:
        ended = ended.filter(channel__in=standard.channels)
    topics = [topic.pk for topic in standard.topics.all()]
    return ended.filter(ticket__topic__in=topics) if topics else ended


def rescorings(limit: int = 20) -> list[Rescoring]:
    """Those of the past, not trials; the newest first."""
    past = Rescoring.objects.filter(is_trial=False).select_related("version__standard", "started_by")
    return list(past.order_by("-pk")[:limit])


def rescoring_by_id(id: int) -> Rescoring | None:  # noqa: A002
    return Rescoring.objects.select_related("version__standard", "started_by").filter(pk=id).first()


def newest_trial(version_id: int) -> Rescoring | None:
    return Rescoring.objects.filter(version=version_id, is_trial=True).order_by("-pk").first()


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Of agents, whom the results of a trial keep by id only."""
    return {str(pk): name for pk, name in User.objects.filter(pk__in=list(ids)).values_list("pk", "full_name")}


def _behind(last: Conversation, *, descending: bool) -> Q:
    if descending:
        return Q(closed_at__lt=last.closed_at) | Q(closed_at=last.closed_at, pk__lt=last.pk)
    return Q(closed_at__gt=last.closed_at) | Q(closed_at=last.closed_at, pk__gt=last.pk)
