"""A notice of an agent: read from now on, and on to what it tells of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from quality import access
from quality.actions.notices import open_notice
from quality.serializers.notices import address_of
from quality.views.reader import reader_of


@require_safe
def follow(request: HttpRequest, notice_kind: str, notice: int) -> HttpResponse:
    """A link of the list: opening it is reading it."""
    reader = reader_of(request)
    told = access.notice_for(reader, notice_kind, notice)
    open_notice(notice=told, by=reader)
    return redirect(address_of(told))
