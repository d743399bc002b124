"""Raw letters without rows, and rows without raw letters; letters by their content."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0005_identity_facts"),
        ("tickets", "0008_letters_that_can_be_answered"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalGap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("no_row", "A file without a row"), ("no_file", "A row without its file")],
                        max_length=7,
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddIndex(
            model_name="inboundletter",
            index=models.Index(fields=["sha256"], name="letter_by_content", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddConstraint(
            model_name="journalgap",
            constraint=models.UniqueConstraint(fields=("sha256", "kind"), name="one_gap_per_letter"),
        ),
    ]
