"""The hours the desk has are those of its own calendar, which now has a name."""

from django.db import migrations

NAME = """
insert into tickets_calendar (name, is_default, follows_production)
select 'Часы работы', true, false where not exists (select from tickets_calendar where is_default)
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0022_figures_of_days_and_exports")]

    operations = [migrations.RunSQL(NAME, "delete from tickets_calendar where is_default")]
