"""Complaints foreseen when conversations end, judged by those that came; models trained, put in force, retired."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from chat import actions as chat
from chat.models import Conversation
from identity.models import AuditEntry
from quality.actions.forecasts import settle_forecasts
from quality.actions.models import keep_model, put_model_in_force
from quality.models import ComplaintForecast, PlantedBorrower, TrainedModel, Training
from quality.queries.models import forget_models, propose_topics
from quality.rules.forecasting import NAMES
from quality.rules.models import FigureModel
from quality.rules.training import NotEnough
from quality.rules.training.text import train_once
from tests.finishing import resolve
from tests.test_models_of_text import questions
from tickets import actions as tickets
from tickets.actions.outbox import run_due_jobs
from tickets.models import Topic

pytestmark = pytest.mark.django_db(transaction=True)

ANGRY = "Никто не отвечает вторую неделю. Буду жаловаться в Центробанк!"


@pytest.fixture(autouse=True)
def look_anew() -> None:
    forget_models()


@pytest.fixture
def ended(anna: Any, elena: Any) -> Callable[..., Conversation]:
    """A chat that ended, with everything the outbox does after it."""

    def hold(text: str, borrower: Any = None) -> Conversation:
        conversation = chat.start_conversation(channel="chat", borrower=borrower or anna)
        chat.add_participant(conversation=conversation, user=elena)
        chat.post_message(conversation=conversation, author=borrower or anna, body=text)
        chat.post_message(conversation=conversation, author=elena, body="Здравствуйте! Проверяю.")
        chat.close_conversation(conversation=conversation, by=elena)
        run_due_jobs()
        run_due_jobs()
        return conversation

    return hold


def in_force(by: Any, *, weight: float = 2.0) -> TrainedModel:
    """A complaint forecast that looks at words of complaint alone."""
    weights = [weight if name == "markers" else 0.0 for name in NAMES]
    plain = FigureModel(NAMES, [0.0] * len(NAMES), [1.0] * len(NAMES), weights, -2.0)
    made = keep_model(
        kind="complaint",
        language="",
        data="made by hand",
        n=1,
        measures={},
        weights=json.dumps(plain.to_json()).encode(),
    )
    return put_model_in_force(model=made, by=by)


def complain(borrower: Any, by: Any) -> Conversation:
    topic, _ = Topic.objects.get_or_create(
        code="appeal", defaults={"title_ru": "Претензия", "title_en": "Appeal", "is_complaint": True}
    )
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    tickets.set_topic(ticket=conversation.ticket, topic=topic, by=by)
    return conversation


def test_without_a_model_strong_words_are_listed_and_no_chance_is_made_up(
    ended: Callable[..., Conversation], as_staff: Callable[[Any], Client], olga: Any
) -> None:
    conversation = ended(ANGRY)
    ended("Спасибо, всё понятно", borrower=conversation.borrower)
    first, calm = ComplaintForecast.objects.order_by("pk")
    assert (first.probability, first.came, calm.markers) == (None, None, 0)
    assert first.markers > 0
    assert first.values["markers"] == first.markers
    place = first.factors[0]["evidence"][0]
    said = conversation.entries.get(seq=place["seq"]).body
    assert said[place["start"] : place["end"]].lower() in ANGRY.lower()
    page = as_staff(olga).get("/quality/forecasts/").content.decode()
    assert page.count("data-forecast") == 1
    assert "Ни одна модель не действует" in page
    assert "нужно 50" in page
    assert "%</b>" not in page


def test_a_model_in_force_gives_the_chance_and_the_words(
    ended: Callable[..., Conversation], as_staff: Callable[[Any], Client], olga: Any, ivan: Any
) -> None:
    in_force(ivan)
    conversation = ended(ANGRY)
    forecast = ComplaintForecast.objects.get()
    expected = 1 / (1 + 2.718281828**2 / 2.718281828 ** (2 * forecast.markers))
    assert forecast.probability == pytest.approx(expected)
    assert forecast.model == "complaint 1"
    assert [one["code"] for one in forecast.factors] == ["markers"]
    page = as_staff(olga).get("/quality/forecasts/").content.decode()
    assert conversation.borrower is not None
    assert conversation.borrower.full_name in page
    assert "жаловаться" in page.lower()


def test_what_came_is_written_down_within_the_horizon_and_what_did_not_after_it(
    ended: Callable[..., Conversation], sergey: Any, elena: Any
) -> None:
    conversation = ended(ANGRY)
    ended(ANGRY, borrower=sergey)
    assert settle_forecasts() == 0
    complaint = complain(conversation.borrower, elena)
    assert settle_forecasts() == 1
    came = ComplaintForecast.objects.get(score__conversation=conversation)
    assert (came.came, came.came_at) == (True, complaint.started_at)
    assert settle_forecasts(now=timezone.now() + timedelta(days=31)) == 1
    assert ComplaintForecast.objects.filter(came=False).get().score.conversation.borrower == sergey


def test_nothing_is_foreseen_of_planted_borrowers(ended: Callable[..., Conversation], anna: Any, ivan: Any) -> None:
    PlantedBorrower.objects.create(borrower=anna, added_by=ivan)
    ended(ANGRY)
    assert not ComplaintForecast.objects.exists()


def test_a_month_is_judged_by_what_came(
    ended: Callable[..., Conversation], as_staff: Callable[[Any], Client], olga: Any, ivan: Any
) -> None:
    in_force(ivan)
    conversation = ended(ANGRY)
    score = conversation.scores.get()
    drawer = random.Random(3)
    ComplaintForecast.objects.all().delete()
    rows = []
    for at in range(60):
        chance = at / 60
        made = type(score)(
            conversation=conversation, version=score.version, engine_version=score.engine_version, content_hash=f"{at}"
        )
        made.save()
        came = drawer.random() < chance
        rows.append(ComplaintForecast(score=made, model="complaint 1", probability=chance, came=came))
    ComplaintForecast.objects.bulk_create(rows)
    page = as_staff(olga).get("/quality/forecasts/").content.decode()
    assert "AUC" in page
    assert page.count("внутри интервала") + page.count("мимо интервала") == 10


def test_training_says_how_many_examples_there_are_and_how_many_it_needs(
    as_staff: Callable[[Any], Client], ivan: Any
) -> None:
    client = as_staff(ivan)
    before = client.get("/quality/models/").content.decode().replace("\xa0", " ")
    assert before.count("нужно 40") == 2, "topics"
    assert before.count("нужно 50") == 3, "negativity and complaints"
    assert client.post("/quality/models/train/complaint/").status_code == 302
    assert "ждёт своей очереди" in client.get("/quality/models/").content.decode().lower()
    client.post("/quality/models/train/complaint/")
    assert Training.objects.count() == 1
    run_due_jobs()
    page = client.get("/quality/models/?part=list").content.decode()
    assert "размеченных примеров, нужно 50" in page.replace("\xa0", " ")
    assert client.post("/quality/models/train/complaint-ru/").status_code == 404
    assert propose_topics("Хочу продлить займ") == NotEnough(have=0, need=40)


def test_topics_are_learned_from_resolved_tickets_and_proposed_once_in_force(
    as_staff: Callable[[Any], Client], elena: Any, ivan: Any, anna: Any, capsys: Any
) -> None:
    known = questions(60)
    for code in sorted(set(known.labels)):
        Topic.objects.get_or_create(code=code, defaults={"title_ru": code, "title_en": code})
    for text, label in zip(known.texts, known.labels, strict=True):
        conversation = chat.start_conversation(channel="chat", borrower=anna)
        chat.post_message(conversation=conversation, author=anna, body=text)
        tickets.set_topic(ticket=conversation.ticket, topic=Topic.objects.get(code=label), by=elena)
        conversation.ticket.refresh_from_db()
        resolve(ticket=conversation.ticket, by=elena)
        chat.close_conversation(conversation=conversation, by=elena)
    call_command("train_models", "--kind", "topic", "--language", "ru", "--json")
    made = json.loads(capsys.readouterr().out)[0]
    assert (made["status"], made["model"]) == ("done", "topic ru 1")
    assert made["measures"]["accuracy"] > 0.9
    assert isinstance(propose_topics("Хочу продлить займ"), NotEnough)
    client, model = as_staff(ivan), TrainedModel.objects.get()
    client.post(f"/quality/models/{model.pk}/put-in-force/")
    proposed = propose_topics("Хочу продлить займ на неделю")
    assert not isinstance(proposed, NotEnough)
    assert proposed[0][0] == "extension"
    client.post(f"/quality/models/{model.pk}/retire/")
    assert isinstance(propose_topics("Хочу продлить займ"), NotEnough)
    codes = AuditEntry.objects.filter(code__startswith="model.").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["model.training_started", "model.trained", "model.in_force", "model.retired"]


def test_a_newer_version_in_force_retires_the_older(ivan: Any) -> None:
    first, second = in_force(ivan), in_force(ivan, weight=1.0)
    first.refresh_from_db()
    assert (first.status, second.status, second.version) == ("retired", "in_force", 2)


def test_the_command_learns_from_a_table_and_keeps_what_it_learned_in_the_shadow(tmp_path: Path, capsys: Any) -> None:
    tables = {}
    for name, seed in (("learn", 1), ("ask", 2)):
        pairs = questions(90, seed=seed)
        rows = [f'{label},"{text}"' for text, label in zip(pairs.texts, pairs.labels, strict=True)]
        tables[name] = tmp_path / f"{name}.csv"
        tables[name].write_text("\n".join(["intent,utterance", *rows]))
    options = ["--csv", str(tables["learn"]), "--test", str(tables["ask"]), "--save"]
    with pytest.raises(CommandError, match="licence"):
        call_command("train_topics", *options)
    call_command("train_topics", *options, "--data", "made up", "--json")
    figures = json.loads(capsys.readouterr().out)
    assert figures["test"]["accuracy"] > 0.9
    assert figures["saved"] == "topic ru 1"
    assert TrainedModel.objects.get().status == "shadow"


def test_without_the_library_the_command_says_which_extra_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quality.rules.training.needs.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="training"):
        call_command("train_topics", "--csv", str(tmp_path / "none.csv"))


def test_a_desk_that_runs_models_never_loads_the_library_that_trains_them(tmp_path: Path) -> None:
    stored = tmp_path / "model"
    stored.write_bytes(train_once(questions(60), strength=30.0).to_bytes())
    program = (
        "import sys, django; django.setup(); import quality.tasks, quality.queries.models\n"
        "from quality.rules.models import TextModel\n"
        f"TextModel.from_bytes(open({str(stored)!r}, 'rb').read()).top('продлить займ')\n"
        "print([name for name in ('sklearn', 'numpy', 'scipy', 'joblib') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.fixture
def opened(live_server: Any, new_context: Callable[..., BrowserContext], settings: Any) -> Callable[..., Page]:
    settings.ALLOWED_HOSTS = ["*"]

    def open_page(path: str, by: Any, **options: Any) -> Page:
        client = Client()
        client.force_login(by)
        context = new_context(**options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return open_page


@pytest.mark.parametrize("screen", [{}, {"dark": True, "phone": True}], ids=["light", "dark-phone"])
def test_an_administrator_sees_a_training_end_and_a_supervisor_the_forecasts(
    ended: Callable[..., Conversation],
    opened: Callable[..., Page],
    sergey: Any,
    ivan: Any,
    olga: Any,
    screen: dict[str, bool],
) -> None:
    in_force(ivan)
    ended(ANGRY)
    ended("Спасибо, всё понятно, хорошего дня", borrower=sergey)
    models = opened("/quality/models/", ivan, **screen)
    complaints = models.locator("section", has=models.get_by_role("heading", name="Прогноз жалоб"))
    expect(complaints).to_contain_text("Версия 1")
    complaints.get_by_role("button", name="Обучить").click()
    expect(complaints).to_contain_text("Ждёт своей очереди")
    run_due_jobs()
    expect(complaints).to_contain_text("нужно 50", timeout=10_000)
    assert not Axe().run(models).response["violations"]
    take(models, f"models-{len(screen)}")
    forecasts = opened("/quality/forecasts/", olga, **screen)
    expect(forecasts.locator("[data-forecast]").first).to_contain_text("жаловаться")
    assert forecasts.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not Axe().run(forecasts).response["violations"]
    take(forecasts, f"forecasts-{len(screen)}")


def take(page: Page, name: str) -> None:
    """A picture, for whoever asks for one."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
