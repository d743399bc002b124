"""A card of one's own: of a calibration, of one's own work, of a mystery visit; and cards side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality import access
from quality.actions.reviews import open_review, save_draft, submit_review
from quality.errors import NotFound, ReviewIncomplete
from quality.forms.reviews import card_of_form, filled_of
from quality.models import CalibrationSession, Review
from quality.queries.calibration import cards_of, next_card
from quality.queries.reviews import shown_review
from quality.queries.self_reviews import self_review
from quality.serializers.beside import beside
from quality.serializers.calibration import title_of
from quality.serializers.review_words import workspace_words
from quality.serializers.score_page import Looked, score_page
from quality.views.reader import reader_of


@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest, card: int) -> HttpResponse:
    """The workspace of one card; sent, it is no more to be changed here."""
    review = access.card_for(reader_of(request), card)
    if not _is_open(review):
        return redirect(_after(review))
    if request.method == "POST":
        return _submit(request, review)
    return render(request, "quality/score.html", _context(review))


@require_POST
def review_oneself(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """The agent's own view of their conversation: never counted, shown to supervisors once it is sent."""
    reader = reader_of(request)
    score = access.own_score_for(reader, id)
    return redirect("quality-card", open_review(of=score, reviewer=reader, source=Review.Source.SELF).pk)


@require_safe
def show_beside(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """The agent's own review and the supervisor's, once the agent's is sent."""
    score = access.score_for(reader_of(request), id)
    own = self_review(score)
    if own is None:
        raise NotFound
    named = [(_("Self-review"), own)]
    if review := shown_review(score):
        named.append((_("Review: %(name)s") % {"name": review.reviewer.full_name}, review))
    context = {"section": "quality", "score": score, "title": title_of(score), **beside(score, named, with_checks=True)}
    return render(request, "quality/calibration/beside.html", context)


def _submit(request: HttpRequest, review: Review) -> HttpResponse:
    card = card_of_form(request.POST)
    try:
        submit_review(review=review, filled=filled_of(review, card))
    except ReviewIncomplete as refusal:
        save_draft(review=review, entries=card, edition=review.edition)
        messages.error(request, refusal.message)
        return redirect("quality-card", review.pk)
    messages.success(request, _("The review is stored."))
    following = next_card(review.session, review.reviewer) if review.session else None
    return redirect("quality-card", following.pk) if following else redirect(_after(review))


def _is_open(review: Review) -> bool:
    is_open = review.session is None or review.session.status == CalibrationSession.Status.OPEN
    return is_open and review.status == Review.Status.DRAFT


def _after(review: Review) -> str:
    if review.session_id is not None:
        return reverse("calibration", args=[review.session_id])
    if review.source == Review.Source.MYSTERY:
        return reverse("mystery-mine")
    return reverse("score-beside", args=[review.score_id])


def _context(review: Review) -> dict[str, Any]:
    score = review.score
    looked = Looked(review=review, is_worked_on=True, is_blind=review.is_blind)
    others = cards_of(review.session, review.reviewer) if review.session else []
    return {
        "section": "quality",
        "score": score,
        "looked": looked,
        "review": review,
        "may_review": True,
        "action": reverse("quality-card", args=[review.pk]),
        "queue_template": "quality/calibration/_cards.html",
        "cards": [(one, title_of(one.score), one.status != Review.Status.DRAFT) for one in others],
        "workspace": {
            "score": score.pk,
            "review": review.pk,
            "edition": review.edition,
            "is_draft": True,
            "words": workspace_words(),
        },
        **score_page(score, looked),
    }
