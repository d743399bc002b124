"""Every address of the desk; each app owns its own list."""

from django.urls import URLPattern, URLResolver, include, path

from supportdesk import health, interface

APPS = ("identity", "chat", "tickets", "quality")

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/schema/", interface.schema, name="schema"),
    *(path("", include(f"{app}.urls")) for app in APPS),
]

handler400 = "supportdesk.errors.bad_request"
handler403 = "supportdesk.errors.forbidden"
handler404 = "supportdesk.errors.not_found"
handler500 = "supportdesk.errors.server_error"
