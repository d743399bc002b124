"""Every page of quality opens for a supervisor, in both languages, wide and on a phone, and says what it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext

from quality.tasks import roll_up_today
from tests.reviewing import hold
from tests.test_calibration import session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

WIDTHS = (1440, 360)
HEADINGS = {
    "/quality/queue/": ("Reviews to do", "На проверку"),
    "/quality/critical/": ("Critical failures", "Критичные ошибки"),
    "/quality/disputes/": ("Disputes", "Споры"),
    "/quality/plans/": ("Sampling plans", "Планы выборки"),
    "/quality/periods/": ("Closing of months", "Закрытие месяцев"),
    "/quality/calibration/": ("Calibration", "Калибровка"),
    "/quality/checks/": ("Laboratory of checks", "Лаборатория проверок"),
    "/quality/drivers/": ("Does our standard matter?", "Важен ли наш стандарт?"),
    "/quality/topics/": ("Topics and quality", "Темы и качество"),
    "/quality/forecasts/": ("Complaint forecast", "Прогноз жалоб"),
    "/quality/voice/": ("The borrower's voice", "Голос клиента"),
    "/quality/public/": ("Public reviews", "Публичные отзывы"),
    "/quality/mystery/": ("Mystery visits", "Тайные визиты"),
    "/quality/practices/": ("Practices", "Практики"),
    "/quality/models/": ("Models", "Модели"),
    "/settings/standards/": ("Service standard", "Стандарт обслуживания"),
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_quality_says_what_it_is_and_fits(
    language: str,
    anna: Any,
    elena: Any,
    olga: Any,
    ivan: Any,
    as_staff: Any,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    olga.language = language
    olga.save(update_fields=["language"])
    hold(anna, elena)
    session = session_of(as_staff(olga), olga, ivan)
    roll_up_today()
    own = {
        "/quality/": "",
        f"/quality/agents/{elena.pk}/": elena.full_name,
        f"/quality/calibration/{session.pk}/": session.title,
        f"/quality/cards/{session.reviews.get(reviewer=olga).pk}/": "",
        "/quality/mystery/participation/": "",
    }
    client = Client()
    client.force_login(olga)
    context = new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(f"{page.url}: {one.text}") if one.type == "error" else None)
    page.on("pageerror", lambda one: wrong.append(f"{page.url}: {one}"))
    place = ("en", "ru").index(language)
    for path, heading in {**own, **{path: words[place] for path, words in HEADINGS.items()}}.items():
        answer = page.goto(live_server.url + path)
        if answer is None or answer.status != 200 or page.locator("html").get_attribute("lang") != language:
            wrong.append(f"{path}: not opened in {language}")
        said = page.locator("h1").first.inner_text().replace("\u00a0", " ")
        if heading not in said or not said:
            wrong.append(f"{path}: {said!r} instead of {heading!r}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path}: wider than {width}")
    assert wrong == []
