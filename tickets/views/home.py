"""The start of the desk: everybody's own first page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET


@require_GET
def home(request: Any) -> HttpResponse:
    return redirect("supervise" if request.user.is_supervisor else "inbox")
