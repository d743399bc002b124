"""Photos of documents: where a correspondent brings one, and where staff look at it."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.errors import FileRefused
from chat.rules.files import SIZE_LIMIT
from identity import actions as identity
from identity.authentication import address_of
from identity.errors import DeskError
from identity.rules.verification import NO, YES
from tickets import access
from tickets.actions import documents, verification
from tickets.errors import Invalid, LinkSpent
from tickets.queries.identity import document_of, upload_link_by, was_seen_by

NO_PHOTO = _("This is not a photo. Take a picture of the page, or choose a file in JPEG, PNG, WEBP or HEIC.")


class InMemory(FileUploadHandler):
    """Keeps the file in memory only, so that no document ever lies unencrypted in a temporary file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > SIZE_LIMIT:
            raise StopUpload(connection_reset=False)
        self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field_name, self.file_name or "", None, file_size, None)


@login_not_required
@csrf_exempt  # the form is protected below, after the way of uploading is chosen
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, signed: str) -> HttpResponse:
    """The page behind the link of a letter: no sign-in, one photo."""
    request.upload_handlers = [InMemory(request)]
    return _bring(request, signed)


@csrf_protect
def _bring(request: HttpRequest, signed: str) -> HttpResponse:
    link = upload_link_by(signed)
    if link is None:
        return _page(request, "spent", status=410)
    with translation.override(link.ticket.conversation.language):
        if request.method == "GET":
            return _page(request, "open")
        return _take(request, link)


def _take(request: HttpRequest, link: Any) -> HttpResponse:
    try:
        upload = request.FILES.get("photo")
        if upload is None:
            is_large = int(request.headers.get("Content-Length") or 0) > SIZE_LIMIT
            raise FileRefused("file_too_large" if is_large else "file_empty")
        documents.bring_document(link=link, upload=upload, address=address_of(request))
    except LinkSpent:
        return _page(request, "spent", status=410)
    except FileRefused as refusal:
        words = NO_PHOTO if refusal.code == "file_type" else refusal.message
        return _page(request, "open", status=refusal.status, problem=words)
    return _page(request, "done")


def _page(request: HttpRequest, state: str, *, status: int = 200, problem: Any = "") -> HttpResponse:
    response = render(request, "tickets/bring_document.html", {"state": state, "problem": problem}, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = translation.get_language()
    return response


@require_GET
def document(request: HttpRequest, number: int, file_id: UUID) -> HttpResponse:
    """The viewer: the photo with the looker's name across it, and the question whose it is."""
    user = access.staff_of(request.user)
    link = document_of(access.led_ticket_for(user, number), file_id)
    context = {"section": "inbox", "ticket": link.ticket, "link": link, "candidate": request.GET.get("candidate", "")}
    return render(request, "tickets/document.html", context)


@require_GET
def picture(request: HttpRequest, number: int, file_id: UUID) -> HttpResponse:
    user = access.staff_of(request.user)
    link = document_of(access.led_ticket_for(user, number), file_id)
    assert link.file is not None
    content = identity.look_into_vault(file=link.file, by=user, address=address_of(request))
    response = HttpResponse(content, content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def judge(request: HttpRequest, number: int, file_id: UUID) -> HttpResponse:
    """Somebody who has looked says whether the document is that borrower's."""
    user = access.staff_of(request.user)
    link = document_of(access.led_ticket_for(user, number), file_id)
    borrower = access.candidate_for(link.ticket, request.POST.get("candidate", ""))
    if not was_seen_by(user, file_id):
        raise Invalid("not_seen")
    is_theirs = {YES: True, NO: False}.get(request.POST.get("verdict", ""))
    if is_theirs is None:
        raise DeskError
    verification.judge_document(ticket=link.ticket, borrower=borrower, is_theirs=is_theirs, by=user)
    return redirect("inbox-ticket", number=number)
