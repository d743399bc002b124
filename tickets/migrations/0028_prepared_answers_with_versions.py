"""Prepared answers in both languages, with every wording, its approval and each use."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0007_calls_and_paper"),
        ("tickets", "0027_event_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="cannedanswer",
            options={"ordering": ["position", "title", "id"]},
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="also",
            field=models.ManyToManyField(blank=True, related_name="further_answers", to="tickets.topic"),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="approved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="body_en",
            field=models.TextField(blank=True, verbose_name="Text in English"),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="is_sealed",
            field=models.BooleanField(default=False, verbose_name="A legal text: sent word for word or not at all"),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="review_by",
            field=models.DateField(null=True, verbose_name="To be reviewed by"),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="title_en",
            field=models.CharField(blank=True, max_length=120, verbose_name="Title in English"),
        ),
        migrations.AddField(
            model_name="cannedanswer",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="cannedanswer",
            name="body",
            field=models.TextField(blank=True, verbose_name="Text in Russian"),
        ),
        migrations.AlterField(
            model_name="cannedanswer",
            name="shortcut",
            field=models.SlugField(allow_unicode=True, unique=True, verbose_name="Shortcut"),
        ),
        migrations.AlterField(
            model_name="cannedanswer",
            name="title",
            field=models.CharField(blank=True, max_length=120, verbose_name="Title in Russian"),
        ),
        migrations.CreateModel(
            name="AnswerUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="tickets.cannedanswer"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chat.conversation"
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnswerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="Title in Russian")),
                ("body", models.TextField(blank=True, verbose_name="Text in Russian")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="Title in English")),
                ("body_en", models.TextField(blank=True, verbose_name="Text in English")),
                (
                    "is_sealed",
                    models.BooleanField(default=False, verbose_name="A legal text: sent word for word or not at all"),
                ),
                ("review_by", models.DateField(null=True, verbose_name="To be reviewed by")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("waiting", "Waits for approval"),
                            ("approved", "Approved"),
                            ("replaced", "Replaced before approval"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.cannedanswer"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "number"), name="answer_version_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "waiting"])),
                        fields=("answer",),
                        name="answer_one_open_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_by", None),
                            ("author", None),
                            models.Q(("settled_by", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="answer_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_sealed", False), ("review_by__isnull", False), _connector="OR"),
                        name="answer_sealed_is_reviewed",
                    ),
                ],
            },
        ),
    ]
