"""Asking borrowers, and taking their answers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.models import Conversation
from identity.actions import record_audit
from identity.models import Borrower, User
from quality.actions.follow_ups import follow_up_response
from quality.errors import AnswerIncomplete, SurveyAnswered, SurveyOver
from quality.models import Survey, SurveyInvite, SurveyResponse, SurveyStop, SurveyVersion
from quality.queries.surveys import (
    asked_about,
    kinds_asked,
    last_asked_by_address,
    seen_since,
    surveys_for,
    version_in_use,
    who_served,
)
from quality.rules import surveys as rules
from tickets.actions.notice_links import MARK
from tickets.actions.notices import send_notice
from tickets.actions.rollups import promise_day
from tickets.models import OutboundLetter, Ticket

LINK_PATH = "/surveys/"
WAVE_OF = timedelta(days=90)  # a wave asks those who spoke with the desk within this time
Way, Trigger = SurveyInvite.Way, Survey.Trigger


@transaction.atomic
def seed_default_surveys() -> list[Survey]:
    """Give a desk without any survey the usual ones; again it changes nothing."""
    if Survey.objects.exists():
        return []
    return [_create(text) for text in rules.default_surveys()]


def _create(text: rules.SurveyText) -> Survey:
    survey = Survey.objects.create(
        code=text.code,
        kind=text.kind,
        trigger=text.trigger,
        channels=list(text.channels),
        delay=text.delay,
        share=text.share,
        low_at=text.low_at,
    )
    questions = [asdict(question) for question in text.questions]
    SurveyVersion.objects.create(survey=survey, number=1, questions=questions, published_at=timezone.now())
    return survey


@transaction.atomic
def change_questions(*, survey: Survey, questions: list[dict[str, Any]], by: User) -> SurveyVersion:
    """Ask other words from now on; answers given before stay with the words they were given to."""
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    last = survey.versions.aggregate(last=Max("number"))["last"] or 0
    version = SurveyVersion.objects.create(
        survey=survey, number=last + 1, questions=questions, published_at=timezone.now(), created_by=by
    )
    record_audit(code="survey_changed", actor=by, object_kind="survey", object_id=survey.pk, version=version.number)
    return version


@transaction.atomic
def change_survey(*, survey: Survey, by: User, **said: Any) -> Survey:
    """Set how often and of whom it is asked: ``share``, ``delay``, ``low_at``, ``is_active``."""
    for name, value in said.items():
        setattr(survey, name, value)
    survey.save(update_fields=list(said))
    record_audit(code="survey_changed", actor=by, object_kind="survey", object_id=survey.pk, **said)
    return survey


@transaction.atomic
def ask_after_dialog(*, conversation: Conversation) -> SurveyInvite | None:
    """Ask about a conversation that ended, if somebody is to be asked at all: at most one survey.

    Of the surveys whose draw falls on this conversation the borrower is asked the one they were asked longest ago.
    """
    borrower = conversation.borrower
    if borrower is not None:
        Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    trigger = Trigger.LETTER if conversation.channel == "email" else Trigger.CLOSED
    found = surveys_for(trigger=trigger, channel=conversation.channel)
    drawn = [each for each in found if rules.is_drawn(each.code, str(conversation.pk), share=each.share)]
    if not drawn or SurveyInvite.objects.filter(conversation=conversation).exists() or _is_left_alone(conversation):
        return None
    asked = kinds_asked(borrower) if borrower is not None else {}
    survey = min(drawn, key=lambda each: (each.pk in asked, asked.get(each.pk), each.pk))
    return _invite_by_letter(survey, conversation) if trigger == Trigger.LETTER else _invite(survey, conversation)


def _is_left_alone(conversation: Conversation) -> bool:
    now = timezone.now()
    if conversation.channel == "email" and (address := conversation.correspondent_address):
        last = last_asked_by_address(address)
        if last is not None and now - last < rules.QUIET:
            return True
    has_way = bool(conversation.correspondent_address) if conversation.channel == "email" else True
    return bool(rules.why_not_asked(asked_about(conversation.borrower, has_way=has_way), now=now))


def _invite(survey: Survey, conversation: Conversation) -> SurveyInvite:
    return SurveyInvite.objects.create(
        version=version_in_use(survey),
        borrower=conversation.borrower,
        conversation=conversation,
        agent=who_served(conversation),
        way=Way.WIDGET,
        language=conversation.language,
        expires_at=timezone.now() + rules.LIVES,
    )


def _invite_by_letter(survey: Survey, conversation: Conversation) -> SurveyInvite | None:
    ticket = Ticket.objects.select_related("conversation").get(conversation=conversation)
    with translation.override(conversation.language):
        subject, body = conversation.subject or _("Your question"), _words()
    letter = send_notice(
        ticket=ticket, purpose=OutboundLetter.Purpose.SURVEY, subject=subject, body=body, link_path=LINK_PATH
    )
    if letter is None:
        return None
    invite = _invite(survey, conversation)
    invite.way, invite.letter = Way.LETTER, letter
    invite.save(update_fields=["way", "letter"])
    return invite


def _words() -> str:
    asks = _("We answered your letter. Please tell us how we did: it takes less than a minute.")
    stays = _("The link works once and names nobody. There is no need to answer this letter.")
    return "\n\n".join([_("Hello."), asks, MARK, stays])


def ask_wave(*, survey: Survey, limit: int = 1000) -> int:
    """Ask the drawn share of those who spoke with the desk lately; returns how many. Each in a transaction of its own.

    The draw is another one each quarter, so that over a year everybody's turn comes.
    """
    now = timezone.now()
    quarter = f"{now.year}-{(now.month - 1) // 3}"
    drawn = (
        each
        for each in seen_since(now - WAVE_OF).iterator(chunk_size=500)
        if rules.is_drawn(f"{survey.code}:{quarter}", str(each.pk), share=survey.share)
    )
    asked = 0
    for borrower in drawn:
        asked += _ask_in_wave(survey, borrower)
        if asked >= limit:
            break
    return asked


@transaction.atomic
def _ask_in_wave(survey: Survey, borrower: Borrower) -> bool:
    """Whether the borrower was asked: not within the quiet period of any survey."""
    borrower = Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    now = timezone.now()
    if rules.why_not_asked(asked_about(borrower), now=now):
        return False
    SurveyInvite.objects.create(
        version=version_in_use(survey),
        borrower=borrower,
        way=Way.HISTORY,
        language=borrower.language,
        expires_at=now + rules.LIVES,
    )
    return True


@transaction.atomic
def answer_survey(
    *, invite: SurveyInvite, answers: Mapping[str, Any], comment: str = "", language: str = "ru"
) -> SurveyResponse:
    """Keep the answers; the same again is the same response, other answers are refused.

    Raises ``SurveyOver`` when its time has passed, ``AnswerIncomplete`` naming the questions.
    """
    invite = SurveyInvite.objects.select_for_update(of=("self",)).select_related("version__survey").get(pk=invite.pk)
    given, comment = dict(answers), comment.strip()[: rules.COMMENT]
    if (known := SurveyResponse.objects.filter(invite=invite).first()) is not None:
        if known.answers == given and known.comment == comment:
            return known
        raise SurveyAnswered
    if invite.expires_at < timezone.now():
        raise SurveyOver
    if wrong := rules.problems_of(rules.questions_of(invite.version.questions), given):
        raise AnswerIncomplete(wrong)
    response = SurveyResponse.objects.create(invite=invite, answers=given, comment=comment, language=language)
    promise_day(of=invite.sent_at)
    survey = invite.version.survey
    if rules.is_low(survey.kind, given, low_at=survey.low_at):
        follow_up_response(response=response)
    return response


@transaction.atomic
def stop_asking(*, borrower: Borrower, reason: str, by: User | None) -> SurveyStop:
    """Leave a borrower in peace; again it changes nothing. What waits for an answer is over."""
    stop, is_new = SurveyStop.objects.get_or_create(borrower=borrower, reason=reason, until=None, defaults={"by": by})
    if is_new:
        waiting = SurveyInvite.objects.filter(borrower=borrower, response__isnull=True, expires_at__gt=timezone.now())
        waiting.update(expires_at=timezone.now())
        record_audit(code="survey_stopped", actor=by, object_kind="borrower", object_id=str(borrower.pk), reason=reason)
    return stop


@transaction.atomic
def ask_again(*, stop: SurveyStop, by: User) -> SurveyStop:
    """The reason to leave somebody in peace is over."""
    stop.until = timezone.now()
    stop.save(update_fields=["until"])
    record_audit(code="survey_stop_over", actor=by, object_kind="borrower", object_id=str(stop.borrower_id))
    return stop
