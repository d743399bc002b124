"""Letters set aside: why, the raw letter as it came, and another try."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from identity.actions import record_audit
from tickets import access
from tickets.actions.letters import read_again
from tickets.mailboxes.raw import raw_letter
from tickets.queries.letters import letters_to_look_at, mailboxes_by_state


@require_GET
def quarantine(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    context = {"section": "letters", "letters": letters_to_look_at()[:200], "mailboxes": mailboxes_by_state()}
    return render(request, "tickets/letters_quarantine.html", context)


@require_GET
def raw(request: Any, letter_id: int) -> HttpResponse:
    """The letter byte by byte; recorded, because it holds everything the letter said."""
    letter = access.letter_for(request.user, letter_id)
    record_audit(code="letter.downloaded", actor=request.user, object_kind="letter", object_id=str(letter.pk))
    answer = HttpResponse(raw_letter(letter.sha256), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="letter-{letter.pk}.eml"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def again(request: Any, letter_id: int) -> HttpResponse:
    letter = access.letter_for(request.user, letter_id)
    read_again(letter=letter, by=request.user)
    return redirect("letters-quarantine")
