"""One score with its transcript, and the card."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import User
from quality import access
from quality.actions import submit_review
from quality.forms.reviews import overall_comment, ratings_given
from quality.queries.scores import newest_of_each, queue_of, reviewed_of
from quality.serializers.queue import queue_row
from quality.serializers.score_page import score_page
from quality.views.reader import reader_of

QUEUE = 50


@require_safe
def show_score(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One score: the list, the transcript with its evidence, the card."""
    reader = reader_of(request)
    score = access.score_for(reader, id)
    return render(request, "quality/score.html", _score_context(request, score, is_done=bool(score.reviews.all())))


@require_POST
def submit_card(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Store the reviewer's card and go on to the next conversation."""
    reader = reader_of(request)
    score = access.reviewable_score_for(reader, id)
    submit_review(of=score, reviewer=reader, given=ratings_given(request.POST), comment=overall_comment(request.POST))
    messages.success(request, _("The review is stored."))
    following = queue_of(access.scores_visible_to(reader)).first()
    return redirect("quality-score", following.pk) if following else redirect("quality")


def _score_context(request: HttpRequest, score: Any, *, is_done: bool) -> dict[str, Any]:
    reader = reader_of(request)
    visible = access.scores_visible_to(reader)
    listed = _listed(reader, visible, is_done=is_done)
    return {
        "section": "quality",
        "score": score,
        "is_done": is_done,
        "may_review": access.may_review(reader, score),
        "queue": [queue_row(one) for one in listed[:QUEUE]],
        "queue_count": listed.count(),
        **score_page(score),
    }


def _listed(reader: User, visible: Any, *, is_done: bool) -> Any:
    """A supervisor goes through a queue; an agent looks at everything of their own."""
    if not reader.is_supervisor:
        return newest_of_each(visible)
    return reviewed_of(visible) if is_done else queue_of(visible)
