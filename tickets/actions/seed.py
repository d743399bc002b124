"""What a new desk begins with: topics and scenarios, promises, hours, prepared answers; repeating it is harmless."""

from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import Channel
from tickets.actions.seed_answers import ANSWERS, REVIEWED_WITHIN
from tickets.actions.seed_scenarios import seed_scenario
from tickets.actions.seed_topics import TOPICS
from tickets.models import Calendar, CannedAnswer, SlaTarget, Topic, WorkingHours
from tickets.queries.promises import forget_promises

CHAT = {"first_response_time": 30, "next_response_time": 120, "first_warn_time": 10, "next_warn_time": 30}
LETTER = {"first_response_time": 3600, "next_response_time": 3600, "first_warn_time": 900, "next_warn_time": 900}


@transaction.atomic
def seed_desk() -> None:
    """Everything below; what somebody has changed since stays changed."""
    seed_topics()
    seed_promises()
    seed_hours()
    seed_answers()


@transaction.atomic
def seed_topics() -> None:
    for position, topic in enumerate(TOPICS):
        row, is_new = Topic.objects.get_or_create(
            code=topic.code,
            defaults={
                "title_ru": topic.ru,
                "title_en": topic.en,
                "icon": topic.icon,
                "position": position,
                "is_offered": topic.is_offered,
                "is_complaint": topic.is_complaint,
            },
        )
        if is_new:
            seed_scenario(topic=row, steps=topic.steps)


@transaction.atomic
def seed_promises() -> None:
    """Chat: first answer in half a minute, the next in two; letters within the hour."""
    for channel, promise in ((Channel.CHAT, CHAT), (Channel.EMAIL, LETTER)):
        SlaTarget.objects.get_or_create(channel=channel, topic=None, defaults=promise)
    forget_promises()


@transaction.atomic
def seed_hours() -> None:
    """Round the clock, so that the desk can be tried at any hour."""
    Calendar.objects.get_or_create(is_default=True, defaults={"name": "Часы работы"})
    if not WorkingHours.objects.exists():
        whole_day = {"opens_at": time(0), "closes_at": time(0)}
        WorkingHours.objects.bulk_create(WorkingHours(weekday=day, **whole_day) for day in range(7))
    forget_promises()


@transaction.atomic
def seed_answers() -> None:
    topics = {topic.code: topic for topic in Topic.objects.all()}
    review_by = timezone.localdate() + timedelta(days=REVIEWED_WITHIN)
    for position, answer in enumerate(ANSWERS):
        CannedAnswer.objects.get_or_create(
            shortcut=answer.shortcut,
            defaults={
                "topic": topics.get(answer.topic),
                **answer.wording,
                "position": position,
                "review_by": review_by,
            },
        )


@transaction.atomic
def set_hours(*, hours: dict[int, tuple[time, time]]) -> None:
    """When people answer, by weekday; a day left out is a day off."""
    WorkingHours.objects.all().delete()
    rows = [WorkingHours(weekday=day, opens_at=opens, closes_at=closes) for day, (opens, closes) in hours.items()]
    WorkingHours.objects.bulk_create(rows)
    forget_promises()
