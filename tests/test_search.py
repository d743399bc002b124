"""One box over messages, people, tickets and the names of files: what is found, by whom, and at what cost."""

import html
import re
from typing import Any

import pytest
from django.db import connection

from tickets.actions.search import index_everything_again, index_new_entries
from tickets.rules import search_keys
from tickets.rules.search import asked_in, excerpt_of


@pytest.fixture
def talk(anna: Any, elena: Any) -> Any:
    """Anna's chat that Elena leads, with a note, indexed."""
    from chat import actions as chat

    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    chat.post_message(
        conversation=conversation, author=anna, body="Хочу продлить займы, договор 24-118406, please extend loans"
    )
    chat.post_message(conversation=conversation, author=elena, body="Похоже на мошенничество", kind="note")
    index_new_entries()
    return conversation


def ask(client: Any, query: str, **more: str) -> str:
    """The page, with the figures of its tabs and whatever else it asks for by itself."""
    page = told(client, "/search/", {"query": query, **more})
    while asked := re.search(r'<(nav|li)[^>]* hx-get="([^"]*)" hx-trigger="load"[^>]*>.*?</\1>', page, re.DOTALL):
        page = page.replace(asked[0], told(client, html.unescape(asked[2])))
    return page


def told(client: Any, address: str, given: dict[str, str] | None = None) -> str:
    answer = client.get(address, given, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def count_of(page: str, tab: str) -> str:
    found = re.search(rf'data-tab="{tab}".*?num">\s*([^<]*)</span>', page, re.DOTALL)
    assert found, page
    return found[1].strip()


@pytest.mark.parametrize(
    "query", ["займа", "продлите", "loan extended", "24-118406", "24118406", "№24-118406", "118406", '"продлить займы"']
)
def test_a_message_is_found_by_any_form_of_its_words_in_both_languages(
    talk: Any, olga: Any, as_staff: Any, query: str
) -> None:
    page = ask(as_staff(olga), query)
    assert count_of(page, "messages") == "1", query
    assert "<mark>" in page


@pytest.mark.parametrize("query", ['"займы продлить"', "займ -договор", "ипотека"])
def test_what_was_not_said_so_is_not_found(talk: Any, olga: Any, as_staff: Any, query: str) -> None:
    assert count_of(ask(as_staff(olga), query), "messages") == "0"


@pytest.mark.parametrize(
    "name",
    [
        "Ковалёва",
        "Ковалева",
        "ковал",
        "Кавалева",
        "анна ковалева",
        "+7 916 204-58-31",
        "5831",
        "C-104577",
        "ANNA.kovaleva@mail.example",
    ],
)
def test_a_person_is_found_by_name_even_mistyped_and_by_exact_numbers(
    talk: Any, olga: Any, as_staff: Any, name: str
) -> None:
    page = ask(as_staff(olga), name, tab="people")
    assert count_of(page, "people") == "1", name
    assert "Ковалёва" in page


def test_the_list_of_borrowers_finds_a_mistyped_name_too(talk: Any, olga: Any, as_staff: Any) -> None:
    assert "Ковалёва" in as_staff(olga).get("/borrowers/", {"query": "Кавалева"}).content.decode()


def test_an_agent_finds_only_what_may_be_read_and_a_supervisor_everything(
    talk: Any, elena: Any, as_staff: Any, dmitry: Any, olga: Any
) -> None:
    assert count_of(ask(as_staff(elena), "продлить"), "messages") == "1"
    assert count_of(ask(as_staff(dmitry), "продлить"), "messages") == "0"
    assert count_of(ask(as_staff(dmitry), "Ковалёва", tab="people"), "people") == "0"
    assert count_of(ask(as_staff(dmitry), str(talk.ticket.number), tab="tickets"), "tickets") == "0"
    assert count_of(ask(as_staff(olga), str(talk.ticket.number), tab="tickets"), "tickets") == "1"


def test_a_borrower_finds_own_words_and_never_a_note_or_anothers(
    talk: Any, anna: Any, as_borrower: Any, sergey: Any
) -> None:
    found = as_borrower(anna).get("/api/v1/history", {"query": "займ"}).json()
    assert [row["id"] for row in found] == [str(talk.pk)]
    assert any(piece["hit"] for piece in found[0]["excerpt"])
    assert as_borrower(anna).get("/api/v1/history", {"query": "мошенничество"}).json() == []
    assert as_borrower(sergey).get("/api/v1/history", {"query": "займ"}).json() == []


def test_a_text_that_is_redacted_or_deleted_is_gone_in_the_same_transaction(
    talk: Any, olga: Any, as_staff: Any
) -> None:
    from chat.models import Entry

    Entry.objects.filter(conversation=talk, kind="message").update(body="")
    assert count_of(ask(as_staff(olga), "продлить"), "messages") == "0"
    Entry.objects.filter(conversation=talk, kind="note").delete()
    assert count_of(ask(as_staff(olga), "мошенничество"), "messages") == "0"


def test_markup_that_people_wrote_stays_text(talk: Any, anna: Any, olga: Any, as_staff: Any) -> None:
    from chat import actions as chat

    chat.post_message(conversation=talk, author=anna, body="<script>alert(1)</script> ёлка & <b>сумма</b>")
    index_new_entries()
    page = ask(as_staff(olga), "сумма")
    assert "&lt;b&gt;<mark>сумма</mark>&lt;/b&gt;" in page
    assert "<script>alert" not in page


def test_the_index_can_be_made_again_and_is_the_same(talk: Any) -> None:
    from tickets.models import SearchDocument

    rows = SearchDocument.objects.order_by("entry").values_list("entry", "kind", "words", "keys")
    before = [tuple(map(str, row)) for row in rows]
    assert list(index_everything_again())
    assert [tuple(map(str, row)) for row in rows.all()] == before
    assert index_new_entries() == 0


def test_an_entry_that_commits_late_is_indexed_too(transactional_db: None) -> None:
    import psycopg2
    from django.conf import settings

    from chat import actions as chat
    from identity import actions as identity
    from tickets.models import SearchDocument

    people = [identity.refresh_borrower(claims={"sub": name, "name": name, "first_name": name}) for name in ("a", "b")]
    slow, quick = (chat.start_conversation(channel="chat", borrower=one) for one in people)
    given = settings.DATABASES["default"]
    other = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        user=given["USER"],
        host=given["HOST"],
        port=given["PORT"] or None,
        password=given["PASSWORD"] or None,
    )
    with other.cursor() as cursor:  # takes its number first, commits last
        cursor.execute(
            "with moved as (update chat_conversation set seq = seq + 1 where id = %s returning seq, id)"
            " insert into chat_entry (conversation_id, seq, kind, author_kind, author_name, content_hash, body,"
            " data, created_at) select id, seq, 'message', 'borrower', '', '', 'поздняя', '{}', now() from moved",
            [str(slow.pk)],
        )
        chat.post_message(conversation=quick, author=people[1], body="ранняя")
        index_new_entries()
        index_new_entries()
        assert SearchDocument.objects.filter(conversation=quick, kind="message").count() == 1
        other.commit()
    other.close()
    chat.post_message(conversation=quick, author=people[1], body="ещё")  # transactions go on
    for _ in range(3):
        index_new_entries()
    assert SearchDocument.objects.filter(conversation=slow, kind="message").count() == 1


