"""The clocks of a batch are read and written with that of the whole answer, and every move of a clock sets the alarm.

``alarm_at`` is the moment of the next step of a ticket's promises. Clocks move in several places, so a trigger sets it:
none of them can forget it. Its condition is looked at without a call where no clock moved.
"""

from django.db import migrations

BEFORE = [
    "number", "conversation_id", "channel", "topic_id", "waiting_since", "due_at", "warn_at", "first_response_at",
    "borrower_wrote_at", "staff_wrote_at", "status", "assignee_id", "queued_at", "held_at", "returns_to_id",
    "snoozed_until", "resolved_at",
]
NEW = [
    "priority", "thanked_at", "resolution_used", "resolution_since", "resolution_due_at", "resolution_warn_at",
]
KEPT = {"number", "conversation_id", "channel", "topic_id", "priority"}
TYPES = {"number": "bigint", "status": "text", "assignee_id": "uuid", "returns_to_id": "uuid", "resolution_used": "float"}


def read(columns):
    return f"""
create or replace function tickets_read_clocks(conversations uuid[]) returns text language plpgsql as $$
begin
  return (
    with ticket as materialized (
      select {", ".join(columns)}
        from tickets_ticket where conversation_id = any(conversations) order by number for no key update)
    select json_agg(ticket)::text from ticket);
end $$
"""


def write(columns):
    moved = [name for name in columns if name not in KEPT]
    return f"""
create or replace function tickets_write_clocks(moved json, events json) returns void language plpgsql as $$
begin
  update tickets_ticket t
     set {", ".join(f"{name} = n.{name}" for name in moved)}
    from json_to_recordset(moved) as n(
         {", ".join(f"{name} {TYPES.get(name, 'timestamptz')}" for name in ["number", *moved])})
   where t.number = n.number;
  if events is not null then
    insert into tickets_ticketevent (ticket_id, kind, at, user_id, data)
    select e.ticket, e.kind, e.at, e."user", e.data
      from json_to_recordset(events) as e(ticket bigint, kind text, at timestamptz, "user" uuid, data jsonb);
  end if;
end $$
"""


TRIGGER = """
create function tickets_set_alarm() returns trigger language plpgsql as $$
begin
  new.alarm_at := least(coalesce(new.warn_at, new.due_at), coalesce(new.resolution_warn_at, new.resolution_due_at));
  return new;
end $$;
create trigger tickets_alarm before update on tickets_ticket for each row
 when ((old.warn_at, old.due_at, old.resolution_warn_at, old.resolution_due_at) is distinct from
       (new.warn_at, new.due_at, new.resolution_warn_at, new.resolution_due_at))
 execute function tickets_set_alarm();
"""
NO_TRIGGER = "drop trigger tickets_alarm on tickets_ticket; drop function tickets_set_alarm();"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_promises_calendars_and_appeals")]

    operations = [
        migrations.RunSQL(read([*BEFORE, *NEW]), read(BEFORE)),
        migrations.RunSQL(write([*BEFORE, *NEW]), write(BEFORE)),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
