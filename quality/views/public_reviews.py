"""Public reviews: the list, one with its answer, what comes in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from quality import access
from quality.actions import public_reviews as actions
from quality.errors import AnswerConfirms, QualityError
from quality.forms.public_reviews import FileForm, PasteForm
from quality.models import PublicReview
from quality.queries.public_reviews import reviews_of
from quality.views.reader import reader_of
from tickets.access import supervisor_of
from tickets.queries.letters import held_review_letters

PAGE, MOST_LETTERS = 25, 100


@require_GET
def show_reviews(request: HttpRequest) -> HttpResponse:
    """What is written about us, the newest first."""
    supervisor_of(reader_of(request))
    return _list(request, FileForm(), PasteForm())


def _list(request: HttpRequest, file: FileForm, paste: PasteForm, status: int = 200) -> HttpResponse:
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in PublicReview.Status.values else ""
    context = {
        "section": "quality",
        "reviews": Paginator(reviews_of(chosen), PAGE).get_page(request.GET.get("page")),
        "states": PublicReview.Status.choices,
        "chosen": chosen,
        "file": file,
        "paste": paste,
        "letters": held_review_letters()[:MOST_LETTERS],
    }
    return render(request, "quality/public_reviews/list.html", context, status=status)


@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, PasteForm(), status=400)
    done = actions.import_reviews(source=form.cleaned_data["source"].strip(), found=form.table.reviews, by=by)
    messages.success(request, said(done))
    if lines := [str(line) for line, _code in form.table.problems]:
        shown = ", ".join(lines[:20])
        messages.warning(request, _("These lines could not be read: %(lines)s") % {"lines": shown})
    return redirect("public-reviews")


@require_POST
def paste(request: HttpRequest) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _list(request, FileForm(), form, status=400)
    done = actions.import_reviews(source=form.cleaned_data["source"].strip(), found=[form.review()], by=by)
    messages.success(request, said(done))
    return redirect("public-reviews")


def said(done: actions.Imported) -> str:
    """How many came in, in words."""
    new = ngettext("%(n)d new review.", "%(n)d new reviews.", done.new) % {"n": done.new}
    known = ngettext("%(n)d was here already.", "%(n)d were here already.", done.known) % {"n": done.known}
    return f"{new} {known}" if done.known else new


@require_GET
def show_review(request: HttpRequest, public_review: int) -> HttpResponse:
    return _one(request, access.public_review_for(reader_of(request), public_review))


def _one(request: HttpRequest, review: PublicReview, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "section": "quality",
        "review": review,
        "guesses": review.guesses.select_related("borrower").order_by("-weight"),
        "answer": review.answers.order_by("-pk").first(),
        "reader": reader_of(request),
        **more,
    }
    return render(request, "quality/public_reviews/review.html", context, status=status)


@require_POST
def handle(request: HttpRequest, public_review: int) -> HttpResponse:
    """Take it, or leave it without an answer."""
    by = reader_of(request)
    review = access.public_review_for(by, public_review)
    if request.POST.get("do") == "leave":
        actions.leave_review(review=review, by=by)
    else:
        actions.take_review(review=review, by=by)
    return redirect("public-review", review.pk)


@require_POST
def draft(request: HttpRequest, public_review: int) -> HttpResponse:
    """Store an answer for approval; a refused one keeps its text and shows the words it stumbled on."""
    by = reader_of(request)
    review = access.public_review_for(by, public_review)
    text = str(request.POST.get("text", ""))[:5000]
    if not text.strip():
        return _one(request, review, 400, problem=_("Write an answer."))
    try:
        actions.draft_answer(review=review, text=text, by=by)
    except AnswerConfirms as refused:
        return _one(request, review, 400, typed=text, problem=str(refused.message), words=refused.words)
    messages.success(request, _("The answer waits for somebody else's approval."))
    return redirect("public-review", review.pk)


@require_POST
def settle(request: HttpRequest, public_answer: int) -> HttpResponse:
    """Approve an answer, or note that it stands on the site."""
    by = reader_of(request)
    answer = access.public_answer_for(by, public_answer)
    try:
        if request.POST.get("do") == "published":
            actions.note_publication(answer=answer, by=by)
        else:
            actions.approve_answer(answer=answer, by=by)
    except QualityError as refused:
        messages.error(request, str(refused.message))
    return redirect("public-review", answer.public_review_id)


@require_POST
def decide(request: HttpRequest, guess: int) -> HttpResponse:
    """What a person thinks of a hypothesis."""
    by = reader_of(request)
    found = access.guess_for(by, guess)
    actions.decide_guess(guess=found, is_confirmed=request.POST.get("is") == "yes", by=by)
    return redirect("public-review", found.public_review_id)
