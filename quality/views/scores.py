"""One score with its transcript: the reviewer's workspace, and what the agent reads and answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import User
from quality import access
from quality.actions.reviews import open_review, save_draft, submit_review
from quality.errors import PeriodClosed, ReviewIncomplete
from quality.forms.reviews import card_of_form, filled_of
from quality.models import Dispute, Review, Score
from quality.queries.agents import pin_of
from quality.queries.calibration import blind_card
from quality.queries.periods import is_closed
from quality.queries.reviews import answer_by, own_review, previous_review, shown_review, source_of, waiting_task
from quality.queries.scores import newest_of_each, queue_of, reviewed_of
from quality.queries.self_reviews import self_review
from quality.queries.tasks import next_score, progress_of
from quality.serializers.queue import queue_row
from quality.serializers.review_words import workspace_words
from quality.serializers.score_page import Looked, score_page
from quality.views.reader import reader_of

QUEUE = 50
OPEN_STATES = {Review.Status.DRAFT, Review.Status.SUBMITTED}


@require_safe
def show_score(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One score: the list, the transcript with its evidence, the card."""
    reader = reader_of(request)
    if card := blind_card(reader, id):
        return redirect("quality-card", card.pk)
    score = access.score_for(reader, id)
    looked = _looked(reader, score, wants_own="mine" in request.GET)
    return render(request, "quality/score.html", _context(reader, score, looked))


@require_POST
def submit_card(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Submit the reviewer's card and go on to the next conversation; what is missing is said, and nothing is lost."""
    reader = reader_of(request)
    score = access.reviewable_score_for(reader, id)
    task = waiting_task(score, reader)
    review = open_review(of=score, reviewer=reader, source=source_of(task), task=task)
    card = card_of_form(request.POST)
    try:
        submit_review(review=review, filled=filled_of(review, card))
    except ReviewIncomplete as refusal:
        save_draft(review=review, entries=card, edition=review.edition)
        messages.error(request, refusal.message)
        return redirect("quality-score", score.pk)
    except PeriodClosed as refusal:
        save_draft(review=review, entries=card, edition=review.edition)
        messages.error(request, refusal.message)
        return redirect("review-late", review.pk)
    messages.success(request, _("The review is stored."))
    following = next_score(reader)
    return redirect("quality-score", following.pk) if following else redirect("quality-queue")


def _looked(reader: User, score: Score, *, wants_own: bool) -> Looked:
    """The reader's own review while it may be changed, otherwise the newest that counts."""
    shown = shown_review(score)
    if not access.may_review(reader, score):
        return Looked(review=shown)
    task = waiting_task(score, reader)
    own = own_review(score, reader, source_of(task))
    is_open = own.status in OPEN_STATES if own else shown is None or task is not None or wants_own
    if not is_open:
        return Looked(review=own or shown)
    is_blind = own.is_blind if own else bool(task and task.is_blind)
    is_hidden = is_blind and (own is None or own.status == Review.Status.DRAFT)
    return Looked(review=own, is_worked_on=True, is_blind=is_hidden)


def _context(reader: User, score: Score, looked: Looked) -> dict[str, Any]:
    listed = _listed(reader, is_done=looked.review is not None and not looked.is_worked_on)
    review = looked.review
    context = {
        "section": "quality",
        "action": reverse("quality-review", args=[score.pk]),
        "queue_template": "quality/_queue.html",
        "score": score,
        "looked": looked,
        "review": review,
        "is_done": not looked.is_worked_on,
        "may_review": looked.is_worked_on,
        "may_answer": review is not None and review.agent_id == reader.pk and review.status == Review.Status.SUBMITTED,
        "answer_by": answer_by(review) if review else None,
        "dispute": review.disputes.order_by("-pk").first() if review and not looked.is_worked_on else None,
        "previous": previous_review(score, score.agent) if looked.is_worked_on else None,
        "queue": [queue_row(one, is_blind=looked.is_blind) for one in listed[:QUEUE]],
        "queue_count": listed.count(),
        "self_review_sent": self_review(score) is not None,
        "may_review_self": score.agent_id == reader.pk,
        "may_change_late": review is not None and reader.is_supervisor and is_closed(review),
        "may_pin": access.may_review(reader, score) and score.agent is not None,
        "pin": pin_of(score, reader),
        "dispute_kinds": Dispute.Kind.choices,
        "progress": progress_of(reader) if reader.is_supervisor else None,
        **score_page(score, looked),
    }
    return context | {"workspace": _workspace(score, review)} if looked.is_worked_on else context


def _workspace(score: Score, review: Review | None) -> dict[str, Any]:
    """What the script of the page starts from."""
    return {
        "score": score.pk,
        "review": review.pk if review else None,
        "edition": review.edition if review else 0,
        "is_draft": review is None or review.status == Review.Status.DRAFT,
        "words": workspace_words(),
    }


def _listed(reader: User, *, is_done: bool) -> Any:
    """A supervisor goes through a queue; an agent looks at everything of their own."""
    visible = access.scores_visible_to(reader)
    if not reader.is_supervisor:
        return newest_of_each(visible)
    return reviewed_of(visible) if is_done else queue_of(visible, reader)
