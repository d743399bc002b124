"""Topics against quality: each measure with its n by topic, chats against letters, for supervisors only."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quality.models import MetricDay
from quality.rules.statistics.sums import Totals, one_value, ratio_of_means
from quality.tasks import roll_up_today
from tests.reviewing import hold
from tickets.models import Topic

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_fresh_desk_has_no_topics_to_show(as_staff: Any, olga: Any) -> None:
    assert "Темы и качество" in as_staff(olga).get("/quality/topics/").content.decode()


def test_each_cell_has_its_n_and_few_conversations_have_no_colour(
    anna: Any, elena: Any, olga: Any, as_staff: Any
) -> None:
    hold(anna, elena)
    roll_up_today()
    well = Topic.objects.create(code="well-known", title_ru="О чём знают", title_en="What is known")
    hardly = Topic.objects.create(code="hardly-known", title_ru="О чём почти не спрашивают", title_en="Hardly asked")
    for topic, n in ((well, 20), (hardly, 9)):
        MetricDay.objects.create(
            date=timezone.localdate(),
            metric="rating",
            agent=elena,
            topic=topic,
            channel="chat",
            n=n,
            k=n - 1,
            sum=5.0 * (n - 1),
        )
    answer = as_staff(olga).get("/quality/topics/")
    rows = {row.title: row.cells for row in answer.context["rows"]}
    said, tone = rows[well.title][answer.context["head"].index("CSAT")]
    assert (said.value.replace("\u00a0", " "), said.n, tone) == ("95 %", 20, "ok")
    others = [cell for cell in rows[hardly.title] if cell[0]]
    assert others and all(one.is_weak and not colour for one, colour in others)


def test_another_time_shows_another_time(anna: Any, elena: Any, olga: Any, as_staff: Any) -> None:
    hold(anna, elena)
    roll_up_today()
    before = (timezone.localdate() - timedelta(days=200)).isoformat()
    assert not as_staff(olga).get(f"/quality/topics/?period=quarter&on={before}").context["rows"]


def test_agents_do_not_see_it(elena: Any, as_staff: Any) -> None:
    assert as_staff(elena).get("/quality/topics/").status_code == 403


def test_a_ratio_of_means_has_the_interval_of_its_logarithm() -> None:
    slow = sum(map(one_value, (100.0, 120.0, 80.0)), Totals())
    fast = sum(map(one_value, (10.0, 12.0, 8.0)), Totals())
    found = ratio_of_means(slow, fast)
    assert found.value == pytest.approx(10) and found.smallest == 3 and found.is_weak
    assert found.lo is not None and found.hi is not None and found.lo * found.hi == pytest.approx(100)
    assert not ratio_of_means(slow, Totals()).is_known
