"""Where telephone exchanges tell of calls, and where an administrator describes them."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import access
from tickets.actions import exchanges as actions
from tickets.actions.calls import hear_event
from tickets.errors import Invalid
from tickets.forms import ExchangeForm
from tickets.models import Exchange
from tickets.queries.calls import exchange_by, exchanges, secret_of
from tickets.rules.calls import UnreadableEvent, is_signed, read_event

LIMIT = 16 * 1024  # bytes of one event


@login_not_required
@csrf_exempt
@require_POST
def hook(request: Any, exchange: str) -> HttpResponse:
    """200 means that the event is kept for good; with 5xx the exchange has to come again, with 4xx it need not."""
    known = exchange_by(exchange)
    body = request.read(LIMIT + 1)
    moment, signature = request.headers.get("Desk-Timestamp", ""), request.headers.get("Desk-Signature", "")
    secret = secret_of(known) if known else ""
    proof = {"moment": moment, "signature": signature, "now": time.time()}
    if len(body) > LIMIT:
        return _refused(413, "too_large")
    if known is None or not secret or not is_signed(body, secret=secret, **proof):
        return _refused(403, "signature")  # the same whether there is such an exchange or not
    if known.paused_at is not None:
        return _refused(503, "paused")
    try:
        event = read_event(body, now=timezone.now(), recording_hosts=known.recording_hosts)
        call = hear_event(exchange=known, event=event)
    except UnreadableEvent as error:
        return _refused(400, "unreadable", field=error.field)
    except Invalid as error:
        return _refused(409, error.code)
    return JsonResponse({"ticket": call.ticket_id, "state": call.state})


def _refused(status: int, code: str, **more: str) -> JsonResponse:
    return JsonResponse({"code": code, **more}, status=status)


@require_GET
def exchange_list(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    return render(request, "tickets/calls/exchanges.html", {"section": "staff", "exchanges": exchanges()})


@require_http_methods(["GET", "POST"])
def add(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    return _form(request, None)


@require_http_methods(["GET", "POST"])
def change(request: Any, exchange_id: int) -> HttpResponse:
    return _form(request, access.exchange_for(request.user, exchange_id))


@require_POST
def renew(request: Any, exchange_id: int) -> HttpResponse:
    exchange = access.exchange_for(request.user, exchange_id)
    return _page(
        request,
        exchange,
        ExchangeForm(instance=exchange),
        made=actions.renew_secret(exchange=exchange, by=request.user),
    )


@require_POST
def pause(request: Any, exchange_id: int) -> HttpResponse:
    """Pause it, or let it go on."""
    exchange = access.exchange_for(request.user, exchange_id)
    act = actions.pause_exchange if exchange.paused_at is None else actions.resume_exchange
    act(exchange=exchange, by=request.user)
    return redirect("exchanges")


def _form(request: Any, exchange: Exchange | None) -> HttpResponse:
    form = ExchangeForm(request.POST or None, instance=exchange)
    if not form.is_bound:
        return _page(request, exchange, form)
    if not form.is_valid():
        return _page(request, exchange, form, status=400)
    kept, made = actions.save_exchange(exchange=exchange, values=form.cleaned_data, by=request.user)
    return _page(request, kept, ExchangeForm(instance=kept), made=made, is_saved=True)


def _page(
    request: Any, exchange: Exchange | None, form: ExchangeForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    address = settings.PUBLIC_URL + reverse("call-hook", args=[exchange.code]) if exchange else ""
    context = {"section": "staff", "exchange": exchange, "form": form, "address": address} | more
    return render(request, "tickets/calls/exchange.html", context, status=status)
