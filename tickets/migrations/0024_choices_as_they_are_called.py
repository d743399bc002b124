"""The choices and names of fields as they are called now; no column changes."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("tickets", "0023_the_desks_own_calendar"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="appeal",
            name="channel",
            field=models.CharField(
                choices=[
                    ("chat", "Chat"),
                    ("email", "E-mail"),
                    ("phone", "Phone"),
                    ("paper", "On paper"),
                    ("portal", "Portal of the regulator"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="calendar",
            name="name",
            field=models.CharField(max_length=80, unique=True, verbose_name="Name"),
        ),
        migrations.AlterField(
            model_name="slatarget",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("chat", "Chat on the site"),
                    ("email", "E-mail"),
                    ("phone", "Phone"),
                    ("paper", "Letter on paper"),
                    ("portal", "Regulator's portal"),
                    ("probe", "The desk's own probe"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="status",
            field=models.CharField(
                choices=[("open", "Open"), ("waiting", "Waiting for the borrower"), ("resolved", "Resolved")],
                default="open",
                max_length=8,
            ),
        ),
    ]
