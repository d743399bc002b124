"""The one statement of the live path: lock, authorise, recognise repeats, take sequences, insert, move the heads.

A function, because its plans are kept by the connection, each of its two statements sees what was committed while the
lock was awaited, and a batch costs one round trip.
"""

from django.db import migrations

FUNCTION = """
create function chat_store_posts(conversations uuid[], posts json)
returns table (n int, verdict text, id bigint, seq bigint, public_seq bigint, created_at timestamptz, author_name text)
language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  perform 1 from chat_conversation c where c.id = any(conversations) order by c.id for no key update;

  return query
  with post as materialized (
    select * from json_to_recordset(posts) as p(
      n int, conversation uuid, author_kind text, author uuid, name text, epoch int, session uuid, client uuid,
      hash text, kind text, public bool, body text, data jsonb, files text, trusted bool)
  ), judged as materialized (
    select p.*, c.seq as head, c.public_seq as public_head, coalesce(u.display_name, p.name, '') as writer,
           old.id as old_id, old.seq as old_seq, old.public_seq as old_public_seq, old.created_at as old_at,
           case
             when c.id is null then 'forbidden'
             when not coalesce(p.trusted, false) and p.author_kind = 'borrower' and (
                  c.borrower_id is distinct from p.author
                  or (p.session is not null and not exists (
                      select from identity_borrowersession s
                       where s.id = p.session and s.ended_at is null and s.expires_at > now()))) then 'forbidden'
             when not coalesce(p.trusted, false) and p.author_kind = 'staff' and (
                  u.id is null or u.deactivated_at is not null or u.auth_epoch <> coalesce(p.epoch, u.auth_epoch)
                  or not (u.role in ('supervisor', 'admin') or exists (
                      select from chat_participant t
                       where t.conversation_id = c.id and t.user_id = u.id and t.until is null))
                  or (p.session is not null and not exists (
                      select from identity_staffsession s where s.id = p.session and s.ended_at is null)))
               then 'forbidden'
             when old.id is not null and old.content_hash = p.hash then 'duplicate'
             when old.id is not null then 'conflict'
             when not coalesce(p.trusted, false) and c.closed_at is not null then 'closed'
             when p.files is not null and cardinality(string_to_array(p.files, ',')) <> (
                  select count(*) from chat_attachment x
                   where x.id = any(string_to_array(p.files, ',')::uuid[]) and x.conversation_id = c.id
                     and x.author_id is not distinct from p.author and x.entry_id is null) then 'attachment'
           end as verdict
      from post p
      left join chat_conversation c on c.id = p.conversation
      left join identity_user u on p.author_kind = 'staff' and u.id = p.author
      left join chat_entry old on old.author_id = p.author and old.client_id = p.client
  ), fresh as materialized (
    select j.*, nextval('chat_entry_id_seq') as new_id, clock_timestamp() as at,
           j.head + row_number() over w as new_seq,
           case when j.public then j.public_head + count(*) filter (where j.public) over w end as new_public_seq
      from judged j where j.verdict is null
    window w as (partition by j.conversation order by j.n rows unbounded preceding)
  ), stored as (
    insert into chat_entry (id, conversation_id, seq, public_seq, kind, author_kind, author_id, author_name, client_id,
                            content_hash, body, data, created_at)
    select f.new_id, f.conversation, f.new_seq, f.new_public_seq, f.kind, f.author_kind, f.author, f.writer, f.client,
           f.hash, f.body, coalesce(f.data, '{}'), f.at
      from fresh f
  ), moved as (
    update chat_conversation c set seq = c.seq + m.entries, public_seq = c.public_seq + m.public_entries
      from (select f.conversation, count(*) as entries, count(f.new_public_seq) as public_entries
              from fresh f group by f.conversation) m
     where c.id = m.conversation
  ), claimed as (
    update chat_attachment x set entry_id = f.new_id
      from fresh f where f.files is not null and x.id = any(string_to_array(f.files, ',')::uuid[])
  )
  select f.n, 'stored', f.new_id, f.new_seq, f.new_public_seq, f.at, f.writer::text from fresh f
  union all
  select j.n, j.verdict, j.old_id, j.old_seq, j.old_public_seq, j.old_at, j.writer::text
    from judged j where j.verdict is not null;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial"), ("identity", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function chat_store_posts(uuid[], json)"),
    ]