def test_the_keys_are_the_same_in_python_and_in_postgres(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select now(), search_keys('note', now())")
        at, keys = cursor.fetchone()
    spans = [
        search_keys.span_keys(base, bits, at, at)[0] for base, bits in ((search_keys.SHORT, 20), (search_keys.LONG, 24))
    ]
    assert keys == [search_keys.TABS["messages"], *spans]


def test_a_question_is_read_as_people_write_it() -> None:
    asked = asked_in('займ "двойное списание" -жалоба 8 (916) 204-58-31')
    assert [term.text for term in asked.terms if term.is_phrase] == ["двойное списание"]
    assert [term.text for term in asked.terms if not term.is_wanted] == ["жалоба"]
    assert asked.phone == "79162045831"
    assert asked_in("   ").is_empty
    assert asked_in("-займ").is_empty
    assert excerpt_of("\x02займ\x03 мой", "займ мой") == [("займ", True), (" мой", False)]


FILL = """
set local statement_timeout = 0;
set local session_replication_role = replica;
insert into identity_borrower (id, customer_id, full_name, first_name, email, phone, city, language, created_at,
                               refreshed_at)
select md5('b' || n)::uuid, 'P-' || n, 'Заёмщик Номер' || n, 'Анна', '', '7900' || n, '', 'ru', now(), now()
  from generate_series(1, 2000) n;
insert into chat_conversation (id, channel, borrower_id, correspondent_name, correspondent_address, subject, page,
                               language, seq, public_seq, is_shared, started_at, closed_at)
select md5('c' || n)::uuid, 'chat', md5('b' || n %% 2000 + 1)::uuid, '', '', '', '', 'ru', 5, 5, false,
       now() - n * interval '280 days' / %(count)s, now() from generate_series(1, %(count)s) n;
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_name, content_hash, body, data,
                        created_at)
select md5('c' || n)::uuid, s, s, 'message', 'borrower', '', '',
       'Как продлить займ' || case n %% 50 when 0 then ' ипотека' else '' end, '{}',
       now() - n * interval '280 days' / %(count)s
  from generate_series(%(count)s, 1, -1) n, generate_series(1, 5) s;
insert into tickets_ticket (conversation_id, channel, status, opened_at, steps_done)
select id, 'chat', 'resolved', started_at, '[]' from chat_conversation;
"""


def fill(count: int) -> None:
    """So many chats of five messages in 280 days, indexed; in the messages of every fiftieth is a rarer word."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"count": count})
        cursor.execute("select search_store(array(select id from chat_entry order by id))")
        cursor.execute("set local session_replication_role = origin; analyze; set local statement_timeout = default")


@pytest.fixture
def past(db: None) -> None:
    fill(2_000)


def shown_of(page: str) -> list[int]:
    """The numbers of the tickets on a page, one for each line."""
    return [int(number) for number in re.findall(r'class="hit" href="/inbox/(\d+)/"', page)]


def newest_tickets(words: str, count: int) -> list[int]:
    """The tickets of the newest messages with a word, found by reading everything."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.number from chat_entry e join tickets_ticket t using (conversation_id)"
            " where e.body like %s order by e.created_at desc, e.id desc limit %s",
            [f"%{words}%", count],
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("patience", [0.0, 5.0])
@pytest.mark.parametrize(("query", "words"), [("ипотека", "ипотека"), ("займ", "займ")])
def test_the_page_holds_the_newest_hits_however_little_time_its_first_part_has(
    past: None, olga: Any, as_staff: Any, monkeypatch: Any, query: str, words: str, patience: float
) -> None:
    from tickets.queries import search, search_stretches

    monkeypatch.setattr(search, "PATIENCE", patience)
    monkeypatch.setattr(search_stretches, "NEWEST", 100)
    client = as_staff(olga)
    first = told(client, "/search/", {"query": query})
    assert ("Looking further" in first or "Ищем дальше" in first) == (query == "ипотека" and not patience)
    shown = shown_of(ask(client, query))
    assert 20 <= len(shown) <= 30
    assert shown == newest_tickets(words, len(shown))


def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    past: None, olga: Any, as_staff: Any, monkeypatch: Any
) -> None:
    from tickets.queries import search_stretches

    monkeypatch.setattr(search_stretches, "NEWEST", 7)
    client, shown = as_staff(olga), []
    address = "/search/?query=ипотека"
    while address:
        page = told(client, address)
        shown += shown_of(page)
        further = re.search(r'href="([^"]*before=[^"]*)"', page)
        address = html.unescape(further[1]) if further else ""
    assert len(shown) > 100
    assert shown == newest_tickets("ипотека", len(shown))


