from django.db import migrations, models


class Migration(migrations.Migration):
    """Weighted means and ratios need the sums of their bases too."""

    dependencies = [("quality", "0008_forecasts_without_a_chance")]

    operations = [
        migrations.AddField("metricday", "base", models.FloatField(default=0)),
        migrations.AddField("metricday", "base_products", models.FloatField(default=0)),
        migrations.AddField("metricday", "base_squares", models.FloatField(default=0)),
    ]
