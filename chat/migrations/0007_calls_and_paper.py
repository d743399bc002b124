"""Channels for letters on paper and the regulator's portal, and what the log says of a call."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0006_letters_go_on_in_the_chat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="conversation",
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
                    ("call", "Phone call"),
                    ("missed_call", "Missed call"),
                ],
                max_length=12,
            ),
        ),
    ]
