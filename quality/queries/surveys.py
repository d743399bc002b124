"""Who was asked, what waits to be answered, and what came back."""

from collections import Counter
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils import timezone

from chat.models import AuthorKind, Channel, Conversation, Entry, EntryKind
from identity.models import Borrower, User
from quality.models import FollowUp, PlantedBorrower, Survey, SurveyInvite, SurveyStop, SurveyVersion
from quality.rules.surveys import Asked


def surveys_for(*, trigger: str, channel: str) -> list[Survey]:
    """The surveys in use that this may set off, in a fixed order; without channels a survey is for all of them."""
    found = Survey.objects.filter(trigger=trigger, is_active=True).order_by("pk")
    return [survey for survey in found if not survey.channels or channel in survey.channels]


def delay_of_surveys(channel: str) -> int | None:
    """Seconds after the end of a conversation of this channel until somebody is asked; None when nobody is."""
    trigger = Survey.Trigger.LETTER if channel == Channel.EMAIL else Survey.Trigger.CLOSED
    return max((survey.delay for survey in surveys_for(trigger=trigger, channel=channel)), default=None)


def version_in_use(survey: Survey) -> SurveyVersion:
    """The wording that is asked now: the newest published one."""
    return survey.versions.filter(published_at__isnull=False).latest("number")


def asked_about(borrower: Borrower | None, *, has_way: bool = True) -> Asked:
    """What speaks for or against asking this person; of an unknown one only whether there is a way."""
    if borrower is None:
        return Asked(has_way=has_way)
    last = SurveyInvite.objects.filter(borrower=borrower).aggregate(last=Max("sent_at"))["last"]
    stops = SurveyStop.objects.filter(borrower=borrower, until__isnull=True).values_list("reason", flat=True)
    planted = PlantedBorrower.objects.filter(borrower=borrower).exists()
    return Asked(last_asked_at=last, stops=frozenset(stops), is_planted=planted, has_way=has_way)


def last_asked_by_address(address: str) -> datetime | None:
    """When a correspondent nobody proved to be a borrower was last sent a survey."""
    sent = SurveyInvite.objects.filter(letter__to_address__iexact=address)
    return sent.aggregate(last=Max("sent_at"))["last"]


def kinds_asked(borrower: Borrower) -> dict[int, datetime]:
    """When this borrower was last asked each survey: whoever was asked one longest ago is asked it first."""
    asked = SurveyInvite.objects.filter(borrower=borrower).values("version__survey").annotate(last=Max("sent_at"))
    return {row["version__survey"]: row["last"] for row in asked}


def waiting_invite_of(borrower: Borrower) -> SurveyInvite | None:
    """What the borrower may answer in the chat or the History now: the newest that is not answered or over."""
    ways = [SurveyInvite.Way.WIDGET, SurveyInvite.Way.HISTORY]
    open_ones = SurveyInvite.objects.filter(
        borrower=borrower, way__in=ways, response__isnull=True, expires_at__gt=timezone.now()
    )
    return open_ones.select_related("version__survey").order_by("-sent_at").first()


def invite_of(borrower: Borrower, id: int) -> SurveyInvite | None:  # noqa: A002
    ways = [SurveyInvite.Way.WIDGET, SurveyInvite.Way.HISTORY]
    mine = SurveyInvite.objects.filter(borrower=borrower, way__in=ways, pk=id)
    return mine.select_related("version__survey").first()


def invite_by_letter(letter: int) -> SurveyInvite | None:
    return SurveyInvite.objects.filter(letter=letter).select_related("version__survey", "conversation").first()


def who_served(conversation: Conversation) -> User | None:
    """Whoever of the staff wrote most of it; of equals, who came first."""
    said = Entry.objects.filter(
        conversation=conversation, author_kind=AuthorKind.STAFF, kind=EntryKind.MESSAGE, author_id__isnull=False
    )
    authors = [author for author in said.order_by("seq").values_list("author_id", flat=True) if author]
    counts = Counter(authors)
    return User.objects.filter(pk=max(authors, key=lambda one: counts[one])).first() if authors else None


def seen_since(moment: datetime) -> QuerySet[Borrower]:
    """Borrowers who spoke with the desk since then and are not planted: whom a wave may ask."""
    recent = Conversation.objects.filter(started_at__gte=moment, borrower__isnull=False).values("borrower")
    return Borrower.objects.filter(pk__in=recent, planted__isnull=True).order_by("pk")


def open_follow_ups() -> QuerySet[FollowUp]:
    """Low answers nobody has settled, the most urgent first."""
    of_response = ("response__invite__version__survey", "response__invite__conversation__ticket")
    related = (*of_response, "rating__conversation__ticket", "assignee")
    return FollowUp.objects.filter(done_at__isnull=True).select_related(*related).order_by("due_at", "pk")


def all_surveys() -> list[Survey]:
    return list(Survey.objects.order_by("pk"))


def standing_stops() -> QuerySet[SurveyStop]:
    """Who is not asked, the newest first."""
    return SurveyStop.objects.filter(until__isnull=True).select_related("borrower", "by").order_by("-since")[:200]
