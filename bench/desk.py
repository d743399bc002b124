"""Pages of the desk beside a large past: ``python -m bench.desk``.

Two databases of one Postgres, a tenth of the tickets and all of them, ten messages each, made by statements over sets;
the same pages in turns on each: the search's first page, the inbox, the queue, a borrower's History.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.growth import use, write
from bench.place import Place, own_place, say
from bench.report import Figures, Options, machine, parser, table, tell

FILL = """
set synchronous_commit = off;
set session_replication_role = replica;
set statement_timeout = 0;
insert into identity_borrower (id, customer_id, full_name, first_name, email, phone, city, language, created_at,
                               refreshed_at)
select md5('b' || n)::uuid, 'D-' || n,
       (array['Ковалёва','Мельникова','Юсупова','Петренко','Сафина','Лаптева','Орлова'])[n %% 7 + 1] || ' ' ||
       (array['Анна','Марина','Ольга','Ирина','Гульнара'])[n %% 5 + 1] || ' ' ||
       translate(n::text, '0123456789', 'абвгдежзик'),
       'Анна', 'b' || n || '@mail.example', '+7916' || lpad(n::text, 7, '0'), 'Тверь', 'ru', now(), now()
  from generate_series(1, greatest(%(tickets)s / 10, 1)) n;
insert into tickets_searchname (word, grams) select distinct word, search_grams(word)
  from identity_borrower, unnest(search_names(full_name)) word on conflict do nothing;
insert into chat_conversation (id, channel, borrower_id, correspondent_name, correspondent_address, subject, page,
                               language, seq, public_seq, is_shared, started_at, closed_at)
select md5('c' || n)::uuid, case n %% 5 when 0 then 'email' else 'chat' end,
       md5('b' || n %% greatest(%(tickets)s / 10, 1) + 1)::uuid, '', '',
       (array['Продление займа','Двойное списание','Справка о закрытии','Вход в кабинет'])[n %% 4 + 1],
       '', 'ru', 11, 11,
       false, now() - (%(tickets)s - n) * interval '30 seconds', now() from generate_series(1, %(tickets)s) n;
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_id, author_name, content_hash, body,
                        data, created_at)
select md5('c' || n)::uuid, s, s, case s when 1 then 'started' else 'message' end,
       case s %% 2 when 0 then 'borrower' else 'staff' end, null, '', '', case s when 1 then '' else
       (array['Здравствуйте, хочу продлить займ на месяц','Посмотрю условия по вашему договору',
              'Списали дважды, верните', 'Справка готова, отправила её на почту'])[(n + s) %% 4 + 1]
       || ' ' || left(md5(n::text || s), 6)
       || case (n * 10 + s) %% 1000 when 7 then ' реструктуризация' else '' end end,
       '{}', now() - (%(tickets)s - n) * interval '30 seconds' + s * interval '1 second'
  from generate_series(1, %(tickets)s) n, generate_series(1, 11) s;
insert into tickets_ticket (conversation_id, channel, status, opened_at, borrower_wrote_at, staff_wrote_at,
                            first_response_at, resolved_at, steps_done)
select id, channel, 'resolved', started_at, started_at, started_at, started_at, closed_at, '[]' from chat_conversation
 order by started_at;
insert into tickets_searchdocument (entry_id, attachment_id, conversation_id, kind, author_kind, is_public, at, words,
                                    keys)
select e.id, null, e.conversation_id, case e.kind when 'started' then 'subject' else 'message' end, e.author_kind, true,
       e.created_at, search_words(case e.kind when 'started' then c.subject || ' ' || b.full_name else e.body end),
       search_keys(case e.kind when 'started' then 'subject' else 'message' end, e.created_at)
  from chat_entry e join chat_conversation c on c.id = e.conversation_id
  join identity_borrower b on b.id = c.borrower_id order by e.id;
set session_replication_role = default;
vacuum analyze
"""
QUERIES = ("продлить займ", "реструктуризация", "Кавалева", "справка -почта", '"списали дважды"', "8 916 000-00-42")
Pages = dict[str, Callable[[], object]]


def pages() -> Pages:
    """What is measured; each is what the page reads, without its template."""
    from chat.models import Conversation
    from identity import actions as identity
    from identity.models import User
    from tickets.queries.history import history_rows
    from tickets.queries.inbox import inbox_of
    from tickets.queries.search_page import found
    from tickets.queries.search_stretches import Narrowed
    from tickets.queries.waiting import desk_state

    who = {"email": "bench@lad.example", "full_name": "Ольга Северова", "display_name": "Ольга"}
    known = User.objects.filter(email=who["email"]).first()
    olga = known or identity.create_staff(role="supervisor", password="тихая река у моста 41", **who)
    newest = Conversation.objects.select_related("borrower").order_by("-seq")[:1].get().borrower
    made: Pages = {
        f"search `{query}`": lambda query=query: found(  # type: ignore[misc]
            olga, query=query, tab="messages", order="newest", narrowed=Narrowed(), before=""
        )
        for query in QUERIES
    }
    return {
        **made,
        "inbox": lambda: inbox_of(olga),
        "queue": desk_state,
        "History": lambda: history_rows(newest),
    }


def run(options: Options, place: Place) -> Figures:
    use(place.beside("postgres"))
    small = max(options.tickets // 10, 1)
    urls = {small: place.database, options.tickets: place.create("large", "supportdesk")}
    for tickets, url in urls.items():
        began = time.perf_counter()
        write(url, FILL, {"tickets": tickets})
        say(f"{tickets:,} tickets written and indexed in {time.perf_counter() - began:.0f} s")
    found: dict[str, dict[int, list[float]]] = {}
    for _ in range(options.rounds):
        for tickets, url in urls.items():
            use(url)
            for title, read in pages().items():
                own = found.setdefault(title, {}).setdefault(tickets, [])
                read()
                own += [_timed(read) for _ in range(options.times)]
    return {"machine": machine(), "sizes": list(urls), "pages": found}


def _timed(read: Callable[[], Any]) -> float:
    began = time.perf_counter()
    read()
    return 1000 * (time.perf_counter() - began)


def text(figures: Figures) -> str:
    sizes = figures["sizes"]
    heads = ["page", *(f"p95, ms, {size:,} tickets" for size in sizes), "ratio of medians"]
    rows = []
    for title, own in figures["pages"].items():
        tails = [f"{statistics.quantiles(own[size], n=20)[-1]:.1f}" for size in sizes]
        ratio = statistics.median(own[sizes[1]]) / statistics.median(own[sizes[0]])
        rows.append([title, *tails, f"{ratio:.2f}"])
    return f"{figures['machine']}\n\n{table(heads, rows)}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--tickets", type=int, default=1_000_000, help="ten messages each")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--times", type=int, default=20)
    chosen = options.parse_args()
    with own_place() as place:
        figures = run(chosen, place)
    tell(figures, text, as_json=chosen.json)


if __name__ == "__main__":
    main()
