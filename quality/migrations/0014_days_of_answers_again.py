"""Days on which borrowers were heard are rolled up once more: their figures are of before answers were among them."""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone


def forget(apps: Any, schema_editor: Any) -> None:
    """The desk rolls up whatever day it has no figures of."""
    rolled = apps.get_model("tickets", "RolledDay")
    for name, moment in (("SurveyAnswer", "created_at"), ("SurveyResponse", "invite__sent_at")):
        heard = apps.get_model("quality", name).objects.order_by()
        days = heard.values_list(TruncDate(moment, tzinfo=get_default_timezone()), flat=True).distinct()
        rolled.objects.filter(date__in=list(days)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0013_notices_are_opened"),
        ("tickets", "0036_who_takes_it_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
