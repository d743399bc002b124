"""Whom a mystery visit must not reach, and which supervisors know of a planted borrower."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("quality", "0010_reviews_are_drafted_and_rated_by_value"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "mysteryvisit",
            "apart_from",
            models.ManyToManyField(
                to=settings.AUTH_USER_MODEL,
                related_name="+",
                help_text="whom the shopper leads or works with: they may not serve",
            ),
        ),
        migrations.AddField(
            "plantedborrower",
            "known_to",
            models.ManyToManyField(
                to=settings.AUTH_USER_MODEL, related_name="+", help_text="everybody who marked them"
            ),
        ),
        migrations.AddIndex(
            "mysteryvisit",
            models.Index(fields=["borrower"], condition=Q(status="started"), name="visits_under_way"),
        ),
        migrations.AddConstraint(
            "mysteryvisit",
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_at__isnull=False, conversation__isnull=False),
                name="done_with_a_conversation",
            ),
        ),
    ]
