"""Addresses of identity."""

from django.urls import path

from identity import api

urlpatterns = [
    path("api/v1/borrower-sessions", api.BorrowerSessions.as_view(), name="borrower-sessions"),
    path("api/v1/borrower-sessions/current", api.CurrentBorrowerSession.as_view(), name="borrower-session"),
    path("api/v1/socket-tickets", api.SocketTickets.as_view(), name="socket-tickets"),
]
