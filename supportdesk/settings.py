"""Settings of the desk: one file, read from the environment, safe by default.

Every variable is described in docs/settings.md; ``supportdesk.checks`` refuses unsafe combinations at start.
"""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from supportdesk import env, statics

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("SD_VAR", str(BASE_DIR / "var")))
SERVICES = env.services(VAR_DIR)
RELEASE = "0.1.0"

# Who may come, and from where
DEMO = env.yes("DEMO", SERVICES.get("DEMO") == "yes")
DEBUG = env.yes("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY") or SERVICES.get("SECRET_KEY", "")
PUBLIC_URL = env.text("PUBLIC_URL", SERVICES.get("PUBLIC_URL", "http://127.0.0.1:8000"))
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)
SECURE_COOKIES = env.yes("SECURE_COOKIES", PUBLIC_URL.startswith("https:"))
LENDER_ORIGINS = env.words("LENDER_ORIGINS", SERVICES.get("LENDER_ORIGINS", ""))

# The lender's token and its read-only interface
CONTINUE_URL = env.text("CONTINUE_URL", f"{LENDER_ORIGINS[0]}/" if LENDER_ORIGINS else "")  # of links in letters
LENDER_NAME = env.text("LENDER_NAME", "Лад")
LENDER_PHONE = env.text("LENDER_PHONE", "8 800 000-00-00")
LENDER_API_URL = env.text("LENDER_API_URL", SERVICES.get("LENDER_API_URL", ""))
LENDER_API_KEY = env.text("LENDER_API_KEY", SERVICES.get("LENDER_API_KEY", ""))
LENDER_API_TIMEOUT = env.number("LENDER_API_TIMEOUT", 2)  # seconds
TOKEN_ALGORITHM = env.text("TOKEN_ALGORITHM", SERVICES.get("TOKEN_ALGORITHM", "EdDSA"))
TOKEN_KEYS = env.words("TOKEN_KEYS", SERVICES.get("TOKEN_KEYS", ""))  # "kid=path-to-public-key" or "kid=secret"
TOKEN_ISSUER = env.text("TOKEN_ISSUER", SERVICES.get("TOKEN_ISSUER", "lender"))
TOKEN_AUDIENCE = env.text("TOKEN_AUDIENCE", "supportdesk-chat")

INSTALLED_APPS = [
    "identity",
    "chat",
    "tickets",
    "quality",
    "supportdesk",
    "channels",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "supportdesk.middleware.name_the_request",
    "django.middleware.security.SecurityMiddleware",
    "supportdesk.middleware.StaticFiles",
    "supportdesk.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "identity.authentication.staff_session",
    "supportdesk.middleware.speak_the_users_language",
    "supportdesk.middleware.refusals_become_pages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "supportdesk.urls"
ASGI_APPLICATION = "supportdesk.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "supportdesk.middleware.page_context",
            ],
            "builtins": ["supportdesk.templatetags.desk", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Postgres is the only truth; Redis carries hints and wakes workers
DATABASE_URL = env.text("DATABASE_URL") or SERVICES.get("DATABASE_URL", "postgresql://postgres@127.0.0.1/supportdesk")
REDIS_URL = env.text("REDIS_URL") or SERVICES.get("REDIS_URL", "redis://127.0.0.1:6379/0")
POOLED = env.yes("POOLED", False)  # connections go through a pool that gives them out by transaction
DATABASES = {
    "default": env.database(DATABASE_URL)
    | {
        "CONN_MAX_AGE": 60,  # threads that answer requests stay: supportdesk/seats.py
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": POOLED,
        "OPTIONS": {} if POOLED else {"options": env.TIMEOUTS},
    }
}
REPLICA_URL = env.text("REPLICA_URL")  # a copy that follows the primary: reports are read there
REPLICA_LAG = env.number("REPLICA_LAG", 30)  # seconds it may be behind before they are read from the primary
if REPLICA_URL:
    DATABASES["replica"] = env.replica(REPLICA_URL)
DATABASE_ROUTERS = ["supportdesk.realtime.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHANNEL_LAYERS = {"default": {"BACKEND": "supportdesk.realtime.hub.HubChannelLayer", "CONFIG": {"url": REDIS_URL}}}

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120  # seconds
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_ACKS_LATE = True  # every task may be repeated, so a worker that dies gives its task back
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8  # seconds for the task under way when the worker is told to stop
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for as long as it likes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,  # longer than any task, so that none runs twice at once
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,  # a worker waits in one call for a second; a Redis that hangs is left and tried again
    "socket_keepalive": True,
    "health_check_interval": 10,
}

# Staff sign-in
AUTH_USER_MODEL = "identity.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "supportdesk.sessions"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE_COOKIES else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE_COOKIES else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "supportdesk.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" would make browsers send "Origin: null" with every form
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.yes("BEHIND_PROXY", False) else None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "identity.authentication.BorrowerAuthentication",
        "identity.authentication.StaffAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "supportdesk.interface.DeskSchema",
    "EXCEPTION_HANDLER": "supportdesk.errors.api_error",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {"TITLE": "supportdesk", "VERSION": "1", "OAS_VERSION": "3.1.0"}

# Languages, time and typography
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "Europe/Moscow")
USE_TZ = True

