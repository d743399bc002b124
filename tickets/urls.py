"""Addresses of tickets: pages of the desk, and the interface under /api/v1/."""

from django.urls import path

from tickets.views import borrowers, home, inbox, supervise

pages = [
    path("", home.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:number>/", inbox.inbox, name="inbox-ticket"),
    path("inbox/<int:number>/context/", inbox.context, name="inbox-context"),
    path("inbox/<int:number>/phone/", inbox.reveal_phone, name="reveal-phone"),
    path("borrowers/", borrowers.borrowers, name="borrowers"),
    path("borrowers/<uuid:borrower_id>/", borrowers.borrower, name="borrower"),
    path("supervise/", supervise.supervise, name="supervise"),
    path("supervise/<int:number>/", supervise.look, name="look"),
]

urlpatterns = [*pages]
