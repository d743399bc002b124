"""The operations page: what is wrong, in words, for administrators alone; and the rules that say what is wrong."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from supportdesk.realtime.metrics import SECONDS
from tests.browser import PICTURES, LiveDesk
from tests.inbox_desk import sign_in
from tests.live_seed import PASSWORD
from tests.test_staff_pages import ADMIN, IVAN, overflow, violations
from tests.webs import Web
from tickets.actions import operations
from tickets.actions.outbox import enqueue
from tickets.models import Job, Process, ProcessSample
from tickets.queries.samples import last_day
from tickets.rules.alarms import CONDITIONS, DeskFacts, LiveNow, MailboxNow, ProcessNow, RoundNow, alarms_of
from tickets.rules.charts import chart_of, round_up
from tickets.rules.workers import CLOCK, ROUTING, WORKS, ClassNow, Pulse
from tickets.views.alarm_words import WORDS

ENGLISH = "a.lee@lad.example"
SLOW = [0] * 11 + [40] + [0] * 3  # forty messages between one second and two and a half
WEB = ProcessNow("web", "node-1", 7, age=4.0, sockets={"borrower": 30, "staff": 4}, disk_used=0.4)
WELL = DeskFacts(
    live=LiveNow(bounds=SECONDS, acknowledged=[0, 40] + [0] * 13, delivered=[0, 40] + [0] * 13),
    processes=[WEB],
    pulses=[Pulse((ROUTING, *WORKS, CLOCK), "node-1", 8, 1.0)],
    mailboxes=[MailboxNow(1, "help@lad.example", is_on=True, age=20.0)],
    rounds=[RoundNow(12.0)] * 3,
    connections=20,
    connections_limit=200,
)
FAILED = RoundNow(12.0, "connect")
ILL: dict[str, list[DeskFacts]] = {
    "probe_failed": [replace(WELL, rounds=[FAILED, FAILED, RoundNow(70.0)])],
    "probe_silent": [replace(WELL, rounds=[RoundNow(200.0)]), replace(WELL, rounds=[])],
    "web_silent": [replace(WELL, processes=[replace(WEB, age=61.0)]), replace(WELL, processes=[])],
    "workers_silent": [replace(WELL, pulses=[replace(WELL.pulses[0], age=61.0)]), replace(WELL, pulses=[])],
    "posts_refused": [
        replace(WELL, live=replace(WELL.live, refused={"storage": 3})),
        replace(WELL, live=replace(WELL.live, refused={"database": 1, "too_fast": 5})),
    ],
    "acknowledgements_slow": [replace(WELL, live=replace(WELL.live, acknowledged=SLOW))],
    "deliveries_slow": [replace(WELL, live=replace(WELL.live, delivered=SLOW))],
    "redis_away": [replace(WELL, redis_is_up=False)],
    "outbox_old": [replace(WELL, works=[ClassNow("mail", age=61.0)])],
    "jobs_failed": [replace(WELL, works=[ClassNow("score", failed=2)])],
    "mailbox_late": [
        replace(WELL, mailboxes=[MailboxNow(1, "help@lad.example", is_on=True, age=301.0)]),
        replace(WELL, mailboxes=[MailboxNow(1, "help@lad.example", is_on=True, age=None)]),
    ],
    "letters_waiting": [replace(WELL, mailboxes=[replace(WELL.mailboxes[0], waiting=2, oldest=301.0)])],
    "letters_answering": [replace(WELL, acknowledged_lately=50)],
    "letters_missed": [replace(WELL, mailboxes=[replace(WELL.mailboxes[0], missed=1)])],
    "journal_gaps": [replace(WELL, journal_gaps=1)],
    "disk_full": [replace(WELL, processes=[replace(WEB, disk_used=0.81)])],
    "connections_many": [replace(WELL, connections=161)],
    "sockets_many": [replace(WELL, processes=[replace(WEB, sockets={"borrower": 4001})])],
    "loop_busy": [replace(WELL, processes=[replace(WEB, lag=1.2)])],
}
WELL_ALL_THE_SAME = [
    replace(WELL, rounds=[FAILED, RoundNow(40.0), FAILED]),
    replace(WELL, live=replace(WELL.live, acknowledged=[0] * 14 + [19])),
    replace(WELL, live=replace(WELL.live, refused={"too_fast": 50, "closed": 3})),
    replace(WELL, mailboxes=[MailboxNow(1, "help@lad.example", is_on=False, age=9000.0)]),
    replace(WELL, processes=[WEB, replace(WEB, pid=9, age=900.0, disk_used=0.99, lag=9.0)]),
]


def test_a_desk_that_is_well_has_no_alarm() -> None:
    for facts in (WELL, *WELL_ALL_THE_SAME):
        assert alarms_of(facts) == []


@pytest.mark.parametrize("code", CONDITIONS)
def test_every_condition_raises_its_own_alarm_and_no_other(code: str) -> None:
    for facts in ILL[code]:
        raised = alarms_of(facts)
        assert {alarm.code for alarm in raised} == {code}
        for alarm in raised:
            assert all(WORDS[code](alarm, facts)), "it has words"


def test_a_grave_alarm_stands_before_a_mild_one() -> None:
    raised = alarms_of(replace(WELL, redis_is_up=False, connections=199))
    assert [alarm.code for alarm in raised] == ["connections_many", "redis_away"]


def test_a_chart_breaks_its_line_where_nothing_was_counted() -> None:
    chart = chart_of([1.0, None, 4.0, 5.0], [False, True, False, False])
    assert chart.line.count("M") == 2 and chart.line.count("L") == 1
    assert (chart.top, len(chart.marks), chart.has_values) == (5, 1, True)
    assert not chart_of([None, None]).has_values
    assert [round_up(value) for value in (0, 0.0031, 0.012, 0.5, 7, 26, 100)] == [1, 0.005, 0.02, 0.5, 10, 50, 100]


def ill_desk() -> Job:
    """A desk with a day behind it: samples, rounds of the probe, a job that was given up, two mailboxes."""
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.models import Mailbox, ProbeRun

    now = timezone.now()
    figures = {"sockets": {"borrower": 212, "staff": 14}, "memory": 187_000_000, "lag": 0.01, "disk_used": 0.46}
    figures |= {"acknowledged": [0, 20, 180, 60, 9, 2] + [0] * 9, "delivered": [0, 10, 150, 70, 20, 3] + [0] * 9}
    figures |= {"posted": {"stored": 271}, "resumed": 3, "refused": {"too_fast": 2}}
    process = operations.show_life(program="web", facts=figures)
    for minutes in range(0, 22 * 60, 12):
        busy = 1 + (minutes // 60 % 7)
        sample = figures | {"acknowledged": [0, 20, 30 * busy, 4 * busy, busy] + [0] * 10}
        sample |= {"sockets": {"borrower": 60 * busy, "staff": 9}, "posted": {"stored": 40 * busy}}
        operations.record_sample(process=process, facts=sample, at=now - timedelta(minutes=minutes))
    runs = [
        ProbeRun(
            at=now - timedelta(minutes=each * 5),
            failed_step="connect" if each in {90, 91} else "",
            acknowledgement_time=None if each in {90, 91} else 0.012,
            round_trip_time=None if each in {90, 91} else 0.02 + each % 9 / 300,
            resume_time=None if each in {90, 91} else 0.03,
        )
        for each in range(250)
    ]
    operations.record_probe_runs(runs=runs)
    server = {"imap_host": "127.0.0.1", "imap_port": 1, "smtp_host": "127.0.0.1", "smtp_port": 1, "username": "help"}
    for address in ("help@lad.example", "pretenzii@lad.example"):
        ensure_mailbox(address=address, name="Помощь", password="x", **server)
    Mailbox.objects.filter(address="help@lad.example").update(last_success_at=now)
    Mailbox.objects.filter(address="pretenzii@lad.example").update(
        state="auth_error", last_error="Сервер не принял пароль", last_success_at=now - timedelta(hours=2)
    )
    job = enqueue(kind="score_conversation", key=f"ill:{now}")
    error = "DataError: value too long: Анна Ковалёва"
    Job.objects.filter(pk=job.pk).update(failed_at=now, attempts=8, error=error)
    return job


@pytest.mark.django_db
def test_an_administrator_sees_what_is_wrong_and_tries_a_job_again(ivan: Any, as_staff: Any) -> None:
    job = ill_desk()
    client = as_staff(ivan)
    page = client.get("/operations/").content.decode()
    shown = set(re.findall(r'data-alarm="(\w+)"', page))
    assert shown == {"workers_silent", "mailbox_late", "jobs_failed"}
    assert "pretenzii@lad.example" in page and "Сервер не принял пароль" in page
    assert "DataError" in page and "Ковалёва" not in page, "of an error its type alone is shown"
    assert client.post(f"/operations/jobs/{job.pk}/again/").status_code == 302
    job.refresh_from_db()
    assert job.failed_at is None and job.attempts == 0
    assert client.post(f"/operations/jobs/{job.pk}/again/").status_code == 404
    assert 'data-alarm="jobs_failed"' not in client.get("/operations/?part=now", headers={"HX-Request": "true"}).text


@pytest.mark.django_db
def test_for_everybody_else_there_is_no_such_page(elena: Any, olga: Any, as_staff: Any) -> None:
    for person in (elena, olga):
        assert as_staff(person).get("/operations/").status_code == 404
        assert "/operations/" not in as_staff(person).get("/profile/").content.decode()


@pytest.mark.django_db
def test_the_day_is_counted_by_the_quarter(ivan: Any, as_staff: Any) -> None:
    empty = as_staff(ivan).get("/operations/").content.decode()
    assert "Рисовать пока нечего" in empty and "Процессов пока не видно" in empty
    ill_desk()
    day = last_day()
    assert day.whole.failures == 2 and day.whole.rounds == 250 and day.whole.sockets == 429
    assert sum(hour.live.posted for hour in day.hours) == day.whole.live.posted > 0
    assert day.probe.marks and day.whole.p95 is not None and 0.005 < day.whole.p95 < 0.025
    assert day.acknowledgement.line.count("M") >= 1


@pytest.mark.django_db(transaction=True)
def test_a_web_process_gives_signs_of_life_and_samples_of_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web("daphne", PULSE_TIME="1")
    try:
        web.wait()
        deadline = time.monotonic() + 30
        while not Process.objects.filter(program="web", pid=web.process.pid).exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        web.end()
    facts = Process.objects.get().facts
    assert facts["memory"] > 1e7 and facts["sockets"] == {"borrower": 0, "staff": 0} and 0 < facts["disk_used"] < 1

    from supportdesk.realtime import metrics
    from supportdesk.seeing import Pulse as PulseThread

    pulse = PulseThread("web")
    metrics.acknowledged.observe(0.004)
    metrics.refused.inc("storage")
    pulse.beat(time.monotonic() + 61)
    sample = ProcessSample.objects.get().facts
    assert sum(sample["acknowledged"]) == 1 and sample["refused"] == {"storage": 1}
    json.dumps(sample)


PEOPLE = f"""
{ADMIN}
from tests.test_operations import ENGLISH, ill_desk
if not User.objects.filter(email=ENGLISH).exists():
    ill_desk()
    who = dict(email=ENGLISH, full_name='Ann Lee', display_name='Ann', role='admin', password={PASSWORD!r})
    identity.create_staff(**who)
    User.objects.filter(email=ENGLISH).update(language='en')
