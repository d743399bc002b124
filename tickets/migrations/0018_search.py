"""The index of the search, the functions that write it, and the triggers that keep it true.

The live path only inserts entries: nothing here runs then. A redaction, a deletion, another name or subject changes
the index in the same transaction, whoever makes it.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

FUNCTIONS = r"""
create function search_plain(value text) returns text language sql immutable parallel safe as $$
  select translate(left(value, 100000), E'ёЁ<>&\x02\x03', 'еЕ     ')
$$;

create function search_numbers(value text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct 'n' || found.digits), '{}') from (
    select regexp_replace(m[1], '\D', '', 'g') from regexp_matches(value, '(\d(?:[-–/]?\d){3,24})', 'g') m
    union all
    select m[1] from regexp_matches(value, '(\d{4,25})', 'g') m
    union all
    select '7' || right(regexp_replace(m[1], '\D', '', 'g'), 10)
      from regexp_matches(value,
        E'((?:\\+7|\\m8|\\m7)[ \u00a0(-]{0,3}\\d{3}[ \u00a0)-]{0,3}\\d{3}[ \u00a0-]?\\d{2}[ \u00a0-]?\\d{2})', 'g') m
  ) found(digits)
$$;

create function search_words(value text) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('russian'::regconfig, search_plain(value)) || array_to_tsvector(search_numbers(search_plain(value)))
$$;

create function search_names(value text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct word order by word), '{}')
    from regexp_split_to_table(lower(translate(value, 'ёЁ', 'ее')), '[^[:alnum:]]+') word where length(word) > 1
$$;

create function search_grams(word text) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct substr('  ' || word || ' ', n, 3)) from generate_series(1, length(word) + 1) n
$$;

create function search_keys(kind text, at timestamptz) returns int[] language sql immutable parallel safe as $$
  select array[(1 << 24) + case kind when 'subject' then 2 when 'file' then 3 else 1 end,
               (5 << 24) + (floor(extract(epoch from at))::bigint >> 20)::int,
               (6 << 24) + (floor(extract(epoch from at))::bigint >> 24)::int]
$$;

create function search_store(entries bigint[]) returns bigint language sql volatile as $$
  with made as (
    select e.id, null::uuid, e.conversation_id, case e.kind when 'started' then 'subject' else e.kind end as kind,
           e.author_kind, e.public_seq is not null, e.created_at,
           case e.kind when 'started' then search_words(concat_ws(' ', c.subject, c.correspondent_name,
                                                                  c.correspondent_address, b.full_name))
                else search_words(e.body) end as words
      from chat_entry e join chat_conversation c on c.id = e.conversation_id
      left join identity_borrower b on b.id = c.borrower_id
     where e.id = any(entries) and e.kind in ('message', 'note', 'started') and c.channel <> 'probe'
    union all
    select e.id, a.id, e.conversation_id, 'file', e.author_kind, e.public_seq is not null, e.created_at,
           search_words(a.name || ' ' || translate(a.name, '_.', '  '))
      from chat_attachment a join chat_entry e on e.id = a.entry_id
      join chat_conversation c on c.id = e.conversation_id
     where a.entry_id = any(entries) and c.channel <> 'probe'
  ), stored as (
    insert into tickets_searchdocument (entry_id, attachment_id, conversation_id, kind, author_kind, is_public, at,
                                        words, keys)
    select m.*, search_keys(m.kind, m.created_at) from made m where m.words <> '' order by m.id
    on conflict do nothing returning 1)
  select count(*) from stored
$$;

create function search_again(entries bigint[]) returns void language plpgsql volatile as $$
begin
  delete from tickets_searchdocument where entry_id = any(entries);
  perform search_store(entries);
end $$;

create function search_advance(most int) returns int language plpgsql volatile as $$
declare
  cursor_ tickets_searchcursor; ids bigint[]; oldest bigint; count_ int := 0;
begin
  insert into tickets_searchcursor (id) values (1) on conflict do nothing;
  select * into cursor_ from tickets_searchcursor where id = 1 for update skip locked;
  if not found then return 0; end if;
  oldest := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  if cursor_.mark > cursor_.floor and oldest >= cursor_.mark_xid then
    ids := array(select e.id from chat_entry e
                  where e.id > cursor_.floor and e.id <= cursor_.mark and e.kind in ('message', 'note', 'started')
                    and not exists (select from tickets_searchdocument d where d.entry_id = e.id));
    perform search_store(ids);
    cursor_.floor := cursor_.mark;
  end if;
  ids := array(select e.id from chat_entry e where e.id > cursor_.seen order by e.id limit most);
  if cardinality(ids) > 0 then
    perform search_store(ids);
    count_ := cardinality(ids);
    cursor_.seen := ids[count_];
  end if;
  if cursor_.mark <= cursor_.floor and cursor_.seen > cursor_.floor then
    cursor_.mark := cursor_.seen;
    cursor_.mark_xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
  end if;
  update tickets_searchcursor set floor = cursor_.floor, seen = cursor_.seen, mark = cursor_.mark,
         mark_xid = cursor_.mark_xid where id = 1 and tickets_searchcursor is distinct from cursor_;
  return count_;
