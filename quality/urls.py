"""Addresses of quality."""

from django.urls import path

from quality import api, views

urlpatterns = [
    path("quality/", views.show_overview, name="quality"),
    path("quality/scores/<int:id>/", views.show_score, name="quality-score"),
    path("quality/scores/<int:id>/review/", views.submit_card, name="quality-review"),
    path("api/v1/ratings", api.OwnRatings.as_view(), name="own-ratings"),
    path("api/v1/conversations/<uuid:conversation>/rating", api.ConversationRating.as_view(), name="rating"),
]
