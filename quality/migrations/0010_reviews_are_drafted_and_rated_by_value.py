"""A review is drafted before it is submitted; a rating is its place on the scale, its verdict follows from it."""

from django.db import migrations, models

VERDICTS_AGAIN = """
update quality_rating set verdict = case when value is null then 'na' when value = 1 then 'pass' when value = 0
  then 'fail' else 'partial' end;
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0009_metrics_over_a_base")]

    operations = [
        migrations.AddField(
            "review",
            "draft",
            models.JSONField(default=dict, help_text="what is typed and not submitted yet, as the page sent it"),
        ),
        migrations.AddField(
            "review",
            "edition",
            models.PositiveIntegerField(default=0, help_text="grows with every saving: two windows cannot mix"),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, VERDICTS_AGAIN),
        migrations.RemoveConstraint("rating", "people_are_sure"),
        migrations.AlterField("rating", "verdict", models.CharField(max_length=7, default="na")),
        migrations.RemoveField("rating", "verdict"),
    ]