end $$;
"""

TRIGGERS = r"""
create function search_entry_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from tickets_searchdocument where entry_id = old.id;
  else
    perform search_again(array[new.id]);
  end if;
  return null;
end $$;
create trigger search_entry_deleted after delete on chat_entry for each row execute function search_entry_changed();
create trigger search_entry_changed after update of body, public_seq on chat_entry for each row
  when (old.body is distinct from new.body or old.public_seq is distinct from new.public_seq)
  execute function search_entry_changed();

create function search_file_changed() returns trigger language plpgsql as $$
begin
  if old.entry_id is not null then
    delete from tickets_searchdocument where entry_id = old.entry_id and attachment_id = old.id;
    if tg_op = 'UPDATE' then perform search_store(array[new.entry_id]); end if;
  end if;
  return null;
end $$;
create trigger search_file_deleted after delete on chat_attachment for each row execute function search_file_changed();
create trigger search_file_changed after update of name on chat_attachment for each row
  when (old.name is distinct from new.name) execute function search_file_changed();

create function search_conversation_changed() returns trigger language plpgsql as $$
begin
  perform search_again(array(select e.id from chat_entry e where e.conversation_id = new.id and e.seq = 1));
  return null;
end $$;
create trigger search_conversation_changed
  after update of subject, borrower_id, correspondent_name, correspondent_address on chat_conversation for each row
  when (old.subject is distinct from new.subject or old.borrower_id is distinct from new.borrower_id
        or old.correspondent_name is distinct from new.correspondent_name
        or old.correspondent_address is distinct from new.correspondent_address)
  execute function search_conversation_changed();

create function search_name_known() returns trigger language plpgsql as $$
begin
  insert into tickets_searchname (word, grams)
    select one.word, search_grams(one.word) from unnest(search_names(new.full_name)) one(word)
     where not exists (select from tickets_searchname known where known.word = one.word) order by one.word
    on conflict do nothing;
  if tg_op = 'UPDATE' then
    perform search_again(array(select e.id from chat_conversation c join chat_entry e
                                   on e.conversation_id = c.id and e.seq = 1 where c.borrower_id = new.id));
  end if;
  return null;
end $$;
create trigger search_name_new after insert on identity_borrower for each row execute function search_name_known();
create trigger search_name_changed after update of full_name on identity_borrower for each row
  when (old.full_name is distinct from new.full_name) execute function search_name_known();

create index conversation_shared on chat_conversation (started_at) where is_shared;
create index borrower_names on identity_borrower using gin (search_names(full_name));
create index borrower_phone_from_its_end on identity_borrower
  (reverse(regexp_replace(phone, '\D', '', 'g')) text_pattern_ops);
create index borrower_number_in_any_case on identity_borrower (upper(customer_id));
"""

WITHOUT_FUNCTIONS = """
drop function search_advance(int);
drop function search_again(bigint[]);
drop function search_store(bigint[]);
drop function search_keys(text, timestamptz);
drop function search_grams(text);
drop function search_names(text);
drop function search_words(text);
drop function search_numbers(text);
drop function search_plain(text);
"""

WITHOUT_TRIGGERS = """
drop index conversation_shared;
drop index borrower_number_in_any_case;
drop index borrower_phone_from_its_end;
drop index borrower_names;
drop trigger search_name_changed on identity_borrower;
drop trigger search_name_new on identity_borrower;
drop function search_name_known();
drop trigger search_conversation_changed on chat_conversation;
drop function search_conversation_changed();
drop trigger search_file_changed on chat_attachment;
drop trigger search_file_deleted on chat_attachment;
drop function search_file_changed();
drop trigger search_entry_changed on chat_entry;
drop trigger search_entry_deleted on chat_entry;
drop function search_entry_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0017_calls_and_paper"),
        ("chat", "0006_letters_go_on_in_the_chat"),
        ("identity", "0006_addresses_in_any_case"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchCursor",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("floor", models.BigIntegerField(db_default=0)),
                ("seen", models.BigIntegerField(db_default=0)),
                ("mark", models.BigIntegerField(db_default=0)),
                ("mark_xid", models.BigIntegerField(db_default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                ("word", models.CharField(max_length=200, primary_key=True, serialize=False)),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="search_name_grams"),
                    models.Index(fields=["word"], name="search_name_begins", opclasses=["varchar_pattern_ops"]),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "Message"),
                            ("note", "Internal note"),
                            ("subject", "Subject"),
                            ("file", "File"),
                        ],
                        max_length=7,
                    ),
                ),
                ("author_kind", models.CharField(max_length=13)),
                ("is_public", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                (
                    "attachment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="chat.attachment",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="chat.conversation",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="chat.entry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words", "keys"], name="search_words_and_keys"
                    ),
                    models.Index(fields=["-at", "-id"], name="search_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "attachment"), name="searched_once", nulls_distinct=False)
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, WITHOUT_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, WITHOUT_TRIGGERS),
    ]
