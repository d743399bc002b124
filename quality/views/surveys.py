"""The borrower's voice: indices, what is asked and of whom, and the page behind a letter's link."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.models import Borrower
from quality import access
from quality.actions import surveys as actions
from quality.errors import AnswerIncomplete, QualityError
from quality.forms.surveys import SettingsForm, StopForm, WordsForm, answers_given
from quality.models import SurveyInvite
from quality.queries import voice
from quality.queries.surveys import all_surveys, invite_by_letter, standing_stops, version_in_use
from quality.rules.surveys import COMMENT, questions_of
from quality.serializers.surveys import asked
from quality.serializers.voice import index_rows
from quality.views.reader import reader_of
from tickets.access import supervisor_of
from tickets.actions.notice_links import letter_by_token

MONTHS = 6
DAYS = 31


@require_GET
def show_voice(request: HttpRequest) -> HttpResponse:
    """Every index with interval, n and response rate, month by month."""
    supervisor_of(reader_of(request))
    return _voice(request, StopForm())


def _voice(request: HttpRequest, stop_form: StopForm, status: int = 200) -> HttpResponse:
    until = timezone.now()
    found = voice.indices_between(until - timedelta(days=MONTHS * DAYS), until)
    context = {
        "section": "quality",
        "rows": index_rows(found),
        "surveys": all_surveys(),
        "stops": standing_stops(),
        "stop_form": stop_form,
    }
    return render(request, "quality/surveys/voice.html", context, status=status)


@require_http_methods(["GET", "POST"])
def set_survey(request: HttpRequest, survey: str) -> HttpResponse:
    """How often a survey is asked, and in which words."""
    by = supervisor_of(reader_of(request))
    found = access.survey_for(by, survey)
    version = version_in_use(found)
    questions = questions_of(version.questions)
    data = request.POST if request.method == "POST" else None
    usual = {
        "is_active": found.is_active,
        "percent": round(found.share * 100),
        "minutes": found.delay // 60,
        "low_at": found.low_at,
    }
    form, words = SettingsForm(data, initial=usual), WordsForm(questions, data)
    if data is not None and form.is_valid() and words.is_valid():
        actions.change_survey(survey=found, by=by, **form.settings())
        if (changed := words.changed()) != version.questions:
            actions.change_questions(survey=found, questions=changed, by=by)
        messages.success(request, _("Saved."))
        return redirect("quality-voice")
    context = {"section": "quality", "survey": found, "version": version, "form": form, "words": words}
    return render(request, "quality/surveys/survey.html", context, status=400 if data is not None else 200)


@require_POST
def leave_in_peace(request: HttpRequest) -> HttpResponse:
    """Leave a borrower in peace."""
    by = supervisor_of(reader_of(request))
    form = StopForm(request.POST)
    if not form.is_valid():
        return _voice(request, form, status=400)
    borrower = access.borrower_by_number(by, form.cleaned_data["customer"])
    if not isinstance(borrower, Borrower):
        form.add_error("customer", _("There is no borrower with this number."))
        return _voice(request, form, status=400)
    actions.stop_asking(borrower=borrower, reason=form.cleaned_data["reason"], by=by)
    messages.success(request, _("This borrower is not asked any more."))
    return redirect("quality-voice")


@require_POST
def lift_stop(request: HttpRequest, stop: int) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    actions.ask_again(stop=access.stop_for(by, stop), by=by)
    messages.success(request, _("This borrower may be asked again."))
    return redirect("quality-voice")


@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, survey_token: str) -> HttpResponse:
    """The page behind the link of a letter: it names nobody, and works once."""
    letter = letter_by_token(survey_token, link_path=actions.LINK_PATH)
    invite = invite_by_letter(letter.pk) if letter is not None else None
    if invite is None:
        return render(request, "quality/surveys/answer.html", {"state": "spent"}, status=404)
    with translation.override(invite.language):
        return _answered(request, invite)


def _answered(request: HttpRequest, invite: SurveyInvite) -> HttpResponse:
    questions = questions_of(invite.version.questions)
    context: dict[str, Any] = {"questions": asked(questions), "longest": COMMENT}
    if request.method == "GET":
        state = "spent" if hasattr(invite, "response") or invite.expires_at < timezone.now() else "asked"
        return render(request, "quality/surveys/answer.html", context | {"state": state})
    given, comment = answers_given(questions, request.POST), str(request.POST.get("comment", ""))
    try:
        actions.answer_survey(invite=invite, answers=given, comment=comment, language=invite.language)
    except AnswerIncomplete as wrong:
        context |= {"state": "asked", "given": given, "comment": comment, "missing": wrong.codes}
        return render(request, "quality/surveys/answer.html", context, status=400)
    except QualityError as refused:
        return render(request, "quality/surveys/answer.html", {"state": "spent"}, status=refused.status)
    return render(request, "quality/surveys/answer.html", {"state": "done"})
