"""Mystery visits: secret until they are done, rated by the same card, and counted nowhere."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from tests.reviewing import hold

pytestmark = pytest.mark.django_db

SECRET = "канарейка-визита-5d1e"
MINE = "/quality/mystery/mine/"


def at(hours: float) -> str:
    return timezone.localtime(timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def standard(db: None) -> None:
    from quality import actions as quality
    from tickets.actions.seed import seed_desk

    seed_desk()
    quality.seed_default_standard()


@pytest.fixture
def boris(db: None) -> Any:
    """An agent who shops; Elena serves."""
    from identity import actions as identity

    return identity.create_staff(
        email="b.gost@lad.example",
        full_name="Борис Гость",
        display_name="Борис",
        role="agent",
        password="тихая река у моста 41",
    )


@pytest.fixture
def planner(olga: Any, as_staff: Callable[[Any], Client]) -> Client:
    return as_staff(olga)


@pytest.fixture
def plan(standard: None, planner: Client, boris: Any, sergey: Any) -> Callable[..., Any]:
    """A visit planned over HTTP: Boris as Sergey, now, unless it is said otherwise."""
    from quality.models import MysteryProgramme, MysteryVisit, PlantedBorrower

    said = {"title": "Осень", "starts_on": timezone.localdate().isoformat(), "visits_per_shopper": "2"}
    assert planner.post("/quality/mystery/", said).status_code == 302
    programme = f"/quality/mystery/programmes/{MysteryProgramme.objects.get().pk}/"
    said = {"title": SECRET, "legend": "Пенсионер хочет продлить заём", "topic": "extension"}
    assert planner.post(f"{programme}scenarios/", said).status_code == 302
    planner.post("/quality/mystery/planted/", {"customer_id": sergey.customer_id})
    scenario, planted = MysteryProgramme.objects.get().scenarios.get(), PlantedBorrower.objects.get()

    def post(**over: Any) -> Any:
        fields = {"scenario": scenario.pk, "borrower": planted.pk, "shopper": str(boris.pk), "role": "line"}
        fields |= {"window_from": at(-1), "window_to": at(1), "cost": "500"}
        answer = planner.post(f"{programme}visits/", fields | over)
        return MysteryVisit.objects.latest("pk") if answer.status_code == 302 else answer

    return post


@pytest.fixture
def shopper(boris: Any, as_staff: Callable[[Any], Client]) -> Client:
    return as_staff(boris)


@pytest.fixture
def begun(plan: Callable[..., Any], shopper: Client) -> Any:
    visit = plan()
    shopper.post(f"{MINE}{visit.pk}/begin/")
    visit.refresh_from_db()
    return visit


def write_as(borrower: Any, as_borrower: Callable[[Any], Any]) -> Any:
    """A chat the planted borrower starts as every borrower does."""
    from chat.models import Conversation

    answer = as_borrower(borrower).post("/api/v1/conversations", {"topic": "extension", "page": ""}, format="json")
    assert answer.status_code == 201, answer.content
    return Conversation.objects.get(pk=answer.json()["id"])


def serve(conversation: Any, borrower: Any, agent: Any) -> None:
    from chat import actions as chat
    from tickets.actions.outbox import run_due_jobs

    chat.add_participant(conversation=conversation, user=agent)
    chat.post_message(conversation=conversation, author=borrower, body="Можно продлить заём?")
    chat.post_message(conversation=conversation, author=agent, body="Здравствуйте! Да, на две недели.")
    chat.close_conversation(conversation=conversation, by=agent)
    run_due_jobs(kind="score_conversation")


def finish(shopper: Client, visit: Any) -> Any:
    return shopper.post(f"{MINE}{visit.pk}/", {"waited": "2", "lasted": "7", "notes": f"Вежливо. {SECRET}"})


def test_a_visit_goes_from_its_plan_to_its_card(
    begun: Any, shopper: Client, planner: Client, sergey: Any, elena: Any, as_borrower: Any, as_staff: Any
) -> None:
    from quality.models import Review

    page = shopper.get(f"{MINE}{begun.pk}/").content.decode()
    assert "Пенсионер хочет продлить заём" in page
    assert sergey.customer_id in page
    serve(write_as(sergey, as_borrower), sergey, elena)
    assert finish(shopper, begun).status_code == 302
    begun.refresh_from_db()
    assert (begun.status, begun.observations["waited"]) == ("done", 2)
    card = shopper.post(f"{MINE}{begun.pk}/card/").headers["Location"]
    assert shopper.get(card).status_code == 200
    assert shopper.post(card, {"comment": "Всё понятно"}).status_code == 302
    review = Review.objects.get()
    assert (review.source, review.status, review.reviewer, review.agent) == (
        "mystery",
        "submitted",
        begun.shopper,
        elena,
    )
    assert "Всё понятно" in as_staff(elena).get(f"/quality/scores/{review.score_id}/").content.decode()
    assert "Вежливо" in planner.get(f"/quality/mystery/visits/{begun.pk}/").content.decode()


def test_a_shopper_keeps_a_draft_of_the_card(
    begun: Any, shopper: Client, sergey: Any, elena: Any, as_borrower: Any
) -> None:
    from quality.models import Review

    serve(write_as(sergey, as_borrower), sergey, elena)
    finish(shopper, begun)
    shopper.post(f"{MINE}{begun.pk}/card/")
    review = Review.objects.get()
    body = json.dumps({"edition": review.edition, "ratings": {}, "comment": "пока так"})
    answer = shopper.patch(f"/api/v1/quality/reviews/{review.pk}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def test_nobody_begins_outside_the_window_or_beside_another_visit(
    plan: Callable[..., Any], shopper: Client, planner: Client, ivan: Any, as_staff: Any
) -> None:
    later, first = plan(window_from=at(2), window_to=at(3)), plan()
    second = plan(shopper=str(ivan.pk), role="manager")
    assert "не время" in shopper.post(f"{MINE}{later.pk}/begin/", follow=True).content.decode().lower()
    shopper.post(f"{MINE}{first.pk}/begin/")
    as_staff(ivan).post(f"{MINE}{second.pk}/begin/")
    states = [type(first).objects.get(pk=one.pk).status for one in (later, first, second)]
    assert states == ["planned", "started", "planned"]


def test_only_a_chat_of_the_planted_borrower_in_the_window_becomes_the_visits(
    begun: Any, anna: Any, sergey: Any, as_borrower: Any
) -> None:
    write_as(anna, as_borrower)
    begun.refresh_from_db()
    assert begun.conversation is None
    type(begun).objects.update(window_to=timezone.now() - timedelta(minutes=1))
    write_as(sergey, as_borrower)
    begun.refresh_from_db()
    assert begun.conversation is None


def test_the_chat_is_the_visits_and_a_second_one_is_not(begun: Any, sergey: Any, elena: Any, as_borrower: Any) -> None:
    first = write_as(sergey, as_borrower)
    serve(first, sergey, elena)
    assert write_as(sergey, as_borrower).pk != first.pk
    begun.refresh_from_db()
    assert begun.conversation_id == first.pk


def test_nothing_is_noted_before_the_conversation_is_over(
    begun: Any, shopper: Client, sergey: Any, as_borrower: Any
) -> None:
    assert finish(shopper, begun).status_code == 400
    write_as(sergey, as_borrower)
    answer = finish(shopper, begun)
    assert answer.status_code == 400
    assert "Вежливо" in answer.content.decode(), "what was typed stays"
    begun.refresh_from_db()
    assert begun.status == "started"


@pytest.mark.parametrize("who", ["the shopper", "a colleague"])
def test_a_visit_that_reaches_the_shopper_or_their_people_is_cancelled(
    plan: Callable[..., Any], who: str, shopper: Client, boris: Any, elena: Any, sergey: Any, as_borrower: Any
) -> None:
    visit = plan(apart_from=[str(elena.pk)])
    shopper.post(f"{MINE}{visit.pk}/begin/")
    serve(write_as(sergey, as_borrower), sergey, boris if who == "the shopper" else elena)
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert finish(shopper, visit).status_code == 400
    assert shopper.post(f"{MINE}{visit.pk}/card/").headers["Location"] == f"{MINE}{visit.pk}/"


def test_a_manager_shops_as_a_manager_and_line_staff_as_line_staff(plan: Callable[..., Any], boris: Any) -> None:
    answer = plan(role="manager")
    assert answer.status_code == 400
    assert "линейными сотрудниками" in answer.content.decode().lower()


def test_a_window_ends_after_it_begins_and_not_in_the_past(plan: Callable[..., Any]) -> None:
    assert plan(window_from=at(2), window_to=at(1)).status_code == 400
    assert plan(window_from=at(-3), window_to=at(-2)).status_code == 400


def test_marking_a_borrower_is_audited_and_tells_nobody_that_somebody_else_did(
    plan: Callable[..., Any], ivan: Any, sergey: Any, anna: Any, as_staff: Any
) -> None:
    from identity.models import AuditEntry
    from quality.models import PlantedBorrower

    other = as_staff(ivan)
    assert sergey.customer_id not in other.get("/quality/mystery/").content.decode()
    pages = []
    for number in (sergey.customer_id, anna.customer_id):  # marked by Olga already, and never marked
        pages.append(other.post("/quality/mystery/planted/", {"customer_id": number}, follow=True).content.decode())
    assert [sergey.customer_id in page for page in pages] == [True, True]
    assert [pages[0].count("note-bar--ok"), pages[1].count("note-bar--ok")] == [1, 1]
    assert PlantedBorrower.objects.count() == 2
    marked = AuditEntry.objects.filter(code="borrower_planted").order_by("pk").values_list("object_id", flat=True)
    assert list(marked) == [str(sergey.pk), str(sergey.pk), str(anna.pk)]


def pages_of(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from pages_of(pattern.url_patterns)
        else:
            yield pattern


def everything_shown_to(client: Client, arguments: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every address that can be read, with what stands there."""
    from django.urls import reverse

    for pattern in pages_of():
        wanted = pattern.pattern.converters
        if pattern.name and set(wanted) <= set(arguments):
            address = reverse(pattern.name, kwargs={key: arguments[key] for key in wanted})
            answer = client.get(address)
            assert answer.status_code < 500, address
            yield address, answer.getvalue().decode("utf-8", "replace")


