"""A fact of the log: letters went on in the chat."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0005_identity_facts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message", "Message"),
                    ("note", "Internal note"),
                    ("started", "Started"),
                    ("assigned", "Assigned"),
                    ("unassigned", "Returned to the queue"),
                    ("transferred", "Transferred"),
                    ("topic_set", "Topic set"),
                    ("resolved", "Resolved"),
                    ("reopened", "Reopened"),
                    ("closed", "Closed"),
                    ("redacted", "Redacted"),
                    ("continued", "Went on in the chat"),
                    ("verified", "Identity confirmed"),
                    ("unverified", "Identity not confirmed"),
                    ("document", "Photo of a document"),
                ],
                max_length=12,
            ),
        ),
    ]
