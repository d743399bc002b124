"""All tickets as a list: narrowed, kept under a name, and changed many at a time."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from supportdesk.words import plural_forms
from tickets import access
from tickets.actions import lists as actions
from tickets.errors import Invalid
from tickets.forms.lists import DeedForm, ListForm, offered
from tickets.queries.lists import COUNTED, Page, own_view, tickets_page, views_for

REFUSALS = 5  # told by number, the rest by their count


@require_GET
def tickets(request: Any) -> HttpResponse:
    user = access.staff_of(request.user)
    form = ListForm(request.GET)
    asked = form.asked()
    page = tickets_page(form.listed(user), user)
    context = {
        "section": "tickets",
        "form": form,
        "page": page,
        "count": _count_words(page),
        "query": urlencode(asked),
        "following": urlencode({**asked, "before": page.following}) if page.following else "",
        "views": [(one, urlencode(one.asked), one.asked == asked) for one in views_for(user)],
        "now": timezone.now(),
        "asked": asked,
        "chosen": plural_forms("{n} ticket is chosen", "{n} tickets are chosen"),
        "undo": request.session.pop("lists_undo", ""),
        **offered(),
    }
    return render(request, "tickets/lists.html", context)


@require_POST
def keep_view(request: Any) -> HttpResponse:
    user = access.staff_of(request.user)
    asked = ListForm(request.POST).asked()
    title, is_shared = request.POST.get("title", ""), request.POST.get("is_shared") == "on"
    try:
        actions.keep_view(owner=user, title=title, asked=asked, is_shared=is_shared)
    except Invalid as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The list is kept."))
    return _back(asked)


@require_POST
def remove_view(request: Any, view_id: int) -> HttpResponse:
    user = access.staff_of(request.user)
    actions.remove_view(view=own_view(user, view_id), by=user)
    messages.success(request, _("The list is no longer kept; its tickets stay as they are."))
    return redirect("tickets")


@require_POST
def do(request: Any) -> HttpResponse:
    """One deed with the chosen tickets; what refused is told by number, the others are done."""
    user = access.staff_of(request.user)
    form, asked = DeedForm(request.POST), ListForm(request.POST, prefix="list").asked()
    if not form.is_valid():
        told = [*form.non_field_errors(), *(form.errors.get("numbers", []) if request.POST.get("numbers") else [])]
        messages.error(request, str(told[0]) if told else _("Choose at least one ticket and what to do."))
        return _back(asked)
    own = form.cleaned_data
    done = actions.change_many(numbers=own["numbers"], deed=own["deed"], value=own["value"], by=user)
    _tell(request, done)
    request.session["lists_undo"] = done.undo
    return _back(asked)


@require_POST
def undo(request: Any) -> HttpResponse:
    user = access.staff_of(request.user)
    asked = ListForm(request.POST, prefix="list").asked()
    signed = request.POST.get("undo", "")
    if not signed:
        raise Invalid("nothing_to_undo")
    _tell(request, actions.undo_many(signed=signed, by=user))
    return _back(asked)


def _tell(request: Any, done: actions.Done) -> None:
    if n := len(done.changed):
        messages.success(request, ngettext("%(n)s ticket is changed.", "%(n)s tickets are changed.", n) % {"n": n})
    for number, why in done.refused[:REFUSALS]:
        messages.error(request, _("№ %(number)s is as it was: %(why)s") % {"number": number, "why": why})
    more = len(done.refused) - REFUSALS
    if more > 0:
        words = ngettext("And %(n)s more is as it was.", "And %(n)s more are as they were.", more)
        messages.error(request, words % {"n": more})


def _count_words(page: Page) -> str:
    return _("more than %(n)s") % {"n": COUNTED} if page.count > COUNTED else str(page.count)


def _back(asked: dict[str, str]) -> HttpResponse:
    address = reverse("tickets")
    return redirect(f"{address}?{urlencode(asked)}" if asked else address)
