"""The widget's page in the lender's frame, and the loader that puts it there."""

from pathlib import Path

import rjsmin
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from chat.words import public_conversation_words, widget_words

LOADER = Path(settings.BASE_DIR) / "static" / "loader.js"
LOADER_TIME = 300  # seconds a browser may keep the loader
FIRST_MODULES = [
    "conversation/browser.js",
    "conversation/words.js",
    "conversation/bubble.js",
    "conversation/composer.js",
    "conversation/state.js",
    "conversation/socket.js",
    "widget/page.js",
    "widget/ui.js",
    "widget/chat.js",
]
LATER_MODULES = ["widget/course.js", "conversation/element.js", "conversation/phrases.js"]


@login_not_required  # the page holds nothing; who the borrower is comes with the lender's token
@require_safe
@gzip_page
def widget(request: HttpRequest) -> HttpResponse:
    """The frame's page, in the language asked for; only the lender's sites may frame it."""
    language = request.GET.get("language", settings.LANGUAGE_CODE)
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        response = render(request, "chat/widget.html", _page())
    response.frame_ancestors = " ".join(settings.LENDER_ORIGINS) or "'none'"  # type: ignore[attr-defined]
    return response


@login_not_required  # a public script
@require_safe
@gzip_page
def loader(request: HttpRequest) -> HttpResponse:
    """The script of the lender's page: a stable address, kept for a few minutes; its comments stay at home."""
    response = HttpResponse(rjsmin.jsmin(LOADER.read_text()), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={LOADER_TIME}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Last-Modified"] = http_date(LOADER.stat().st_mtime)
    return response


def _later() -> dict[str, list[str]]:
    """What the widget fetches with the first message."""
    if settings.STATIC_COLLECTED:
        return {"sheets": [static("widget_later.css")], "modules": [static("w/course.js")]}
    sheets, modules = settings.WIDGET_STYLES["widget_later.css"], LATER_MODULES
    return {"sheets": [static(name) for name in sheets], "modules": [static(name) for name in modules]}


def _page() -> dict[str, object]:
    return {
        "conversation_words": public_conversation_words(),
        "widget_words": widget_words(),
        "config": {"lender_origins": settings.LENDER_ORIGINS} | _later(),
        "script": "w/widget.js" if settings.STATIC_COLLECTED else "widget/widget.js",
        "modules": [] if settings.STATIC_COLLECTED else FIRST_MODULES,
        "sheets": ["widget.css"] if settings.STATIC_COLLECTED else settings.WIDGET_STYLES["widget.css"],
        "lender_phone_link": "".join(sign for sign in settings.LENDER_PHONE if sign.isdigit() or sign == "+"),
    }
