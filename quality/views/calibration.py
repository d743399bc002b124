"""Calibration: sessions, one with what came of it, and its conversations side by side."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality import access
from quality.actions.calibration import close_calibration, second_agreement, start_calibration
from quality.errors import CalibrationOver, CalibrationRefused, NotFound
from quality.forms.calibration import CalibrationForm
from quality.models import CalibrationSession
from quality.queries import calibration as queries
from quality.queries.scores import newest_of_each
from quality.serializers.beside import beside
from quality.serializers.calibration import agreement_rows, results_page, title_of
from quality.views.reader import reader_of
from tickets.access import supervisor_of

MOST = 100
USUAL_TIME = timedelta(days=3)


@require_safe
def show_sessions(request: HttpRequest) -> HttpResponse:
    """Every session, and what waits for the reader."""
    reader = supervisor_of(reader_of(request))
    rows = [(one, queries.next_card(one, reader) if _is_open(one) else None) for one in queries.sessions()[:MOST]]
    return render(request, "quality/calibration/list.html", {"section": "quality", "rows": rows})


@require_safe
def show_seconds(request: HttpRequest) -> HttpResponse:
    """Do first and second reviewers agree?"""
    supervisor_of(reader_of(request))
    found = second_agreement()
    context = {"section": "quality", "pairs": found["pairs"], "criteria": agreement_rows(found["criteria"])}
    return render(request, "quality/calibration/seconds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """A new session; a refused form keeps what was typed."""
    by = supervisor_of(reader_of(request))
    initial = {"due_at": timezone.localtime(timezone.now() + USUAL_TIME).strftime("%Y-%m-%dT18:00")}
    form = CalibrationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            session = start_calibration(wanted=form.wanted(), by=by)
        except CalibrationRefused as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect("calibration", session.pk)
    context = {"section": "quality", "form": form}
    return render(request, "quality/calibration/begin.html", context, status=400 if form.is_bound else 200)


@require_safe
def show_session(request: HttpRequest, calibration: int) -> HttpResponse:
    """Under way: who sent how many. Closed: what they agree on."""
    reader = reader_of(request)
    session = access.calibration_for(reader, calibration)
    context = {
        "section": "quality",
        "calibration": session,
        "is_open": _is_open(session),
        "progress": queries.progress(session),
        "next": queries.next_card(session, reader) if _is_open(session) else None,
        "drawn": session.results.get("drawn"),
    }
    if not _is_open(session):
        scores = {score.pk: score for score in newest_of_each(session.scores.all())}
        context |= results_page(session, scores)
    return render(request, "quality/calibration/session.html", context)


@require_safe
def show_dialog(request: HttpRequest, calibration: int, id: int) -> HttpResponse:  # noqa: A002
    """Everybody's card of one conversation, side by side, once the session is closed."""
    reader = reader_of(request)
    session = access.calibration_for(reader, calibration)
    score = access.score_for(reader, id)
    cards = queries.all_cards(session, score)
    if _is_open(session) or not cards:
        raise NotFound
    named = [(card.reviewer.full_name, card) for card in cards]
    table = beside(score, named, with_checks=session.with_checks)
    context = {"section": "quality", "score": score, "calibration": session, "title": title_of(score), **table}
    return render(request, "quality/calibration/beside.html", context)


@require_POST
def close(request: HttpRequest, calibration: int) -> HttpResponse:
    by = reader_of(request)
    session = access.calibration_for(by, calibration)
    try:
        close_calibration(session=session, by=by)
    except CalibrationOver as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The calibration is closed."))
    return redirect("calibration", session.pk)


def _is_open(session: CalibrationSession) -> bool:
    return session.status == CalibrationSession.Status.OPEN