@pytest.mark.parametrize("person", ["elena", "ivan"])
def test_until_it_is_done_no_address_shows_that_there_is_a_visit(
    begun: Any, person: str, elena: Any, ivan: Any, sergey: Any, anna: Any, as_borrower: Any, as_staff: Any
) -> None:
    """Neither to the agent who serves nor to an administrator who did not plan it."""
    conversation = write_as(sergey, as_borrower)
    serve(conversation, sergey, elena)
    begun.refresh_from_db()
    type(begun).objects.filter(pk=begun.pk).update(observations={"notes": SECRET})
    score = conversation.scores.latest("pk")
    arguments = {"conversation": conversation.pk, "number": conversation.ticket.pk, "borrower": sergey.pk}
    arguments |= {"id": score.pk, "borrower_id": sergey.pk, "visit": begun.pk, "own_visit": begun.pk, "code": "service"}
    shown = dict(everything_shown_to(as_staff({"elena": elena, "ivan": ivan}[person]), arguments))
    assert len(shown) > 60
    found = [address for address, text in shown.items() if SECRET in text or f"visits/{begun.pk}/" in text]
    assert found == []
    told = [address for address, text in shown.items() if "planted" in text and "openapi" not in text]
    assert [address for address in told if "schema" not in address and "mystery" not in address] == []
    people = [text for address, text in shown.items() if "participation" in address]
    assert "500" not in "".join(people)


