"""A letter as its sender made it, on a page that can do nothing: no script, no form, no picture from elsewhere."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from chat.rules import files, images
from tickets import access
from tickets.mailboxes.errors import LetterUnreadable, PictureRefused
from tickets.mailboxes.pictures import fetch_picture
from tickets.mailboxes.raw import raw_letter
from tickets.mailboxes.reader import read_in_child
from tickets.rules.email import Letter
from tickets.rules.email.shown import shown

POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
KINDS = {"jpg", "png", "webp", "gif", "heic"}


@require_GET
def letter(request: Any, letter_id: int) -> HttpResponse:
    """``?pictures=yes`` fetches those of foreign servers, through the desk, where the settings allow it."""
    found = access.shown_letter_for(request.user, letter_id)
    wanted = settings.MAIL_REMOTE_PICTURES and request.GET.get("pictures") == "yes"
    page = shown(
        _html_of(_read(found.sha256)),
        address_of=lambda kind, value: access.picture_address(found, request.staff_session, kind, value),
        with_remote=wanted,
    )
    html = mark_safe(page.html)  # nosec B308 B703  nh3 cleaned it, and the page's policy lets nothing of it act
    response = render(request, "tickets/letter.html", {"html": html, "theme": request.user.theme})
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@login_not_required  # the signed address says who looks: the page of a letter is of no origin and sends no cookie
@require_GET
def picture(request: HttpRequest, signed: str) -> HttpResponse:
    """A picture of a letter, written anew; what is none, or does not come, is not found."""
    found, kind, value = access.picture_at(signed)
    try:
        content = fetch_picture(value) if kind == "remote" else _inline(_read(found.sha256), value)
        kind_of_picture = "gif" if content.startswith(b"GIF8") else files.kind_by_content(content)
        if kind_of_picture not in KINDS:
            return HttpResponseNotFound()
        clean = images.written_anew(content, str(kind_of_picture))
    except (PictureRefused, images.Unreadable, images.TooManyPixels):
        return HttpResponseNotFound()
    response = HttpResponse(clean.content, content_type=files.CONTENT_TYPES[clean.kind])
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # the page is of no origin
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={access.PICTURE_TIME}"
    return response


def _read(sha256: str) -> Letter | None:
    try:
        return read_in_child(raw_letter(sha256))
    except (LetterUnreadable, OSError):
        return None


def _html_of(reading: Letter | None) -> str:
    return reading.html if reading else ""


def _inline(reading: Letter | None, cid: str) -> bytes:
    """The attachment that the letter's text shows in place."""
    for file in reading.attachments if reading else ():
        if file.cid == cid:
            return file.content
    raise PictureRefused("no_such_part")
