"""A published standard never changes, whoever asks: only its retirement is let through."""

from django.db import migrations

FORWARD = """
create function quality_refuse_published_version() returns trigger language plpgsql as $$
begin
  if old.status = 'draft' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' and old.status = 'published' and new.status = 'retired'
     and to_jsonb(new) - 'status' = to_jsonb(old) - 'status' then
    return new;
  end if;
  raise exception 'a published standard never changes (version %)', old.id using errcode = 'restrict_violation';
end $$;

create function quality_refuse_published_section() returns trigger language plpgsql as $$
begin
  if exists (select from quality_standardversion v
              where v.id in (case when tg_op <> 'INSERT' then old.version_id end,
                             case when tg_op <> 'DELETE' then new.version_id end)
                and v.status <> 'draft') then
    raise exception 'a published standard never changes (section)' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create function quality_refuse_published_criterion() returns trigger language plpgsql as $$
begin
  if exists (select from quality_section s join quality_standardversion v on v.id = s.version_id
              where s.id in (case when tg_op <> 'INSERT' then old.section_id end,
                             case when tg_op <> 'DELETE' then new.section_id end)
                and v.status <> 'draft') then
    raise exception 'a published standard never changes (criterion)' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create trigger published_version_stays before update or delete on quality_standardversion
  for each row execute function quality_refuse_published_version();
create trigger published_section_stays before insert or update or delete on quality_section
  for each row execute function quality_refuse_published_section();
create trigger published_criterion_stays before insert or update or delete on quality_criterion
  for each row execute function quality_refuse_published_criterion();
"""

BACKWARD = """
drop trigger published_version_stays on quality_standardversion;
drop trigger published_section_stays on quality_section;
drop trigger published_criterion_stays on quality_criterion;
drop function quality_refuse_published_version();
drop function quality_refuse_published_section();
drop function quality_refuse_published_criterion();
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
