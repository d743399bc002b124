"""An answer that was English has its English text now, and no Russian one: its texts tell the language."""

from django.db import migrations
from django.db.models import F


def move(apps, schema_editor):
    english = apps.get_model("tickets", "CannedAnswer").objects.filter(language="en")
    english.update(title_en=F("title"), body_en=F("body"))
    english.update(title="", body="")


def move_back(apps, schema_editor):
    english = apps.get_model("tickets", "CannedAnswer").objects.filter(body="")
    english.update(title=F("title_en"), body=F("body_en"), language="en")


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0028_prepared_answers_with_versions"),
    ]

    operations = [
        migrations.RunPython(move, move_back),
        migrations.RemoveField(model_name="cannedanswer", name="language"),
    ]
