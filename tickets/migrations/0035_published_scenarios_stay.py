"""Every step stands in a version, and a published version never changes, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q, Value

FORWARD = """
create function tickets_refuse_published_scenario() returns trigger language plpgsql as $$
begin
  if old.published_at is null then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  raise exception 'a published scenario never changes (version %)', old.id using errcode = 'restrict_violation';
end $$;

create function tickets_refuse_published_step() returns trigger language plpgsql as $$
begin
  if exists (select from tickets_scenarioversion v
              where v.id in (case when tg_op <> 'INSERT' then old.version_id end,
                             case when tg_op <> 'DELETE' then new.version_id end)
                and v.published_at is not null) then
    raise exception 'a published scenario never changes (step)' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create function tickets_refuse_published_choice() returns trigger language plpgsql as $$
begin
  if exists (select from tickets_scenariostep s join tickets_scenarioversion v on v.id = s.version_id
              where s.id in (case when tg_op <> 'INSERT' then old.step_id end,
                             case when tg_op <> 'DELETE' then new.step_id end)
                and v.published_at is not null) then
    raise exception 'a published scenario never changes (choice)' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create trigger published_scenario_stays before update or delete on tickets_scenarioversion
  for each row execute function tickets_refuse_published_scenario();
create trigger published_step_stays before insert or update or delete on tickets_scenariostep
  for each row execute function tickets_refuse_published_step();
create trigger published_choice_stays before insert or update or delete on tickets_scenariochoice
  for each row execute function tickets_refuse_published_choice();
"""

BACKWARD = """
drop trigger published_scenario_stays on tickets_scenarioversion;
drop trigger published_step_stays on tickets_scenariostep;
drop trigger published_choice_stays on tickets_scenariochoice;
drop function tickets_refuse_published_scenario();
drop function tickets_refuse_published_step();
drop function tickets_refuse_published_choice();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0034_flat_steps_are_version_one")]

    operations = [
        migrations.RemoveConstraint(model_name="scenariostep", name="step_position"),
        migrations.RemoveField(model_name="scenariostep", name="topic"),
        migrations.AlterField(
            model_name="scenariostep",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="tickets.scenarioversion"
            ),
        ),
        migrations.AlterField(
            model_name="scenariostep",
            name="key",
            field=models.BigIntegerField(db_default=Func(Value("tickets_scenariostep_id_seq"), function="nextval")),
        ),
        migrations.AddConstraint(
            model_name="scenariostep",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="step_key"),
        ),
        migrations.AddConstraint(
            model_name="scenariostep",
            constraint=models.UniqueConstraint(
                deferrable=models.Deferrable["DEFERRED"], fields=("version", "position"), name="step_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="scenariostep",
            constraint=models.CheckConstraint(
                condition=Q(goes_to=None) | ~Q(goes_to=F("key")), name="step_leads_elsewhere"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
