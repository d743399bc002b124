"""Settings of mailboxes, for administrators: their state in words, a form, a check, and the provider's leave."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import access
from tickets.actions import mailbox_settings as actions
from tickets.forms import MailboxForm
from tickets.mailboxes import oauth
from tickets.mailboxes.credentials import readable_credentials_of
from tickets.mailboxes.errors import MailError
from tickets.mailboxes.hooks import GIVES_PASSWORD
from tickets.models import Mailbox
from tickets.queries.mailboxes import Counts, counts_by_mailbox, fetched_or_handed_in, server_to_trust
from tickets.views.mailbox_words import step_words, trouble_words

LEAVE = "mailbox_leave"  # in the session: which mailbox, and what proves that the answer is to our question
SECRETS = ("password", "client_secret", "secret", "api_key")


@require_GET
def mailboxes(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    counts = counts_by_mailbox()
    rows = [(box, trouble_words(box), counts.get(box.pk, Counts())) for box in fetched_or_handed_in()]
    return render(request, "tickets/mailboxes.html", {"section": "staff", "rows": rows})


@sensitive_post_parameters(*SECRETS)
@sensitive_variables("form")
@require_http_methods(["GET", "POST"])
def add(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    return _form(request, None)


@sensitive_post_parameters(*SECRETS)
@sensitive_variables("form")
@require_http_methods(["GET", "POST"])
def change(request: Any, mailbox_id: int) -> HttpResponse:
    return _form(request, access.mailbox_for(request.user, mailbox_id))


def _form(request: Any, mailbox: Mailbox | None) -> HttpResponse:
    kept = readable_credentials_of(mailbox) if mailbox else {}
    form = MailboxForm(request.POST or None, instance=mailbox, initial=_shown(kept))
    if request.method == "GET":
        return _page(request, mailbox, form)
    if not form.is_valid():
        return _page(request, mailbox, form, status=400)
    had_password = bool(kept.get("secret"))
    saved = actions.save_mailbox(mailbox=mailbox, values=form.cleaned_data, by=request.user)
    steps = [] if _waits_for_leave(saved) else actions.check_mailbox(mailbox=saved, by=request.user)
    is_made = saved.provider in GIVES_PASSWORD and not had_password and not form.cleaned_data["secret"]
    shown = MailboxForm(instance=saved, initial=_shown(readable_credentials_of(saved)))
    made = readable_credentials_of(saved)["secret"] if is_made else ""
    return _page(request, saved, shown, steps=steps, made=made, is_saved=True)


def _shown(kept: dict[str, Any]) -> dict[str, Any]:
    """What may be seen again of the credentials."""
    return {name: kept[name] for name in ("client_id", "tenant", "is_application") if name in kept}


def _page(request: Any, mailbox: Mailbox | None, form: MailboxForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"section": "staff", "mailbox": mailbox, "form": form}
    if mailbox is not None and mailbox.pk:
        context |= {
            "counts": counts_by_mailbox().get(mailbox.pk, Counts()),
            "trouble": trouble_words(mailbox),
            "proposal": server_to_trust(mailbox),
            "hook": f"{settings.PUBLIC_URL}{reverse('hook', args=[mailbox.pk])}" if mailbox.provider else "",
            "waits_for_leave": _waits_for_leave(mailbox),
            "can_connect": _can_connect(mailbox),
            "redirect": settings.PUBLIC_URL + reverse("mailbox-leave"),
        }
    steps = more.pop("steps", [])
    context |= more | {"steps": [(step, step_words(step)) for step in steps]}
    return render(request, "tickets/mailbox.html", context, status=status)


def _can_connect(mailbox: Mailbox) -> bool:
    return mailbox.auth != Mailbox.Auth.PASSWORD and not readable_credentials_of(mailbox).get("is_application")


def _waits_for_leave(mailbox: Mailbox) -> bool:
    return _can_connect(mailbox) and not readable_credentials_of(mailbox).get("refresh_token")


@require_POST
def check(request: Any, mailbox_id: int) -> HttpResponse:
    mailbox = access.mailbox_for(request.user, mailbox_id)
    steps = actions.check_mailbox(mailbox=mailbox, by=request.user)
    form = MailboxForm(instance=mailbox, initial=_shown(readable_credentials_of(mailbox)))
    return _page(request, mailbox, form, steps=steps)


@require_POST
def pause(request: Any, mailbox_id: int) -> HttpResponse:
    actions.pause_mailbox(mailbox=access.mailbox_for(request.user, mailbox_id), by=request.user)
    return redirect("mailboxes")


@require_POST
def resume(request: Any, mailbox_id: int) -> HttpResponse:
    actions.resume_mailbox(mailbox=access.mailbox_for(request.user, mailbox_id), by=request.user)
    return redirect("mailboxes")


@require_POST
def trust(request: Any, mailbox_id: int) -> HttpResponse:
    """Believe the server that was proposed; only what the page still proposes."""
    mailbox = access.mailbox_for(request.user, mailbox_id)
    proposal = server_to_trust(mailbox)
    if proposal is None or proposal.server != request.POST.get("server"):
        messages.error(request, _("The letters no longer say so. Look again."))
    else:
        actions.trust_server(mailbox=mailbox, server=proposal.server, by=request.user)
        messages.success(request, _("From now on this server is believed about senders."))
    return redirect("mailbox", mailbox.pk)


@require_GET
def connect(request: Any, mailbox_id: int) -> HttpResponse:
    """Send the administrator to the provider. What comes back is believed only with this session's own proof."""
    mailbox = access.mailbox_for(request.user, mailbox_id)
    if not _can_connect(mailbox):
        return redirect("mailbox", mailbox.pk)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    request.session[LEAVE] = {"mailbox": mailbox.pk, "state": state, "verifier": verifier}
    back = settings.PUBLIC_URL + reverse("mailbox-leave")
    return redirect(oauth.authorize_address(mailbox, redirect=back, state=state, verifier=verifier))


@require_GET
def leave(request: Any) -> HttpResponse:
    """The browser comes back from the provider, with a code that only our verifier can use."""
    access.administrator_of(request.user)
    asked = request.session.pop(LEAVE, None)
    if not asked or not secrets.compare_digest(str(request.GET.get("state", "")).encode(), asked["state"].encode()):
        messages.error(request, _("This answer is not to our question. Begin again."))
        return redirect("mailboxes")
    mailbox = access.mailbox_for(request.user, asked["mailbox"])
    back = settings.PUBLIC_URL + reverse("mailbox-leave")
    try:
        code = str(request.GET.get("code", ""))[:4000]
        tokens = oauth.exchange_code(mailbox, code=code, redirect=back, verifier=asked["verifier"])
    except MailError as error:
        messages.error(request, _("The provider gave no leave: %(said)s") % {"said": str(error)[:200]})
        return redirect("mailbox", mailbox.pk)
    actions.connect_mailbox(mailbox=mailbox, tokens=tokens, by=request.user)
    messages.success(request, _("Connected. Letters are fetched from now on."))
    return redirect("mailbox", mailbox.pk)
