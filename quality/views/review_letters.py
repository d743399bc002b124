"""Letters that tell of a public review, but not which words are it: a person reads them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quality import access
from quality.actions import review_letters as actions
from quality.forms.public_reviews import PasteForm
from quality.queries.review_letters import site_of, text_of
from quality.views.public_reviews import said
from quality.views.reader import reader_of
from tickets.errors import LetterSettled


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, review_letter: int) -> HttpResponse:
    """The letter beside the form; what is entered comes in like a pasted review."""
    by = reader_of(request)
    letter = access.review_letter_for(by, review_letter)
    text = text_of(letter)
    came_on = localdate(letter.arrived_at or letter.received_at)
    initial = {"source": site_of(letter), "written_on": came_on, "text": text}
    form = PasteForm(request.POST) if request.method == "POST" else PasteForm(initial=initial)
    if not form.is_valid():
        context = {"section": "quality", "letter": letter, "text": text, "paste": form}
        status = 400 if form.is_bound else 200
        return render(request, "quality/public_reviews/letter.html", context, status=status)
    try:
        source = form.cleaned_data["source"].strip()
        done = actions.enter_letter(letter=letter, source=source, review=form.review(), by=by)
        messages.success(request, said(done))
    except LetterSettled as refused:
        messages.error(request, str(refused.message))
    return redirect("public-reviews")


@require_POST
def put_away(request: HttpRequest, review_letter: int) -> HttpResponse:
    """There is no review in it."""
    by = reader_of(request)
    try:
        actions.put_letter_away(letter=access.review_letter_for(by, review_letter), by=by)
        messages.success(request, _("The letter is put away."))
    except LetterSettled as refused:
        messages.error(request, str(refused.message))
    return redirect("public-reviews")
