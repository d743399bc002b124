"""A version may wait for its moment: it says the same in force, or is called back to a draft before."""

from django.db import migrations

FORWARD = """
create or replace function quality_refuse_published_version() returns trigger language plpgsql as $$
begin
  if old.status = 'draft' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' and (old.status, new.status) in (('scheduled', 'published'), ('published', 'retired'))
     and to_jsonb(new) - 'status' = to_jsonb(old) - 'status' then
    return new;
  end if;
  if tg_op = 'UPDATE' and old.status = 'scheduled' and new.status = 'draft'
     and to_jsonb(new) - array['status', 'sha256', 'effective_at', 'published_at', 'published_by_id']
       = to_jsonb(old) - array['status', 'sha256', 'effective_at', 'published_at', 'published_by_id'] then
    return new;
  end if;
  raise exception 'a published standard never changes (version %)', old.id using errcode = 'restrict_violation';
end $$;
"""

BACKWARD = """
create or replace function quality_refuse_published_version() returns trigger language plpgsql as $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0004_reviews_know_their_agent")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
