"""Links in letters that lead into the chat, and the place that waits for whoever comes by one."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0005_vault"),
        ("tickets", "0009_journal_gaps"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="moved_at",
            field=models.DateTimeField(help_text="since when what began by letters is a live chat", null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="reserved_until",
            field=models.DateTimeField(
                help_text="until when its place is kept although nobody has written in the chat yet", null=True
            ),
        ),
        migrations.CreateModel(
            name="ContinueLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="continue_link",
                        to="tickets.outboundletter",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="continue_links", to="tickets.ticket"
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.borrower"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ticket", "made_at"], name="continue_links")],
            },
        ),
    ]
