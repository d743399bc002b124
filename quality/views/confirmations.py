"""Critical failures that a check saw: to be confirmed or refused by a person; confirmed ones are incidents."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quality import access
from quality.actions.incidents import settle_confirmation
from quality.queries.confirmations import incidents, to_confirm
from quality.serializers.confirmations import confirmation_row
from quality.views.reader import reader_of


@require_safe
def show_confirmations(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    visible = access.confirmations_visible_to(reader)
    context = {
        "section": "quality",
        "waiting": [confirmation_row(one, reader) for one in to_confirm(visible)],
        "incidents": [confirmation_row(one, reader) for one in incidents(visible)],
    }
    return render(request, "quality/confirmations/list.html", context)


@require_POST
def settle(request: HttpRequest, confirmation_id: int) -> HttpResponse:
    """``answer`` is ``yes`` or ``no``."""
    reader = reader_of(request)
    settle_confirmation(
        confirmation=access.confirmation_for(reader, confirmation_id),
        by=reader,
        is_confirmed=request.POST.get("answer") == "yes",
        comment=str(request.POST.get("comment", ""))[:2000],
    )
    messages.success(request, _("The answer is stored."))
    return redirect("quality-confirmations")