def test_nothing_that_was_looked_for_to_the_end_is_told_in_the_place_of_the_rest(
    past: None, olga: Any, as_staff: Any, monkeypatch: Any
) -> None:
    from tickets.queries import search

    monkeypatch.setattr(search, "PATIENCE", 0)
    first = told(as_staff(olga), "/search/", {"query": "займ -продлить"})
    assert 'class="hit"' not in first
    assert "empty" not in first
    whole = ask(as_staff(olga), "займ -продлить")
    assert whole.count('class="empty') == 1
    assert count_of(whole, "messages") == "0"


def test_a_period_narrows_what_is_looked_through(past: None, olga: Any, as_staff: Any) -> None:
    from django.utils import timezone

    day = timezone.localdate() - timezone.timedelta(days=30)
    client = as_staff(olga)
    narrowed = {"since": day.isoformat(), "until": (day + timezone.timedelta(days=4)).isoformat()}
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from chat_entry where body like '%%ипотека%%' and"
            " (created_at at time zone 'Europe/Moscow')::date between %s and %s",
            [narrowed["since"], narrowed["until"]],
        )
        (expected,) = cursor.fetchone()
    assert expected
    assert count_of(ask(client, "ипотека", **narrowed), "messages") == str(expected)


def test_no_large_table_is_read_through(db: None, olga: Any, elena: Any) -> None:
    from tickets.queries import search, search_page
    from tickets.queries.search_stretches import Narrowed

    fill(20_000)
    plans = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().lower().startswith("select") and "search" in sql:
            with connection.connection.cursor() as plain:
                plain.execute(f"explain {sql}", params)
                plans.append("\n".join(row[0] for row in plain.fetchall()))
        return execute(sql, params, many, context)

    for user in (olga, elena):
        for query in ("продлить займ", "ипотека", "Номер15", "займ -продлить", "8 916 204-58-31"):
            for tab in search_page.TABS:
                asked = {"query": query, "tab": tab, "narrowed": Narrowed()}
                with connection.execute_wrapper(explain):
                    page = search_page.found(user, **asked, order="newest", before="", shown=0)
                    counted = search_page.counted(user, **asked)
                if user == olga and query == "продлить займ" and tab == "messages":
                    assert counted.counts["messages"] == search.COUNTED + 1
                    assert page.after
    large = "tickets_searchdocument|chat_entry|chat_conversation|tickets_ticket|identity_borrower"
    assert plans
    assert not [plan for plan in plans if re.search(rf"Seq Scan on ({large})", plan)]
    walks = [plan for plan in plans if "search_newest" in plan and "search_words_and_keys" in plan]
    assert not walks, "a stretch is answered by one index"
