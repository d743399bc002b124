"""The widget's page in the lender's frame, and the loader that puts it there."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from chat.words import public_conversation_words, widget_words

LOADER = Path(settings.BASE_DIR) / "static" / "loader.js"
LOADER_TIME = 300  # seconds a browser may keep the loader
FIRST_MODULES = ["conversation/browser.js", "conversation/words.js", "widget/page.js", "widget/ui.js"]
CHAT_MODULES = [
    "widget/chat.js",
    "conversation/state.js",
    "conversation/socket.js",
    "conversation/element.js",
    "conversation/composer.js",
]


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
    """The script of the lender's page: a stable address, kept for a few minutes."""
    response = HttpResponse(_without_notes(LOADER.read_text()), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={LOADER_TIME}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Last-Modified"] = http_date(LOADER.stat().st_mtime)
    return response


def _without_notes(script: str) -> str:
    """The loader is on every page of the lender: its indentation and comments stay at home."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("/*", "//", "Optional:")))


def _page() -> dict[str, object]:
    return {
        "conversation_words": public_conversation_words(),
        "widget_words": widget_words(),
        "config": {"lender_origins": settings.LENDER_ORIGINS},
        "modules": FIRST_MODULES,
        "sheets": ["widget.css"] if settings.STATIC_COLLECTED else settings.STATIC_BUNDLES["widget.css"],
        "lender_phone_link": "".join(sign for sign in settings.LENDER_PHONE if sign.isdigit() or sign == "+"),
    }
