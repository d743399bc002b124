import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0012_public_reviews_by_letter"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenedNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("review", "Review"),
                            ("decision", "Decision on a dispute"),
                            ("talk", "Talk"),
                            ("pin", "Pinned conversation"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.BigIntegerField(help_text="of the review, dispute, talk or pin")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opened_notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agent", "kind", "number"), name="notice_opened_once")],
            },
        ),
    ]
