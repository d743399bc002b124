"""The pages of quality: the overview with the list, and one score with its transcript."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import User
from quality import access
from quality.actions import submit_review
from quality.forms import overall_comment, ratings_given
from quality.queries import overview
from quality.queries.scores import newest_of_each, queue_of, reviewed_of
from quality.queries.standards import version_in_force
from quality.serializers.queue import queue_row
from quality.serializers.score_page import score_page

PERIOD = 30  # days the figures cover
PAGE = 25
QUEUE = 50


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Figures of the last days and every scored conversation the reader may see."""
    visible = access.scores_visible_to(_reader(request))
    ids = overview.newest_ids(visible, timezone.now() - timedelta(days=PERIOD))
    page = Paginator(newest_of_each(visible), PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "quality",
        "days": PERIOD,
        "figures": overview.figures(ids),
        "agents": overview.agents(ids) if _reader(request).is_supervisor else [],
        "least": overview.LEAST,
        "page_of_scores": page,
        "rows": [queue_row(score) for score in page],
        "version": version_in_force(),
        "next": queue_of(visible).first() if _reader(request).is_supervisor else None,
    }
    return render(request, "quality/overview.html", context)


@require_safe
def show_score(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One score: the list, the transcript with its evidence, the card."""
    reader = _reader(request)
    score = access.score_for(reader, id)
    return render(request, "quality/score.html", _score_context(request, score, is_done=bool(score.reviews.all())))


@require_POST
def submit_card(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Store the reviewer's card and go on to the next conversation."""
    reader = _reader(request)
    score = access.reviewable_score_for(reader, id)
    submit_review(of=score, reviewer=reader, given=ratings_given(request.POST), comment=overall_comment(request.POST))
    messages.success(request, _("The review is stored."))
    following = queue_of(access.scores_visible_to(reader)).first()
    return redirect("quality-score", following.pk) if following else redirect("quality")


def _score_context(request: HttpRequest, score: Any, *, is_done: bool) -> dict[str, Any]:
    reader = _reader(request)
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


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)