"""


@pytest.fixture
def operations_page(live_desk: LiveDesk, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    live_desk.shell(PEOPLE)

    def open_page(language: str = "ru", **options: Any) -> Page:
        person = ENGLISH if language == "en" else IVAN
        page = sign_in(new_context(**options), live_desk, person)
        page.goto(f"{live_desk.url}/operations/")
        return page

    return open_page


def test_the_page_reads_well_in_every_form(operations_page: Callable[..., Page]) -> None:
    PICTURES.mkdir(exist_ok=True)
    for name, options in {
        "light": {},
        "dark": {"dark": True},
        "english": {"language": "en"},
        "phone": {"phone": True, "dark": True},
    }.items():
        page = operations_page(**options)
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(re.compile(r"^\d+ (тревог|alarm)"))
        expect(page.locator("svg.ch--s")).to_have_count(4)
        page.screenshot(path=PICTURES / f"operations-{name}.png", full_page=True)
        assert violations(page) == [], name
        if name in {"light", "english"}:
            assert overflow(page) == [], name


def test_the_page_asks_again_and_says_when_nobody_answers(operations_page: Any) -> None:
    page = operations_page()
    stale = page.locator("[data-stale]")
    expect(stale).to_be_hidden()
    page.route("**/operations/?part=now", lambda route: route.abort())
    expect(stale).to_be_visible(timeout=20_000)
    page.unroute("**/operations/?part=now")
    expect(stale).to_be_hidden(timeout=20_000)
    page.get_by_role("button", name=re.compile("Повторить задание")).click()
    expect(page.get_by_role("heading", name="Неудавшихся заданий нет")).to_be_visible()
    expect(page.locator("[data-alarm=jobs_failed]")).to_have_count(0)
