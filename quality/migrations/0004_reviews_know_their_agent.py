"""Reviews that stand already belong to the agent of their score, and their ratings have a place on the scale."""

from django.db import migrations

FORWARD = """
update quality_review r set agent_id = s.agent_id from quality_score s where s.id = r.score_id;
update quality_rating set value = case verdict when 'pass' then 1 when 'partial' then 0.5 when 'fail' then 0 end;
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0003_what_quality_leads_needs")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
