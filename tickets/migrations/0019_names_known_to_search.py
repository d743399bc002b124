"""The names of the borrowers there already are; what they said is indexed by the first sweeps."""

from django.db import migrations

FILL = """
insert into tickets_searchname (word, grams)
  select distinct word, search_grams(word) from identity_borrower, unnest(search_names(full_name)) word
on conflict do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_search")]

    operations = [migrations.RunSQL(FILL, "delete from tickets_searchname")]
