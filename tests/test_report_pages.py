"""The report page and the dialogs behind its figures; tables of them to take away."""

import csv
import html
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.made_log import AGES, DAY, at, make_log, told
from tickets.actions.exports import forget_exports
from tickets.actions.outbox import run_due_jobs
from tickets.actions.rollups import roll_up_day
from tickets.actions.tables import XlsxTable
from tickets.models import Export

pytestmark = pytest.mark.django_db
NOW = at(AGES, 0)
PERIOD = {"since": DAY.isoformat(), "until": (DAY + timedelta(days=2)).isoformat()}


@pytest.fixture(autouse=True)
def exports_here(settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_ROOT = tmp_path / "exports"


@pytest.fixture
def made(elena: Any, dmitry: Any) -> list[Any]:
    tickets = make_log(agents=[elena, dmitry], tickets=60)
    for ahead in range(3):
        roll_up_day(on=DAY + timedelta(days=ahead))
    return tickets


def expected(made: list[Any], measure: str, channel: str) -> list[int]:
    rows = told(made, [DAY + timedelta(days=ahead) for ahead in range(3)], timezone.now())[measure]
    return sorted(row[6] for row in rows if row[3] == channel)


@pytest.mark.parametrize("figure", ["opened", "first_response", "next_response", "resolution", "contact"])
def test_a_number_leads_to_the_very_dialogs_it_counts(made: list[Any], olga: Any, as_staff: Any, figure: str) -> None:
    asked: dict[str, Any] = {**PERIOD, "figure": figure, "channel": "chat"}
    page = as_staff(olga).get("/reports/dialogs/", asked)
    found = [int(number) for number in re.findall(r'data-dialog="(\d+)"', page.content.decode())]
    assert sorted(found) == expected(made, figure, "chat")
    assert f'data-count="{len(found)}"' in page.content.decode()


CELL = re.compile(r'href="/reports/dialogs/\?([^"]+)" data-count="(\d+)">([^<]+)<')


def listed(client: Any, query: str) -> list[int]:
    """The dialogs of a list from its first page to its last; the page says how many there are."""
    found: list[int] = []
    while query:
        page = client.get(f"/reports/dialogs/?{html.unescape(query)}").content.decode()
        found += [int(number) for number in re.findall(r'data-dialog="(\d+)"', page)]
        following = re.search(r'rel="next" href="/reports/dialogs/\?([^"]+)"', page)
        query = following[1] if following else ""
    assert f'data-count="{len(found)}"' in page
    return found


@pytest.mark.parametrize("narrowed", ["", "channel=chat", "topic=0", "agent"])
def test_every_number_of_the_page_leads_to_as_many_dialogs_as_it_counts(
    made: list[Any], olga: Any, elena: Any, as_staff: Any, narrowed: str
) -> None:
    client = as_staff(olga)
    query = f"{urlencode(PERIOD)}&{f'agent={elena.pk}' if narrowed == 'agent' else narrowed}"
    page = client.get(f"/reports/?{query}").content.decode()
    cells = CELL.findall(page)
    assert len({query for query, _, _ in cells}) > 12
    for query, count, words in set(cells):
        assert len(listed(client, query)) == int(count), (query, words)
        if words.isdigit():
            assert words == count


def test_agents_and_topics_lead_to_the_very_dialogs_they_count(
    made: list[Any], olga: Any, elena: Any, dmitry: Any, as_staff: Any
) -> None:
    client = as_staff(olga)
    page = client.get("/reports/", PERIOD).content.decode()
    raw = told(made, [DAY + timedelta(days=ahead) for ahead in range(3)], timezone.now())
    for agent in (elena, dmitry):
        cells = cells_of(page, f'data-agent="{agent.pk}"')
        own = {measure: [row for row in rows if row[1] == agent.pk] for measure, rows in raw.items()}
        expected = [own["first_response"], late(own["first_response"]), own["first_response"]]
        expected += [own["resolution"], own["resolution"]]
        assert [sorted(listed(client, query)) for query, _, _ in cells] == [numbers_of(rows) for rows in expected]
    topics = {ticket.topic_id for ticket in made}
    assert None in topics and len(topics) == 3
    for topic in topics:
        cells = cells_of(page, f'data-topic="{topic or 0}"')
        own = {measure: [row for row in rows if row[2] == topic] for measure, rows in raw.items()}
        expected = [own["opened"], own["opened"], late(own["first_response"]), late(own["contact"])]
        assert [sorted(listed(client, query)) for query, _, _ in cells] == [numbers_of(rows) for rows in expected]


def cells_of(page: str, row: str) -> list[tuple[str, str, str]]:
    return CELL.findall(page[page.index(row) :].split("</tr>")[0])


def late(rows: list[Any]) -> list[Any]:
    """Those that missed it; all of them where none did."""
    return [row for row in rows if not row[5]] or rows


def numbers_of(rows: list[Any]) -> list[int]:
    return sorted(row[6] for row in rows)


def test_a_list_says_what_it_is_narrowed_to_and_whose_each_answer_was(
    made: list[Any], olga: Any, elena: Any, as_staff: Any
) -> None:
    asked = {**PERIOD, "figure": "first_response", "agent": str(elena.pk), "topic": "0", "channel": "chat"}
    page = as_staff(olga).get("/reports/dialogs/", asked).content.decode()
    head, _, rows = page.partition("<tbody>")
    for words in (elena.full_name, "без темы", "Чат"):
        assert f" · {words}" in head
    assert rows.count("data-dialog") == rows.count(elena.full_name) > 0


def test_the_page_says_the_numbers_and_where_they_are_defined(made: list[Any], olga: Any, as_staff: Any) -> None:
    client = as_staff(olga)
    page = client.get("/reports/", PERIOD).content.decode()
    n = len(expected(made, "opened", "chat"))
    assert re.search(rf'data-figure="opened">.*?">{n}</a>', page, re.DOTALL)
    anchors = set(re.findall(r'scope="row"><a href="#([\w-]+)"', page))
    assert anchors and all(f'id="{anchor}"' in page for anchor in anchors)


def test_the_page_reads_roll_ups_and_not_the_log(made: list[Any], olga: Any, as_staff: Any) -> None:
    from django.db import connection

    client = as_staff(olga)
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/reports/", PERIOD).status_code == 200
    logs = [query["sql"] for query in queries if "tickets_ticketevent" in query["sql"] and "MIN(" not in query["sql"]]
    assert logs == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_has_every_dialog_and_is_for_whoever_asked(
    made: list[Any], olga: Any, ivan: Any, as_staff: Any, form: str
) -> None:
    client = as_staff(olga)
    client.post("/reports/exports/new/", {**PERIOD, "figure": "opened", "format": form})
    export = Export.objects.get()
    assert client.get(f"/reports/exports/{export.pk}/file/").status_code == 404, "it is not written yet"
    run_due_jobs(kind="export")
    export.refresh_from_db()
    assert (export.state, export.rows) == ("ready", len(made))
    assert as_staff(ivan).get(f"/reports/exports/{export.pk}/file/").status_code == 404
    answer = client.get(f"/reports/exports/{export.pk}/file/")
    body = b"".join(answer.streaming_content)
    if form == "csv":
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert sorted(int(line[0]) for line in lines[1:]) == sorted(one.number for one in made)
    else:
        sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
        assert sheet.count(b"<row ") == len(made) + 1
    Export.objects.update(expires_at=timezone.now())
    assert client.get(f"/reports/exports/{export.pk}/file/").status_code == 404
    assert forget_exports() == 1
    assert not list(Path(answer.filename).parent.glob("nothing")) and not Export.objects.exists()


def test_words_of_a_borrower_are_no_formula(made: list[Any], olga: Any, as_staff: Any) -> None:
    for ticket in made:
        type(ticket.conversation).objects.filter(pk=ticket.conversation_id).update(subject='=HYPERLINK("http://x")')
    client = as_staff(olga)
    client.post("/reports/exports/new/", {**PERIOD, "figure": "opened", "format": "csv"})
    run_due_jobs(kind="export")
    body = b"".join(client.get(f"/reports/exports/{Export.objects.get().pk}/file/").streaming_content).decode()
    assert "'=HYPERLINK" in body
    assert ",=HYPERLINK" not in body


def test_an_export_of_nothing_says_so_and_one_that_is_stopped_leaves_no_file(
    olga: Any, as_staff: Any, settings: Any
) -> None:
    client = as_staff(olga)
    client.post("/reports/exports/new/", {**PERIOD, "figure": "left", "format": "csv"})
    run_due_jobs(kind="export")
    assert Export.objects.get().state == "empty"
    assert "Выгружать нечего" in client.get("/reports/exports/").content.decode()
    client.post("/reports/exports/new/", {**PERIOD, "figure": "opened", "format": "csv"})
    waiting = Export.objects.get(state="waiting")
    client.post(f"/reports/exports/{waiting.pk}/cancel/")
    run_due_jobs(kind="export")
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    assert not list(Path(settings.EXPORT_ROOT).glob(f"{waiting.pk}*"))


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    with XlsxTable(tmp_path / "table.xlsx", most=3) as table:
        for line in (["head"], ["=1+1"], ["two"], ["three"]):
            table.write(line)
    book = zipfile.ZipFile(tmp_path / "table.xlsx")
    assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) == 2
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_wrong_period_is_said_and_the_last_week_shown(olga: Any, as_staff: Any) -> None:
    page = as_staff(olga).get("/reports/", {"since": "2026-11-09", "until": "2026-11-01"})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert as_staff(olga).get("/reports/dialogs/", {"figure": "nobody"}).status_code in (400, 404)


