"""Addresses of identity."""

from django.urls import path

from identity import api, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.change_password, name="change-password"),
    path("profile/sessions/<uuid:session_id>/end/", views.end_session, name="end-session"),
    path("staff/", views.staff, name="staff"),
    path("staff/add/", views.add_staff, name="add-staff"),
    path("staff/<uuid:user_id>/role/", views.change_role, name="change-role"),
    path("staff/<uuid:user_id>/deactivate/", views.deactivate, name="deactivate"),
    path("staff/<uuid:user_id>/activate/", views.activate, name="activate"),
    path("staff/<uuid:user_id>/password/", views.set_password, name="set-password"),
    path("api/v1/borrower-sessions", api.BorrowerSessions.as_view(), name="borrower-sessions"),
    path("api/v1/borrower-sessions/current", api.CurrentBorrowerSession.as_view(), name="borrower-session"),
    path("api/v1/socket-tickets", api.SocketTickets.as_view(), name="socket-tickets"),
]
