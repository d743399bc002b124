"""Mailboxes of every kind and how they sign in; leases, reconciliation; letters seen under further names."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_clock_functions"),
    ]

    operations = [
        migrations.AddField(
            model_name="foldercursor",
            name="skipped",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="UIDs that the server named and did not give",
            ),
        ),
        migrations.AddField(
            model_name="inboundletter",
            name="arrived_at",
            field=models.DateTimeField(help_text="when its server took it; null: unknown", null=True),
        ),
        migrations.AddField(
            model_name="inboundletter",
            name="envelope",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="what only the way it came by knows: address, verdicts",
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="auth",
            field=models.CharField(
                choices=[("password", "Password"), ("oauth_google", "Google"), ("oauth_m365", "Microsoft 365")],
                db_default="password",
                default="password",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="authserv_ids",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="whose Authentication-Results are believed",
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="credentials_encrypted",
            field=models.TextField(
                blank=True, db_default="", help_text="JSON: OAuth2 application and tokens, a hook's keys"
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="folder",
            field=models.CharField(db_default="INBOX", default="INBOX", max_length=200),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="is_m365",
            field=models.BooleanField(
                db_default=False, default=False, help_text="its results carry no id: the topmost is believed"
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="kind",
            field=models.CharField(
                choices=[
                    ("imap", "IMAP: the desk fetches them"),
                    ("smtp", "SMTP: a mail server hands them in"),
                    ("hook:mailgun", "Mailgun"),
                    ("hook:postmark", "Postmark"),
                    ("hook:ses", "Amazon SES"),
                    ("hook:sendgrid", "SendGrid"),
                    ("hook:mandrill", "Mandrill"),
                    ("hook:sparkpost", "SparkPost"),
                    ("hook:resend", "Resend"),
                    ("hook:postal", "Postal"),
                    ("hook:mailersend", "MailerSend"),
                    ("hook:mailtrap", "Mailtrap"),
                ],
                db_default="imap",
                default="imap",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="missed_count",
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="of them, those we did not have"),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="reconciled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="reconciled_count",
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="letters on the server at that time"),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="silent_until",
            field=models.DateTimeField(help_text="letters that arrived before are not acknowledged", null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="watched_at",
            field=models.DateTimeField(help_text="its last sign of life", null=True),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="watched_by",
            field=models.CharField(
                blank=True, db_default="", help_text="the process that holds the lease", max_length=120
            ),
        ),
        migrations.AlterField(
            model_name="mailbox",
            name="imap_host",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="mailbox",
            name="smtp_host",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="mailbox",
            name="username",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="LetterSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_key", models.CharField(max_length=300)),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="tickets.inboundletter"
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="tickets.mailbox"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("mailbox", "source_key"), name="letter_further_source")
                ],
            },
        ),
    ]
