"""Prepared answers: written by one person, approved by another; each wording is kept, and what leaves is looked at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from chat.rules.entries import StoredEntry
from identity.actions import record_audit
from identity.models import User
from tickets.errors import Invalid, Sealed
from tickets.models import AnswerUse, AnswerVersion, CannedAnswer, Topic
from tickets.rules.answers import stands_in

State = AnswerVersion.State
OPEN = (State.DRAFT, State.WAITING)
WORDING = ("title", "body", "title_en", "body_en", "is_sealed", "review_by")


@transaction.atomic
def save_answer(
    *, answer: CannedAnswer, also: Iterable[Topic], wording: Mapping[str, Any], hand_in: bool, by: User
) -> AnswerVersion:
    """Keep the wording as a draft, or hand it in for approval; agents go on with what was approved before."""
    is_new = answer.pk is None
    if is_new:
        answer.version, answer.title, answer.title_en = 0, wording["title"], wording["title_en"]
    else:
        _keep_what_holds(_locked(answer))
    answer.save(force_insert=is_new, update_fields=None if is_new else ["shortcut", "topic"])
    answer.also.set(also)
    version = _draft_of(answer, by)
    for name in WORDING:
        setattr(version, name, wording[name])
    version.state = State.WAITING if hand_in else State.DRAFT
    version.saved_at, version.note = timezone.now(), "" if hand_in else version.note
    version.save()
    code = "answer.handed_in" if hand_in else ("answer.added" if is_new else "answer.changed")
    _write_down(code, version, by, topics=sorted(each.code for each in (answer.topic, *also) if each))
    return version


@transaction.atomic
def approve_answer(*, answer: CannedAnswer, number: int, by: User) -> CannedAnswer:
    """What waits becomes what agents use. The database refuses an author who approves, too."""
    answer = _locked(answer)
    version = _waiting(answer, number, by)
    _settle(version, State.APPROVED, by)
    for name in WORDING:
        setattr(answer, name, getattr(version, name))
    answer.version, answer.approved_by, answer.approved_at = version.number, by, version.settled_at
    answer.save()
    _write_down("answer.approved", version, by)
    return answer


@transaction.atomic
def return_answer(*, answer: CannedAnswer, number: int, note: str, by: User) -> AnswerVersion:
    """Back to the author, with what has to be changed."""
    version = _waiting(_locked(answer), number, by)
    if not note.strip():
        raise Invalid("note_required")
    version.note = note.strip()
    _settle(version, State.DRAFT, by)
    _write_down("answer.returned", version, by)
    return version


@transaction.atomic
def withdraw_answer(*, answer: CannedAnswer, by: User) -> CannedAnswer:
    """Nobody may use it from now on; its wordings stay, and a new one may be approved."""
    answer = _locked(answer)
    _keep_what_holds(answer)
    held, answer.version = answer.version, 0
    answer.save(update_fields=["version"])
    record_audit(code="answer.withdrawn", actor=by, object_kind="answer", object_id=str(answer.pk), version=held)
    return answer


def count_uses(entries: Sequence[StoredEntry]) -> None:
    """Refuse a sealed text that would not leave as approved, and count the rest. Plain messages cost no query."""
    marked = [each for each in entries if each.data and "answers" in each.data and _is_said(each)]
    if not marked:
        return
    known = CannedAnswer.objects.in_bulk({number for each in marked for number in each.data["answers"]})
    uses = [(each, _checked(known.get(number), each)) for each in marked for number in each.data["answers"]]
    AnswerUse.objects.bulk_create(
        AnswerUse(
            answer=answer, version=answer.version, conversation_id=each.conversation_id, used_by_id=each.author_id
        )
        for each, answer in uses
    )


def _is_said(entry: StoredEntry) -> bool:
    return entry.kind == "message" and entry.author_kind == "staff"


def _checked(answer: CannedAnswer | None, entry: StoredEntry) -> CannedAnswer:
    if answer is None:
        raise Invalid("unknown_answer")
    if not answer.is_sealed:
        return answer
    title = answer.title or answer.title_en
    if not answer.is_approved:
        raise Sealed("not_approved", title)
    if answer.is_expired():
        raise Sealed("expired", title)
    if not stands_in(entry.body, answer.body) and not stands_in(entry.body, answer.body_en):
        raise Sealed("changed", title)
    return answer


def _locked(answer: CannedAnswer) -> CannedAnswer:
    return CannedAnswer.objects.select_for_update().get(pk=answer.pk)


def _keep_what_holds(answer: CannedAnswer) -> None:
    """An answer older than its versions: what agents use is the first wording that is kept."""
    if answer.is_approved:
        wording: dict[str, Any] = {name: getattr(answer, name) for name in WORDING}
        settled = {"settled_by": answer.approved_by, "settled_at": answer.approved_at}
        defaults = {**wording, **settled, "state": State.APPROVED}
        AnswerVersion.objects.get_or_create(answer=answer, number=answer.version, defaults=defaults)


def _draft_of(answer: CannedAnswer, by: User) -> AnswerVersion:
    """The author goes on with their own draft; whoever changes another's words becomes the author of a new wording."""
    known = answer.versions.filter(state__in=OPEN).first()
    if known and known.author_id == by.pk:
        return known
    if known:
        known.state = State.REPLACED
        known.save(update_fields=["state"])
    last = answer.versions.aggregate(last=Max("number"))["last"] or 0
    return AnswerVersion(answer=answer, number=last + 1, author=by)


def _waiting(answer: CannedAnswer, number: int, by: User) -> AnswerVersion:
    version = answer.versions.select_for_update().filter(number=number, state=State.WAITING).first()
    if version is None:
        raise Invalid("nothing_waits")
    if version.author_id == by.pk:
        raise Invalid("own_answer")
    return version


def _settle(version: AnswerVersion, state: str, by: User) -> None:
    version.state, version.settled_by, version.settled_at = state, by, timezone.now()
    version.save()


def _write_down(code: str, version: AnswerVersion, by: User, **detail: Any) -> None:
    """Which wording, never the words."""
    detail |= {"version": version.number, "sealed": version.is_sealed, "review_by": str(version.review_by or "")}
    record_audit(code=code, actor=by, object_kind="answer", object_id=str(version.answer_id), **detail)
