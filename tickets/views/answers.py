"""Settings of prepared answers: administrators and supervisors write them, a second person approves."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.models import User
from tickets import access
from tickets.actions import answers as actions
from tickets.errors import Invalid
from tickets.forms.answers import KNOWN, PreparedForm, PreparedListForm, SettleForm
from tickets.models import AnswerVersion, CannedAnswer
from tickets.queries import prepared as queries
from tickets.rules.answers import examples, fill


@require_GET
def prepared_answers(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    chosen = PreparedListForm(request.GET).chosen()
    rows = queries.prepared_answers(**chosen)
    context = {"section": "staff", "rows": rows, "chosen": chosen, "counted": queries.counted()}
    return render(request, "tickets/answers/list.html", context)


@require_http_methods(["GET", "POST"])
def prepared(request: Any, canned_id: int | None = None) -> HttpResponse:
    user = access.supervisor_of(request.user)
    answer = queries.prepared_for(user, canned_id) if canned_id else None
    wordings = queries.wordings_of(answer) if answer else []
    form = PreparedForm(request.POST or None, answer=answer, instance=_newest(answer, wordings))
    do = request.POST.get("do", "")
    if request.method == "POST" and form.is_valid() and do != "preview":
        version = actions.save_answer(
            answer=form.placed(), also=form.cleaned_data["also"], wording=form.wording, hand_in=do == "hand_in", by=user
        )
        messages.success(request, _("Handed in: a colleague approves it.") if do == "hand_in" else _("Draft saved"))
        return redirect("prepared-answer", version.answer_id)
    context = {
        "section": "staff", "form": form, "answer": answer, "wordings": wordings, "known": KNOWN,
        "waiting": next((each for each in wordings if each.state == AnswerVersion.State.WAITING), None),
        "previews": _previews(form.cleaned_data if form.is_bound else form.initial),
    }  # fmt: skip
    return render(request, "tickets/answers/answer.html", context, status=400 if form.errors else 200)


@require_POST
def settle(request: Any, canned_id: int) -> HttpResponse:
    answer = queries.prepared_for(request.user, canned_id)
    form = SettleForm(request.POST)
    try:
        if form.is_valid():
            messages.success(request, _settled(answer, form.cleaned_data, request.user))
        else:
            messages.error(request, _("Nothing was saved: look at the newest wording."))
    except Invalid as refused:
        messages.error(request, str(refused.message))
    return redirect("prepared-answer", answer.pk)


def _settled(answer: CannedAnswer, said: dict[str, Any], by: User) -> str:
    """Approve it or send it back; what was done, in words."""
    if said["do"] == "approve":
        actions.approve_answer(answer=answer, number=said["version"], by=by)
        return _("Approved: agents use this wording from now on.")
    actions.return_answer(answer=answer, number=said["version"], note=said["note"], by=by)
    return _("Sent back to its author.")


@require_POST
def withdraw(request: Any, canned_id: int) -> HttpResponse:
    actions.withdraw_answer(answer=queries.prepared_for(request.user, canned_id), by=request.user)
    messages.success(request, _("Withdrawn: agents do not find it any more."))
    return redirect("prepared-answer", canned_id)


def _newest(answer: CannedAnswer | None, wordings: list[AnswerVersion]) -> AnswerVersion:
    """What the form begins with, apart from what is stored: the newest wording, or what holds."""
    source: Any = wordings[0] if wordings else answer
    return AnswerVersion(**{name: getattr(source, name) for name in actions.WORDING}) if source else AnswerVersion()


def _previews(texts: Any) -> list[tuple[str, str]]:
    """Both languages with example values."""
    lender, phone = settings.LENDER_NAME, settings.LENDER_PHONE
    pairs = (("ru", texts.get("body")), ("en", texts.get("body_en")))
    return [(language, fill(body, examples(language, lender=lender, phone=phone))) for language, body in pairs if body]
