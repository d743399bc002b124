"""Days of work rolled up, and a report of a month read from them: ``python -m bench.reports``.

Days full of dialogs are written by statements over sets: chats and letters of forty agents on thirty topics, with
their events, assignments and hours at work. Each day is rolled up as the desk does it, the fullest again; then the
report's page is asked for like a supervisor asks, with its template and all.
"""

import statistics
import time
from datetime import timedelta

from bench.growth import use, write
from bench.place import Place, own_place, say
from bench.report import Figures, Options, machine, parser, table, tell

DAY = "date_trunc('day', now()) - (n - 1) / %(dialogs)s * interval '1 day' - interval '18 hours'"
PEOPLE = """
set session_replication_role = replica;
insert into identity_user (id, password, email, full_name, display_name, role, language, theme, sound_on, auth_epoch,
                           created_at)
select md5('a' || n)::uuid, '!', 'a' || n || '@lad.example', 'Специалист ' || n, 'Специалист ' || n, 'agent', 'ru',
       'light', true, 1, now() from generate_series(1, 40) n;
insert into tickets_topic (code, title_ru, title_en, position, icon, disclosure, is_offered, is_complaint, version)
select 'bench-' || n, 'Тема ' || n, 'Topic ' || n, n, '', 0, true, false, 1 from generate_series(1, 30) n;
insert into identity_borrower (id, customer_id, full_name, first_name, email, phone, city, language, created_at,
                               refreshed_at)
select md5('b' || n)::uuid, 'R-' || n, 'Анна Ковалёва', 'Анна', '', '', '', 'ru', now(), now()
  from generate_series(1, greatest(%(dialogs)s * %(days)s / 4, 1)) n;
insert into tickets_availabilityperiod (user_id, state, reason, since, until)
select md5('a' || a)::uuid, 'available', '', date_trunc('day', now()) - d * interval '1 day' - interval '18 hours',
       date_trunc('day', now()) - d * interval '1 day' - interval '6 hours'
  from generate_series(1, 40) a, generate_series(0, %(days)s - 1) d;
"""
WORK = """
set synchronous_commit = off;
set session_replication_role = replica;
set statement_timeout = 0;
create temporary table dialog as
select n, md5('c' || n)::uuid id, case n %% 5 when 0 then 'email' else 'chat' end channel,
       md5('a' || n %% 40 + 1)::uuid agent,
       md5('b' || n::bigint * 7919 %% greatest(%(dialogs)s * %(days)s / 4, 1) + 1)::uuid borrower,
       (select min(id) from tickets_topic where code like 'bench-%%') + n %% 30 topic,
       DAY + (n - 1) %% %(dialogs)s * interval '43200 seconds' / %(dialogs)s as at, 5 + n * 31 %% 170 as wait
  from generate_series(1, %(dialogs)s * %(days)s) n;
insert into chat_conversation (id, channel, borrower_id, correspondent_name, correspondent_address, subject, page,
                               language, seq, public_seq, is_shared, started_at, closed_at)
select id, channel, borrower, '', '', '', '', 'ru', 1, 1, false, at, at + interval '6 minutes' from dialog;
insert into tickets_ticket (conversation_id, channel, topic_id, status, opened_at, borrower_wrote_at, staff_wrote_at,
                            first_response_at, resolved_at, steps_done)
select id, channel, topic, 'resolved', at, at, at, at + wait * interval '1 second', at + interval '6 minutes', '[]'
  from dialog order by n;
create index on dialog (id);
create temporary table made as select number, dialog.* from dialog join tickets_ticket on conversation_id = id;
insert into tickets_assignment (ticket_id, agent_id, reason, since, until, ending, summary)
select number, agent, 'matched', at, at + interval '6 minutes', 'resolved', '' from made;
insert into tickets_ticketevent (ticket_id, kind, at, data) select number, 'opened', at, '{}' from made;
insert into tickets_ticketevent (ticket_id, kind, at, user_id, data)
select number, 'answered', at + answer * 60 * interval '1 second' + wait * interval '1 second', agent,
       jsonb_build_object('first', answer = 0, 'wait', wait, 'in_time', wait < 120, 'asked_at', at + answer * 60 *
                          interval '1 second')
  from made, generate_series(0, 3) answer;
insert into tickets_ticketevent (ticket_id, kind, at, user_id, data)
select number, 'resolved', at + interval '6 minutes', agent, '{}' from made;
set session_replication_role = default;
vacuum analyze
""".replace("DAY", DAY)


def run(options: Options, place: Place) -> Figures:
    use(place.database)
    began = time.perf_counter()
    values = {"dialogs": options.dialogs, "days": options.days}
    write(place.database, PEOPLE + WORK, values)
    say(f"{options.dialogs * options.days:,} dialogs written in {time.perf_counter() - began:.0f} s")

    from django.utils import timezone

    from tickets.actions.rollups import roll_up_day

    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(1, options.days + 1)]
    rolled = [roll_up_day(on=on) for on in days]
    say(f"rolled up {len(rolled)} days")
    fullest = max(rolled, key=lambda one: one.dialogs)
    again = [roll_up_day(on=fullest.date) for _ in range(options.rounds)]
    assert {one.digest for one in again} == {fullest.digest}, "rebuilt to other numbers"
    return {
        "machine": machine(),
        "dialogs": fullest.dialogs,
        "days": options.days,
        "first": [one.took for one in rolled],
        "again": [one.took for one in again],
        "report": _reads(f"/reports/?since={days[-1]}&until={days[0]}", options.times),
    }


def _reads(page: str, times: int) -> list[float]:
    """Seconds the page took at the server, each time."""
    from django.conf import settings
    from django.test import Client

    from identity.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    supervisor = User.objects.order_by("email")[:1].get()
    User.objects.filter(pk=supervisor.pk).update(role="supervisor")
    client = Client()
    client.force_login(User.objects.get(pk=supervisor.pk))
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        answer = client.get(page)
        assert answer.status_code == 200, answer.status_code
        took.append(time.perf_counter() - began)
    return took[1:]


def text(figures: Figures) -> str:
    report = figures["report"]
    rows = [
        [f"a day of {figures['dialogs']:,} dialogs rolled up", len(figures["first"]), *_spread(figures["first"]), 60],
        ["the fullest again, to the same numbers", len(figures["again"]), *_spread(figures["again"]), 60],
        [f"report of {figures['days']} days, the whole page", len(report), *_spread(report), 1],
    ]
    return f"{figures['machine']}\n\n{table(['what', 'times', 'median, s', 'worst, s', 'goal, s'], rows)}"


def _spread(took: list[float]) -> list[str]:
    return [f"{statistics.median(took):.2f}", f"{max(took):.2f}"]


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--dialogs", type=int, default=20_000, help="a day")
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--times", type=int, default=20)
    chosen = options.parse_args()
    with own_place() as place:
        figures = run(chosen, place)
    tell(figures, text, as_json=chosen.json)


if __name__ == "__main__":
    main()
