"""Topics that were taken for complaints by their codes are complaints by their property from now on."""

from django.db import migrations

MARK = "update tickets_topic set is_complaint = true where code in ('complaint', 'complaints', 'zhaloba')"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_topics_that_are_complaints")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
