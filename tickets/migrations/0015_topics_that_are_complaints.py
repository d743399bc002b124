"""Whether a conversation is a complaint is a property of its topic, not a guess by the topic's code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_mailboxes_for_public_reviews")]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="is_complaint",
            field=models.BooleanField(default=False, verbose_name="a complaint"),
        ),
    ]
