"""Jobs that were promised before jobs had classes get theirs."""

from django.db import migrations

CLASSES = "case kind when 'send_letter' then 'mail' when 'apply_letter' then 'import' else 'score' end"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_workers")]

    operations = [
        migrations.RunSQL(
            f"update tickets_job set work = {CLASSES} where work = '' and done_at is null", migrations.RunSQL.noop
        ),
    ]
