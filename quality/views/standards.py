"""Service standards under Settings: the editor of a draft, its trial, and all versions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quality import access, actions
from quality.actions.rescoring import start_trial, stop_rescoring
from quality.errors import ChangedMeanwhile, MomentPassed, NotFound, QualityError, StandardNotReady
from quality.forms.moments import read_moment
from quality.forms.standard_edits import EDITS, edit
from quality.forms.standards import Sheet, posted_sheet, read
from quality.models import StandardVersion
from quality.queries.rescoring import newest_trial
from quality.queries.standards import text_of, version_of
from quality.rules.standard_problems import problems_of
from quality.serializers.standard_words import problem_words
from quality.views.reader import reader_of
from quality.views.standard_page import editor_page, impact_page

CONFLICT, WRONG = 409, 400


@require_safe
def show_standards(request: HttpRequest) -> HttpResponse:
    """The editor of the first standard: most desks have one."""
    first = access.first_standard_for(reader_of(request))
    return redirect("standard", first.code)


@require_safe
def show_standard(request: HttpRequest, code: str) -> HttpResponse:
    standard = access.standard_for(reader_of(request), code)
    return render(request, "quality/standards/editor.html", editor_page(standard))


@require_safe
def show_impact(request: HttpRequest, version: int) -> HttpResponse:
    """The trial and the list of changes, asked for again while the trial runs and after each saving."""
    draft = access.version_for_lead(reader_of(request), version)
    return render(request, "quality/standards/_impact.html", impact_page(draft))


@require_POST
def begin_draft(request: HttpRequest, code: str) -> HttpResponse:
    """A draft over a version; the one in force unless another is named."""
    reader = reader_of(request)
    standard = access.standard_for(reader, code)
    base = version_of(standard, request.POST.get("version", ""))
    if base is None:
        raise NotFound
    actions.clone(version=base, by=reader)
    return redirect("standard", standard.code)


@require_POST
def save(request: HttpRequest, version: int) -> HttpResponse:
    """Everything the editor's buttons do: what is written is read and kept first, whichever was pressed."""
    reader = reader_of(request)
    draft = access.version_for_lead(reader, version)
    sheet, do = posted_sheet(request.POST), request.POST.get("do", "save")
    shown = edit(sheet, do) if do.partition(":")[0] in EDITS else ""
    text = read(sheet, base=text_of(draft))
    if text is None:
        return _again(request, draft, sheet, WRONG, _("Nothing was saved: look at the marked fields."))
    try:
        draft = actions.save_draft(version=draft, text=text, seen=_seen(request), by=reader)
        return _carry_out(request, draft, do, shown)
    except StandardNotReady as refusal:
        words = " ".join(problem_words(one) for one in problems_of(text))
        return _again(request, draft, sheet, WRONG, words or str(refusal.message))
    except QualityError as refusal:
        return _again(request, draft, sheet, refusal.status, str(refusal.message), is_conflict=_is_conflict(refusal))


@require_POST
def call_back(request: HttpRequest, version: int) -> HttpResponse:
    reader = reader_of(request)
    scheduled = access.version_for_lead(reader, version)
    actions.call_back(version=scheduled, by=reader)
    messages.success(request, _("It is a draft again."))
    return redirect("standard", scheduled.standard.code)


@require_POST
def discard(request: HttpRequest, version: int) -> HttpResponse:
    reader = reader_of(request)
    draft = access.version_for_lead(reader, version)
    code = draft.standard.code
    actions.discard_draft(version=draft, by=reader)
    messages.success(request, _("The draft is thrown away."))
    return redirect("standard", code)


@require_POST
def stop_trial(request: HttpRequest, version: int) -> HttpResponse:
    reader = reader_of(request)
    draft = access.version_for_lead(reader, version)
    trial = newest_trial(draft.pk)
    if trial is not None:
        stop_rescoring(rescoring=trial, by=reader)
    return redirect("standard", draft.standard.code)


def _carry_out(request: HttpRequest, draft: StandardVersion, do: str, shown: str) -> HttpResponse:
    """What the button asks for beyond saving."""
    reader = reader_of(request)
    if do == "try":
        start_trial(version=draft, by=reader)
    elif do == "publish":
        _publish(request, draft)
    elif request.headers.get("Accept") == "application/json":
        problems = [problem_words(one) for one in problems_of(text_of(draft))]
        return JsonResponse({"seen": text_of(draft).sha256, "problems": problems})
    elif do == "save":
        messages.success(request, _("The draft is saved."))
    response = redirect("standard", draft.standard.code)
    if shown:
        response["Location"] += f"#{shown}"
    return response


def _publish(request: HttpRequest, draft: StandardVersion) -> None:
    reader = reader_of(request)
    if request.POST.get("when") == "moment":
        at = read_moment(request.POST.get("moment", ""))
        if at is None:
            raise MomentPassed
        actions.schedule(version=draft, at=at, by=reader)
        messages.success(request, _("The version will begin at its moment. Until then it can be called back."))
    else:
        actions.publish(version=draft, by=reader)
        messages.success(request, _("Version %(n)d is in force.") % {"n": draft.number})


def _again(
    request: HttpRequest, draft: StandardVersion, sheet: Sheet, status: int, words: str, *, is_conflict: bool = False
) -> HttpResponse:
    """The page with everything as it was typed."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"message": words}, status=status)
    draft.refresh_from_db()
    page = editor_page(draft.standard, sheet=sheet) | {"refusal": words, "is_conflict": is_conflict}
    return render(request, "quality/standards/editor.html", page, status=status)


def _seen(request: HttpRequest) -> str:
    """What the writer started from; who has seen the other's wording saves over it with a button of its own."""
    return request.POST.get("over") or request.POST.get("seen", "")


def _is_conflict(refusal: QualityError) -> bool:
    return isinstance(refusal, ChangedMeanwhile)