def test_once_it_is_done_every_supervisor_sees_it_and_agents_do_not(
    begun: Any, shopper: Client, elena: Any, ivan: Any, sergey: Any, as_borrower: Any, as_staff: Any
) -> None:
    serve(write_as(sergey, as_borrower), sergey, elena)
    address = f"/quality/mystery/visits/{begun.pk}/"
    assert as_staff(ivan).get(address).status_code == 404
    finish(shopper, begun)
    assert SECRET in as_staff(ivan).get(address).content.decode()
    assert as_staff(elena).get(address).status_code == 403


def test_a_planted_borrower_looks_like_every_borrower_in_the_inbox(
    begun: Any, anna: Any, sergey: Any, elena: Any, as_borrower: Any, as_staff: Any, socket_for: Any
) -> None:
    from chat import actions as chat
    from tickets import actions as tickets

    tickets.ensure_slots(user=elena, capacity=5)
    chats = [write_as(borrower, as_borrower) for borrower in (anna, sergey)]
    for one in chats:
        tickets.assign(ticket=one.ticket, agent=elena, reason="taken")
        chat.post_message(conversation=one, author=one.borrower, body="Здравствуйте")
    slots = as_staff(elena).get("/api/v1/inbox").json()["slots"]
    rows = [slot["ticket"] for slot in slots if slot["ticket"]]
    assert len(rows) == 2
    assert set(rows[0]) == set(rows[1])
    told = json.dumps(rows, ensure_ascii=False)
    assert not any(word in told for word in ("myster", "planted", SECRET))


def test_no_socket_event_tells_of_a_visit(
    transactional_db: None, begun: Any, sergey: Any, elena: Any, ivan: Any, as_borrower: Any, socket_for: Any
) -> None:
    from chat import actions as chat

    sockets = [socket_for(person) for person in (elena, ivan)]
    conversation = write_as(sergey, as_borrower)
    chat.post_message(conversation=conversation, author=sergey, body="Есть кто-нибудь?")
    for number, socket in enumerate(sockets):
        socket.send("ping", n=number)
        socket.wait_for("pong", n=number)
        heard = json.dumps(socket.heard, ensure_ascii=False)
        assert not any(word in heard for word in ("myster", "planted", SECRET, str(begun.shopper_id)))