def test_marks_and_nps_are_what_the_raw_answers_say_and_lead_to_their_dialogs(
    made: list[Any], olga: Any, as_staff: Any
) -> None:
    from quality.models import Survey, SurveyAnswer, SurveyInvite, SurveyResponse

    client = as_staff(olga)
    assert client.get("/reports/", PERIOD).content.decode().count("ответов нет") == 2
    chats = [one for one in made if one.channel == "chat"]
    for place, ticket in enumerate(chats[:9]):
        talk = ticket.conversation
        SurveyAnswer.objects.create(
            conversation=talk, borrower=talk.borrower, rating=1 + place % 5, created_at=at(0, 50_000)
        )
    version = Survey.objects.get(code="nps").versions.latest("number")
    for place, answer in enumerate([10, 9, 8, 6, 10, 0, 10]):
        talk = made[place].conversation if place < 4 else None
        facts = {"borrower": made[place].conversation.borrower, "way": "history", "expires_at": at(9, 0)}
        invite = SurveyInvite.objects.create(version=version, conversation=talk, sent_at=at(1, 40_000), **facts)
        SurveyResponse.objects.create(invite=invite, answers={"recommend": answer})
    digests = [[roll_up_day(on=DAY + timedelta(days=day)).digest for day in range(3)] for _ in range(2)]
    assert digests[0] == digests[1]
    marks = list(SurveyAnswer.objects.values_list("rating", flat=True))
    said = [one["recommend"] for one in SurveyResponse.objects.values_list("answers", flat=True)]
    share = round(100 * sum(mark > 3 for mark in marks) / len(marks))
    net = round(100 * (sum(one > 8 for one in said) - sum(one < 7 for one in said)) / len(said))
    page = client.get("/reports/", PERIOD).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for anchor, value, dialogs, answers in (("csat", f"{share} %", chats[:9], 9), ("nps", f"+{net}", made[:4], 7)):
        tile = page[page.index(f'data-tile="{anchor}"') :].split("</article>")[0]
        ((query, _count, words),) = CELL.findall(tile)
        assert (words, f"{answers} ответ" in tile) == (value, True)
        assert sorted(listed(client, query)) == sorted(one.number for one in dialogs)
