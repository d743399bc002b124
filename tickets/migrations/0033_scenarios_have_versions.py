"""Scenarios get versions: the tables, and a place in a version for every step there is."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0032_tree_of_topics"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Scenario",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "topic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scenario", to="tickets.topic"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScenarioVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, help_text="what is new in it, and why", max_length=300)),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scenario",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.scenario"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("scenario", "number"), name="scenario_version_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)), fields=("scenario",), name="scenario_one_draft"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="scenariostep",
            name="topic",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="tickets.topic"
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="tickets.scenarioversion",
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("say", "Say or do"),
                    ("ask", "Ask"),
                    ("answer", "Prepared answer"),
                    ("action", "Open a control"),
                ],
                db_default="say",
                default="say",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="answer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.cannedanswer",
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="control",
            field=models.CharField(
                blank=True,
                choices=[
                    ("transfer", "Transfer to a colleague"),
                    ("escalate", "Escalate to a supervisor"),
                    ("snooze", "Put off until later"),
                    ("verify", "Confirm the identity"),
                    ("priority", "Set the priority"),
                    ("appeal", "Register as a written appeal"),
                    ("finish", "Finish the ticket"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Nothing proved"),
                    (1, "Probably the borrower"),
                    (2, "Identity confirmed in this ticket"),
                    (3, "Signed in to the account"),
                ],
                db_default=0,
                default=0,
            ),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="is_obligatory",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="scenariostep",
            name="goes_to",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="ScenarioChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("text_ru", models.CharField(max_length=80)),
                ("text_en", models.CharField(max_length=80)),
                ("goes_to", models.BigIntegerField(null=True)),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="tickets.scenariostep"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("step", "position"), name="choice_place")],
            },
        ),
        migrations.CreateModel(
            name="ScenarioRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "left_at",
                    models.DateTimeField(help_text="when another topic brought another scenario", null=True),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="tickets.ticket"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="tickets.scenarioversion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("ticket",), name="one_run_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScenarioMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("chosen", "Answered"),
                            ("skipped", "Skipped"),
                            ("taken_back", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("known", "It is known already"),
                            ("not_about", "The borrower asks about something else"),
                            ("in_a_hurry", "The borrower does not want to go on with it"),
                            ("not_proved", "The identity is not confirmed"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="tickets.scenariochoice",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="tickets.scenariorun"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="tickets.scenariostep"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="mark_number"),
                    models.CheckConstraint(
                        condition=~models.Q(outcome="skipped") | ~models.Q(reason=""),
                        name="skipped_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(outcome="chosen") | models.Q(choice__isnull=False),
                        name="chosen_is_named",
                    ),
                ],
            },
        ),
    ]
