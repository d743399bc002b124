"""Settings of the demo lender's site: its own process, its own origin, its own cookies, no database."""

import hashlib
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORT = int(os.environ.get("LENDER_PORT", "8001"))
URL = os.environ.get("LENDER_URL", f"http://127.0.0.1:{PORT}")
DESK_URL = os.environ.get("DESK_URL") or os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
PRIVATE_KEY = Path(os.environ["LENDER_PRIVATE_KEY"]).read_text()
TOKEN_KID = os.environ.get("LENDER_TOKEN_KID", "demo")
TOKEN_ISSUER = os.environ.get("TOKEN_ISSUER", "lender")
TOKEN_AUDIENCE = os.environ.get("TOKEN_AUDIENCE", "supportdesk-chat")
API_KEY = os.environ["LENDER_API_KEY"]

SECRET_KEY = hashlib.sha256(f"cookies {PRIVATE_KEY}".encode()).hexdigest()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "supportdesk.demo.lender.site.strict_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "supportdesk.demo.lender.site"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "pages"],
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "libraries": {"sums": "supportdesk.demo.lender.sums"},
            "builtins": ["supportdesk.demo.lender.sums"],
        },
    }
]
DATABASES: dict[str, dict[str, str]] = {}

# Browsers do not keep cookies of two ports of one machine apart, so the names differ from the desk's
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "lad_session"
CSRF_COOKIE_NAME = "lad_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "ru"
USE_I18N = True
TIME_ZONE = "Europe/Moscow"
