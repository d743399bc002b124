"""On the way back forecasts without a chance go: the older table has no place for them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("quality", "0007_trained_models")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, "delete from quality_complaintforecast where probability is null"),
    ]
