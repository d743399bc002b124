"""The clocks of a batch are read and written by functions: Postgres plans them once for a connection, not per batch."""

from django.db import migrations

READ = """
create function tickets_read_clocks(conversations uuid[]) returns text language plpgsql as $$
begin
  return (
    with ticket as materialized (
      select number, conversation_id, channel, topic_id, waiting_since, due_at, warn_at, first_response_at,
             borrower_wrote_at, staff_wrote_at, status, assignee_id, queued_at, held_at, returns_to_id,
             snoozed_until, resolved_at
        from tickets_ticket where conversation_id = any(conversations) order by number for no key update)
    select json_agg(ticket)::text from ticket);
end $$
"""

WRITE = """
create function tickets_write_clocks(moved json, events json) returns void language plpgsql as $$
begin
  update tickets_ticket t
     set waiting_since = n.waiting_since, due_at = n.due_at, warn_at = n.warn_at,
         first_response_at = n.first_response_at, borrower_wrote_at = n.borrower_wrote_at,
         staff_wrote_at = n.staff_wrote_at, status = n.status, assignee_id = n.assignee_id, queued_at = n.queued_at,
         held_at = n.held_at, returns_to_id = n.returns_to_id, snoozed_until = n.snoozed_until,
         resolved_at = n.resolved_at
    from json_to_recordset(moved) as n(
         number bigint, waiting_since timestamptz, due_at timestamptz, warn_at timestamptz,
         first_response_at timestamptz, borrower_wrote_at timestamptz, staff_wrote_at timestamptz, status text,
         assignee_id uuid, queued_at timestamptz, held_at timestamptz, returns_to_id uuid,
         snoozed_until timestamptz, resolved_at timestamptz)
   where t.number = n.number;
  if events is not null then
    insert into tickets_ticketevent (ticket_id, kind, at, user_id, data)
    select e.ticket, e.kind, e.at, e."user", e.data
      from json_to_recordset(events) as e(ticket bigint, kind text, at timestamptz, "user" uuid, data jsonb);
  end if;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_operations")]

    operations = [
        migrations.RunSQL(READ, "drop function tickets_read_clocks(uuid[])"),
        migrations.RunSQL(WRITE, "drop function tickets_write_clocks(json, json)"),
    ]
