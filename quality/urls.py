"""Addresses of quality."""

from django.urls import path

from quality.api import ratings
from quality.views import overview, scores

urlpatterns = [
    path("quality/", overview.show_overview, name="quality"),
    path("quality/scores/<int:id>/", scores.show_score, name="quality-score"),
    path("quality/scores/<int:id>/review/", scores.submit_card, name="quality-review"),
    path("api/v1/ratings", ratings.OwnRatings.as_view(), name="own-ratings"),
    path("api/v1/conversations/<uuid:conversation>/rating", ratings.ConversationRating.as_view(), name="rating"),
]
