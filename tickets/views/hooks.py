"""Where providers hand letters in: signature, raw letter, row, and only then 200. Nothing of it is for browsers."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tickets.actions.handing_in import take_from_hook
from tickets.mailboxes.errors import HookMalformed, HookRefused, Unreachable
from tickets.mailboxes.hooks import GIVES_PASSWORD, letters_of
from tickets.mailboxes.posted import Posted
from tickets.queries.mailboxes import hook_mailbox

SAID = {
    "hook_malformed": (400, "This is not what the provider of this mailbox sends."),
    "hook_without_raw": (400, "The raw letter is missing: switch on raw MIME in the provider's settings."),
    "too_large": (413, "Letters of more than 40 MB are not taken here."),
}


@login_not_required
@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def hook(request: Any, mailbox_id: int) -> HttpResponse:
    """200 means that every letter in it is kept for good; with anything else the provider has to come again."""
    mailbox = hook_mailbox(mailbox_id)
    if mailbox is None:
        return _words(404, "There is no such mailbox.")
    if request.method == "HEAD":  # some providers look whether anybody is there before they save the address
        return HttpResponse()
    if mailbox.is_paused:
        return _words(503, "This mailbox is paused. Keep the letter and come again.")
    if mailbox.provider in GIVES_PASSWORD and not request.headers.get("Authorization"):
        answer = _words(401, "Sign in.")
        answer["WWW-Authenticate"] = 'Basic realm="letters"'
        return answer
    try:
        letters = letters_of(Posted(request), mailbox)
    except HookRefused:
        return _words(403, "The signature is not right.")
    except HookMalformed as error:
        return _words(*SAID[error.code])
    except Unreachable:
        return _words(503, "The provider does not give the letter now. Come again.")
    take_from_hook(mailbox=mailbox, letters=letters)
    return HttpResponse()


def _words(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