def figures(supervisor: Client) -> dict[str, Any]:
    """Every figure of service and quality that could move."""
    from quality.actions.metrics import roll_up_day
    from quality.models import MetricDay, SamplingPlan
    from quality.queries.candidates import candidates_of
    from quality.queries.examples import topics
    from quality.queries.forecasts import foreseen
    from tickets.queries.reports import service_report

    now = timezone.now()
    period = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    roll_up_day(on=timezone.localdate(), now=now)
    report = service_report(**period)
    plan = SamplingPlan.objects.get(kind="random")
    return {
        "service": (report.channels, report.parallel, report.moved),
        "days": list(MetricDay.objects.order_by("metric", "pk").values_list("metric", "agent", "n", "k", "sum")),
        "drawn from": [one.id for one in candidates_of(plan, **period)],
        "learned from": topics("ru"),
        "foreseen": foreseen(by_model=False).count(),
        "overview": supervisor.get("/quality/").context["figures"],
        "voice": supervisor.get("/quality/voice/").context["rows"],
    }


def test_a_planted_chat_changes_no_figure(
    begun: Any, planner: Client, anna: Any, sergey: Any, elena: Any, as_borrower: Any, shopper: Client
) -> None:
    from quality import actions as quality
    from quality.actions.sampling import seed_default_plans
    from tickets import actions as tickets
    from tickets.actions.outbox import run_due_jobs

    seed_default_plans()
    hold(anna, elena)
    before = figures(planner)
    assert before["days"], "there is something to change"
    conversation = write_as(sergey, as_borrower)
    tickets.ensure_slots(user=elena, capacity=5)
    tickets.assign(ticket=conversation.ticket, agent=elena, reason="taken")
    serve(conversation, sergey, elena)
    run_due_jobs(kind="score_conversation")
    run_due_jobs(kind="forecast_complaint")
    quality.rate_conversation(conversation=conversation, borrower=sergey, rating=1, solved="no")
    finish(shopper, begun)
    card = shopper.post(f"{MINE}{begun.pk}/card/").headers["Location"]
    shopper.post(card, {"comment": "Плохо"})
    assert figures(planner) == before


def test_participation_says_who_shopped_what_it_cost_and_whether_both_groups_did(
    plan: Callable[..., Any], planner: Client, shopper: Client, ivan: Any, sergey: Any, elena: Any, anna: Any,
    as_borrower: Any, as_staff: Any,
) -> None:  # fmt: skip
    address = "/quality/mystery/participation/"
    for person, client in (("line", shopper), ("manager", as_staff(ivan))):
        visit = plan(role=person, **({"shopper": str(ivan.pk)} if person == "manager" else {}))
        assert "не так" in planner.get(address).content.decode()
        client.post(f"{MINE}{visit.pk}/begin/")
        serve(write_as(sergey, as_borrower), sergey, elena)
        finish(client, visit)
        client.post(client.post(f"{MINE}{visit.pk}/card/").headers["Location"], {"comment": "Хорошо"})
    plan(cost="700")
    page = planner.get(address)
    part = page.context["part"]
    assert part.both_take_part
    rows = {one.person.full_name: (one.planned, one.done, one.cost) for one in [*part.managers, *part.line]}
    assert rows["Борис Гость"] == (2, 1, 1200)
    assert rows["Иван Лебедев"] == (1, 1, 500)
    assert rows["Елена Воронова"][:2] == (0, 0), "who does not shop is named too"
    assert part.means["all"].n == 2
    others = as_staff(ivan).get(address).context["part"]
    assert {one.person.full_name: one.planned for one in others.line}["Борис Гость"] == 1, "others' plans are hidden"
    assert not planner.get(f"{address}?quarter=2020-1").context["part"].both_take_part
    assert planner.get(f"{address}?quarter=x").status_code == 200


def test_whoever_planned_a_visit_calls_it_off(plan: Callable[..., Any], planner: Client, shopper: Client) -> None:
    visit = plan()
    planner.post(f"/quality/mystery/visits/{visit.pk}/cancel/")
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    shopper.post(f"{MINE}{visit.pk}/begin/")
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_a_retired_scenario_is_planned_no_more(plan: Callable[..., Any], planner: Client) -> None:
    from quality.models import MysteryScenario

    scenario = MysteryScenario.objects.get()
    planner.post(f"/quality/mystery/scenarios/{scenario.pk}/retire/")
    assert plan().status_code == 400
