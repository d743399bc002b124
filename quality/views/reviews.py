"""The agent's answer to a review: agreed, or disputed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quality import access
from quality.actions.disputes import dispute_review
from quality.actions.reviews import acknowledge_review
from quality.forms.disputes import objection_of_form
from quality.views.reader import reader_of


@require_POST
def acknowledge(request: HttpRequest, review_id: int) -> HttpResponse:
    reader = reader_of(request)
    review = acknowledge_review(review=access.review_about(reader, review_id), by=reader)
    messages.success(request, _("Thank you. The review is acknowledged."))
    return redirect("quality-score", review.score_id)


@require_POST
def object_to(request: HttpRequest, review_id: int) -> HttpResponse:
    reader = reader_of(request)
    review = access.review_about(reader, review_id)
    dispute = dispute_review(review=review, by=reader, objection=objection_of_form(request.POST))
    messages.success(request, _("The dispute is sent."))
    return redirect("quality-dispute", dispute.pk)
