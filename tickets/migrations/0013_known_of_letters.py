"""A letter is locked and what is known of it asked in one call.

A function, because its plans are kept by the connection, and what it asks sees what was committed while it waited for
the lock.
"""

from django.db import migrations

KNOWN = """
create function tickets_known_of_letter(
  letter bigint, mailbox bigint, message text, content text, address text, addresses text[], at timestamptz)
returns text language plpgsql volatile as $$
declare
  found_state text;
  found_ticket bigint;
begin
  select l.state, l.ticket_id into found_state, found_ticket
    from tickets_inboundletter l where l.id = letter for update;
  return json_build_object(
    'state', found_state,
    'ticket', found_ticket,
    'mailbox', (select m.xmin::text from tickets_mailbox m where m.id = mailbox),
    'twin', (
      select json_build_array(l.id, l.ticket_id, l.entry_id, l.fingerprint = content)
        from tickets_inboundletter l
       where l.message_id = message and l.mailbox_id = mailbox and l.id <> letter and l.state in ('applied', 'oversize')
       order by l.fingerprint <> content, l.id limit 1),
    'borrowers', (
      select json_agg(b.id) from (
        select id from identity_borrower where address <> '' and upper(email) = upper(address) limit 10) b),
    'recent', (
      select json_agg(json_build_array(r.number, r.subject, r.is_new) order by r.number desc) from (
        select t.number, c.subject, t.opened_at > at - interval '1 hour' as is_new
          from chat_conversation c join tickets_ticket t on t.conversation_id = c.id
         where c.correspondent_address = any(addresses) and t.channel = 'email' and t.merged_into_id is null
           and (t.opened_at >= at - interval '7 days' or t.borrower_wrote_at >= at - interval '7 days')
         order by t.number desc limit 50) r));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_letters_the_desk_sends_by_itself")]

    operations = [
        migrations.RunSQL(
            KNOWN, "drop function tickets_known_of_letter(bigint, bigint, text, text, text, text[], timestamptz)"
        ),
    ]
