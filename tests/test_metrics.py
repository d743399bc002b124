"""What Prometheus reads: the live path counted, the desk's tables read, names by the conventions, and documented."""

import re
import time
import urllib.error
import urllib.request
import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chat import actions as chat
from supportdesk.exposition import PATIENCE, figures_of, serve
from supportdesk.processes import free_port
from supportdesk.realtime import metrics
from tests.sockets import Socket
from tests.webs import Web
from tickets.actions import operations
from tickets.actions.outbox import enqueue
from tickets.models import Job, ProbeRun
from tickets.rules.alarms import CONDITIONS, DeskFacts
from tickets.rules.histograms import added, quantile, subtracted

ROOT = Path(__file__).resolve().parent.parent
SocketFor = Callable[..., Socket]
Figures = dict[tuple[str, str], float]


@pytest.fixture
def port(db: None) -> Iterator[int]:
    server = serve("127.0.0.1", 0)
    assert server
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def scraped(port: int) -> Figures:
    """Every sample by its name and its one label."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value for each in families for sample in each.samples
    }


def grown(before: Figures, after: Figures, name: str, label: str = "") -> float:
    return after[(name, label)] - before.get((name, label), 0)


@pytest.mark.django_db(transaction=True)
def test_a_talk_on_sockets_is_counted(port: int, anna: Any, elena: Any, socket_for: SocketFor) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    before = scraped(port)
    borrower, agent = socket_for(anna, {conversation.pk: 0}), socket_for(elena, {conversation.pk: 1})
    posted = borrower.posted(conversation.pk, "Здравствуйте")
    borrower.posted(conversation.pk, "Здравствуйте", id=posted["id"])
    borrower.post(conversation.pk, "")
    borrower.wait_for("refused")
    agent.entries(1)
    after = scraped(port)
    assert grown(before, after, "supportdesk_posts_total", "stored") == 1
    assert grown(before, after, "supportdesk_posts_total", "duplicate") == 1
    assert grown(before, after, "supportdesk_refusals_total", "empty") == 1
    assert grown(before, after, "supportdesk_acknowledgement_seconds_count") == 2
    assert grown(before, after, "supportdesk_delivery_seconds_count") >= 1
    assert grown(before, after, "supportdesk_commit_batch_posts_count") >= 1
    assert grown(before, after, "supportdesk_resumes_total") == 1
    assert grown(before, after, "supportdesk_sockets", "staff") == 1
    agent.close()
    deadline = time.monotonic() + 8
    while grown(before, scraped(port), "supportdesk_socket_closes_total", "client") < 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert grown(before, scraped(port), "supportdesk_sockets", "staff") == 0


@pytest.mark.django_db(transaction=True)
def test_what_stands_in_postgres_is_read_when_it_is_asked_for() -> None:
    enqueue(kind="score_conversation", key=f"k:{uuid.uuid4()}", payload={})
    Job.objects.update(failed_at=operations.timezone.now())
    ProbeRun.objects.create(acknowledgement_time=0.02, round_trip_time=0.04, resume_time=0.03)
    from tickets.queries.operations import desk_facts

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in figures_of(desk_facts())
        for sample in family.samples
    }
    assert found[("supportdesk_jobs_failed", "score")] == 1
    assert found[("supportdesk_probe_up",)] == 1 and found[("supportdesk_probe_round_trip_seconds",)] == 0.04
    assert found[("supportdesk_alarm", "jobs_failed")] == 1 and found[("supportdesk_alarm", "probe_failed")] == 0
    assert found[("supportdesk_postgres_size_bytes",)] > 1e6


def test_a_web_process_answers_inside_only_and_does_without_postgres(db: None) -> None:
    inside = free_port()
    nowhere = "postgresql://postgres@127.0.0.1:1/supportdesk?"
    web = Web("daphne", METRICS_PORT=str(inside), DATABASE_URL=nowhere)
    try:
        web.wait()
        assert web.status("/metrics") in {302, 404, 500} and web.status("/readyz") == 503
        began_at = time.monotonic()
        found = scraped(inside)
        assert time.monotonic() - began_at < PATIENCE + 5
        assert found[("supportdesk_postgres_up", "")] == 0 and found[("supportdesk_redis_up", "")] == 1
        assert found[("process_resident_memory_bytes", "")] > 1e6
        assert ("supportdesk_chats_waiting", "") not in found
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{inside}/other", timeout=5)
    finally:
        web.end()


def test_it_is_off_unless_it_is_asked_for_and_a_taken_port_stops_nothing(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert settings.METRICS_PORT == 0 and settings.METRICS_HOST == "127.0.0.1"
    first = serve("127.0.0.1", 0)
    assert first
    assert serve("127.0.0.1", first.server_address[1]) is None and "not served" in caplog.text
    first.server_close()


def names_served() -> set[str]:
    own = [*metrics.REGISTRY._collector_to_names]  # type: ignore[attr-defined]
    counted = {
        f"{one.name}_total" if type(one) is metrics.Count else one.name
        for one in own
        if isinstance(one, metrics.Count | metrics.Spread)
    }
    read = {family.name for family in figures_of(DeskFacts())} | {"supportdesk_postgres_up", "supportdesk_redis_up"}
    return counted | read | {"supportdesk_probe_up", "supportdesk_probe_age_seconds"}


def test_names_follow_the_conventions() -> None:
    endings = ("_total", "_seconds", "_bytes", "_ratio", "_posts")
    counted = {name for name in names_served() if name.startswith("supportdesk_")}
    assert counted == names_served()
    plain = {name.removeprefix("supportdesk_") for name in counted if not name.endswith(endings)}
    assert plain == {
        *("sockets", "outbox_waiting", "jobs_failed", "letters_waiting", "letters_set_aside", "chats_waiting"),
        *("postgres_up", "redis_up", "probe_up", "postgres_connections", "postgres_connections_limit", "alarm"),
    }


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([0.003] * 10, 0.5, 0.00375), ([0.003] * 95 + [2.0] * 5, 0.95, 0.005), ([60.0], 0.95, 30.0), ([], 0.5, None)],
)
def test_a_quantile_lies_straight_inside_its_bucket(values: list[float], share: float, expected: float | None) -> None:
    counts = [0] * (len(metrics.SECONDS) + 1)
    for value in values:
        counts[bisect_left(metrics.SECONDS, value)] += 1
    assert quantile(metrics.SECONDS, counts, share) == pytest.approx(expected)
    assert subtracted(added([counts, counts]), counts) == counts


def test_every_metric_is_described_and_none_that_does_not_exist() -> None:
    described = set(re.findall(r"^\| `(supportdesk_\w+)", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE))
    assert described == names_served()


def test_every_alarm_says_in_the_guide_what_to_do() -> None:
    sections = re.findall(r"^### `(\w+)`", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(CONDITIONS)
