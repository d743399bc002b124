"""Disputes: what waits, what was decided, and one with its settlement."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quality import access
from quality.actions.disputes import settle_dispute, withdraw_dispute
from quality.forms.disputes import decision_of_form
from quality.queries import disputes as found
from quality.queries.people import agents
from quality.serializers.disputes import dispute_row, proposals
from quality.serializers.queue import topic_of
from quality.views.reader import reader_of

PERIOD = 90  # days the figures cover
PAGE = 25


@require_safe
def show_disputes(request: HttpRequest) -> HttpResponse:
    """An agent's own; for a supervisor all of them, with how they end."""
    reader = reader_of(request)
    visible = access.disputes_visible_to(reader)
    page = Paginator(found.settled(visible), PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "quality",
        "days": PERIOD,
        "open": [dispute_row(one, reader) for one in found.open_first(visible)],
        "page_of_settled": page,
        "settled": [dispute_row(one, reader) for one in page],
        "figures": found.figures(timezone.now() - timedelta(days=PERIOD)) if reader.is_supervisor else None,
    }
    return render(request, "quality/disputes/list.html", context)


@require_safe
def show_dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """What the agent says beside what the review says, and the decision or its form."""
    reader = reader_of(request)
    dispute = access.dispute_for(reader, dispute_id)
    is_open = dispute.status == dispute.Status.OPEN
    context = {
        "section": "quality",
        "dispute": dispute,
        "topic": topic_of(dispute.review.score),
        "rows": proposals(dispute),
        "may_settle": is_open and found.may_settle(reader, dispute),
        "may_withdraw": is_open and dispute.by_id == reader.pk,
        "is_late": is_open and dispute.deadline < timezone.now(),
        "people": agents() if reader.is_supervisor and dispute.kind == dispute.Kind.WRONG_PERSON else [],
        "revisions": dispute.review.revisions.select_related("by").order_by("-pk"),
    }
    return render(request, "quality/disputes/dispute.html", context)


@require_POST
def settle(request: HttpRequest, dispute_id: int) -> HttpResponse:
    reader = reader_of(request)
    dispute = access.dispute_to_settle(reader, dispute_id)
    settle_dispute(dispute=dispute, by=reader, decision=decision_of_form(dispute, request.POST))
    messages.success(request, _("The dispute is settled."))
    return redirect("quality-dispute", dispute.pk)


@require_POST
def withdraw(request: HttpRequest, dispute_id: int) -> HttpResponse:
    reader = reader_of(request)
    withdraw_dispute(dispute=access.dispute_for(reader, dispute_id), by=reader)
    messages.success(request, _("The dispute is withdrawn."))
    return redirect("quality-disputes")