# Files
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_VERSION = statics.version_of(BASE_DIR / "static")
STATIC_URL = f"/static/{STATIC_VERSION}/"
STATIC_FOLDER = Path(env.text("STATIC_FOLDER", str(VAR_DIR / "static"))) / STATIC_VERSION
STATIC_COLLECTED = not DEBUG and statics.is_collected(STATIC_FOLDER)
STATIC_ROOT = STATIC_FOLDER if STATIC_COLLECTED else None
WIDGET_STYLES = statics.WIDGET_STYLES
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "supportdesk.storage.LeanStorage", "OPTIONS": {"location": STATIC_FOLDER}},
}
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 3600
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# The vault: photos of documents
VAULT_ROOT = Path(env.text("VAULT_ROOT", str(VAR_DIR / "vault")))
LETTER_KEYS = env.words("LETTER_KEYS", "")  # Fernet keys of raw letters, as VAULT_KEYS
VAULT_KEYS = env.words("VAULT_KEYS", "")  # Fernet keys, the newest first; empty: one derived from SECRET_KEY
VAULT_KEPT_HOURS = env.number("VAULT_KEPT_HOURS", 72)  # then the bytes are erased

# Routing; durations in seconds
CHAT_CAPACITY = env.number("CHAT_CAPACITY", 5)  # live chats of one agent
FIRST_ANSWER_TIME = env.number("FIRST_ANSWER_TIME", 60)  # then an unanswered chat is offered to another
PRESENCE_TIME = env.number("PRESENCE_TIME", 60)  # without a sign of life no new chats come
PRESENCE_GRACE_TIME = env.number("PRESENCE_GRACE_TIME", 120)  # then the open ones go to colleagues
IDLE_TIME = env.number("IDLE_TIME", 600)  # a borrower's silence after which a chat gives its place up
REOPEN_HOURS = env.number("REOPEN_HOURS", 24)  # how long a borrower's reply goes on with a finished conversation

# Written appeals; the law's working days, apart from any promise of the desk
APPEAL_DAYS = env.number("APPEAL_DAYS", 15)  # until the answer
APPEAL_EXTENSION_DAYS = env.number("APPEAL_EXTENSION_DAYS", 10)  # more, once, with a reason
APPEAL_NUMBER = env.text("APPEAL_NUMBER", "{year}-{serial:05}")  # how a number of the register is written

# Quality
TOPICS_NOT_SOLVED_AT_ONCE = env.words("TOPICS_NOT_SOLVED_AT_ONCE")  # codes the net first-contact figure leaves out

# Reports
FCR_DAYS = env.number("FCR_DAYS", 7)  # without a new contact after which a request counts as solved at the first one
SERVICE_LEVEL_GOAL = env.number("SERVICE_LEVEL_GOAL", 90)  # per cent of first answers in time; shown on the board
EXPORT_ROOT = Path(env.text("EXPORT_ROOT", str(VAR_DIR / "exports")))
EXPORT_KEPT_HOURS = env.number("EXPORT_KEPT_HOURS", 24)  # then the file is erased

# What is kept, in days
JOBS_KEPT_DAYS = env.number("JOBS_KEPT_DAYS", 14)  # rows of jobs that were done
SESSIONS_KEPT_DAYS = env.number("SESSIONS_KEPT_DAYS", 30)  # rows of sign-ins that ended

# Mail
SMTP_URL = env.text("SMTP_URL", SERVICES.get("SMTP_URL", ""))
MAIL_DOMAIN = env.text("MAIL_DOMAIN", SERVICES.get("MAIL_DOMAIN", "desk.example"))
MAIL_KEY = env.text("MAIL_KEY")  # signs addresses and Message-IDs, encrypts passwords; empty: SECRET_KEY
MAIL_DNS = env.text("MAIL_DNS")  # host:port that answers about senders; empty: the machine's own resolver
MAIL_ARC_SEALERS = env.words("MAIL_ARC_SEALERS")  # forwarders whose word about a sender counts
MAIL_UNDO_TIME = env.number("MAIL_UNDO_TIME", 10)  # seconds an answer by e-mail waits and can be called back
MAIL_REMOTE_PICTURES = env.yes("MAIL_REMOTE_PICTURES", True)  # staff may have them fetched, through the desk
MAIL_READ_TIME = env.number("MAIL_READ_TIME", 20)  # CPU seconds for reading one letter
MAIL_READ_MEMORY = env.number("MAIL_READ_MEMORY", 1536 * 1024 * 1024)  # bytes of address space for it
DOOR_PORT = env.number("DOOR_PORT", 0)  # of the desk's own SMTP door, manage.py maildoor; 0: none
DOOR_HOST = env.text("DOOR_HOST", "127.0.0.1")
DOOR_CERTIFICATE = env.text("DOOR_CERTIFICATE")  # paths, for STARTTLS
DOOR_KEY = env.text("DOOR_KEY")

# Seeing it
METRICS_PORT = env.number("METRICS_PORT", 0)  # of this web process, for Prometheus; 0: none
METRICS_HOST = env.text("METRICS_HOST", "127.0.0.1")
PULSE_TIME = env.number("PULSE_TIME", 10)  # seconds between two signs of life of a web process; 0: none
PROBE_PERIOD = env.number("PROBE_PERIOD", 30)  # seconds between two rounds of the probe

LOG_FORMAT = env.text("LOG_FORMAT", SERVICES.get("LOG_FORMAT", "json"))  # json, or words for people
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "supportdesk.logs.JsonLines"}, "words": {"()": "supportdesk.logs.Words"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "words" if LOG_FORMAT == "words" else "json"}
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "supportdesk.traffic": {"level": "WARNING" if LOG_FORMAT == "words" else "INFO"},
        "httpx": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.channels.server": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
        "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
