"""Calls, telephone exchanges and letters on paper, with the promises of their channels."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0007_calls_and_paper"),
        ("identity", "0006_addresses_in_any_case"),
        ("tickets", "0016_complaints_known_by_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="Code in the address")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("secret_encrypted", models.TextField()),
                (
                    "extensions",
                    models.JSONField(default=dict, help_text="extension: the staff member's e-mail address"),
                ),
                ("recording_hosts", models.JSONField(default=list, help_text="host names of addresses of recordings")),
                ("paused_at", models.DateTimeField(null=True)),
                ("heard_at", models.DateTimeField(help_text="its last event that was believed", null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="slatarget",
            name="channel",
            field=models.CharField(
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
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call_id", models.CharField(blank=True, max_length=100)),
                (
                    "direction",
                    models.CharField(choices=[("in", "Inbound call"), ("out", "Outbound call")], max_length=3),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ringing", "Ringing"),
                            ("talking", "Talking"),
                            ("answered", "Answered"),
                            ("missed", "Nobody answered"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=20)),
                ("line", models.CharField(blank=True, help_text="our own number", max_length=20)),
                ("started_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("recording", models.URLField(blank=True, max_length=1000)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("solved", "The question is solved"), ("next_step", "Something remains to be done")],
                        max_length=9,
                    ),
                ),
                ("next_step", models.CharField(blank=True, max_length=300)),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claimed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claimed_calls",
                        to="identity.borrower",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        help_text="who wrote it down by hand",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="call", to="tickets.ticket"
                    ),
                ),
                (
                    "exchange",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="tickets.exchange",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("composed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("printed_at", models.DateTimeField(null=True)),
                ("outgoing_number", models.CharField(blank=True, max_length=60)),
                ("sent_on", models.DateField(null=True)),
                (
                    "composed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_answer",
                        to="chat.entry",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paper_answers", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "Question or request"),
                            ("claim", "Claim or complaint"),
                            ("documents", "Request for documents"),
                            ("regulator", "Request of the regulator or a court"),
                            ("other", "Something else"),
                        ],
                        max_length=9,
                    ),
                ),
                ("incoming_number", models.CharField(max_length=60)),
                ("received_on", models.DateField()),
                ("sender", models.CharField(max_length=200)),
                (
                    "sender_address",
                    models.CharField(blank=True, help_text="where the answer goes by post", max_length=300),
                ),
                ("registered_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "claimed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claimed_letters",
                        to="identity.borrower",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="paper", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CallEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("answered", "Answered"),
                            ("ended", "Ended"),
                            ("recording", "Recording"),
                        ],
                        max_length=9,
                    ),
                ),
                ("said", models.JSONField(help_text="the facts of the event, read and checked")),
                (
                    "digest",
                    models.CharField(
                        help_text="of the facts: the same event with other facts is refused", max_length=64
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="tickets.call"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("call", "kind"), name="one_event_of_a_kind")],
            },
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["number", "started_at"], name="call_number"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("call_id", ""), _negated=True),
                fields=("exchange", "call_id"),
                name="one_call_per_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("exchange", None), models.Q(("call_id", ""), _negated=True), _connector="OR"),
                name="calls_of_an_exchange_have_an_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sent_on", None)), fields=("ticket",), name="one_answer_begun_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="paperanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outgoing_number", ""), _negated=True),
                fields=("outgoing_number",),
                name="outgoing_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperletter",
            constraint=models.UniqueConstraint(fields=("channel", "incoming_number"), name="incoming_number_once"),
        ),
    ]
