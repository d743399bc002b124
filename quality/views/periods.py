"""Months of reviews: closing one, and changes that come after."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality import access
from quality.actions.periods import ask_late_change, close_month, decide_late_change
from quality.errors import QualityError
from quality.forms.reviews import LONGEST, card_of_form, filled_of
from quality.models import Review
from quality.queries.periods import late_changes, months, waiting_change
from quality.serializers.calibration import title_of
from quality.serializers.scorecard import entries_of, scorecard
from quality.views.reader import reader_of
from tickets.access import supervisor_of

MOST = 50


@require_safe
def show_periods(request: HttpRequest) -> HttpResponse:
    reader = supervisor_of(reader_of(request))
    changes = list(late_changes()[:MOST])
    context = {
        "section": "quality",
        "months": months(timezone.localdate()),
        "waiting": [(one, title_of(one.review.score)) for one in changes if one.decided_at is None],
        "decided": [(one, title_of(one.review.score)) for one in changes if one.decided_at is not None],
        "reader": reader,
    }
    return render(request, "quality/periods/list.html", context)


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    try:
        month = datetime.strptime(str(request.POST.get("month", "")), "%Y-%m").date()
        close_month(month=month, by=by)
    except ValueError:
        messages.error(request, _("There is no such month."))
    except QualityError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The month is closed."))
    return redirect("periods")


@require_http_methods(["GET", "HEAD", "POST"])
def change_late(request: HttpRequest, review_id: int) -> HttpResponse:
    """Propose another card for a review of a closed month; a refused one keeps what was typed."""
    by = supervisor_of(reader_of(request))
    review = access.review_to_change(by, review_id)
    if request.method != "POST":
        return _page(request, review)
    card, reason = card_of_form(request.POST), str(request.POST.get("reason", ""))[:LONGEST]
    try:
        ask_late_change(review=review, filled=filled_of(review, card), reason=reason, by=by)
    except QualityError as refused:
        messages.error(request, str(refused.message))
        return _page(request, _typed(review, card), request.POST, status=refused.status)
    messages.success(request, _("The change waits for a second person."))
    return redirect("periods")


@require_POST
def decide(request: HttpRequest, late_change: int) -> HttpResponse:
    by = reader_of(request)
    change = access.late_change_for(by, late_change)
    try:
        decide_late_change(change=change, by=by, is_agreed=request.POST.get("answer") == "yes")
    except QualityError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The decision is stored."))
    return redirect("periods")


def _typed(review: Review, card: dict[str, Any]) -> Review:
    """The review as the page sent it, to be shown again; nothing of it is stored."""
    entries = entries_of(review)
    typed = {pk: {**entries.get(int(pk), {}), **entry} for pk, entry in card["ratings"].items()}
    review.draft = {**(review.draft or {}), "comment": card["comment"], "ratings": typed}
    return review


def _page(request: HttpRequest, review: Review, typed: QueryDict | None = None, status: int = 200) -> HttpResponse:
    draft = review.draft or {}
    context = {
        "section": "quality",
        "review": review,
        "title": title_of(review.score),
        "rows": scorecard(review.score, review, is_worked_on=True).rows,
        "comment": draft.get("comment", review.comment),
        "reason": typed.get("reason", "") if typed else "",
        "waits": waiting_change(review),
    }
    return render(request, "quality/periods/change.html", context, status=status)
