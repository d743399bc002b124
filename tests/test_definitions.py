"""What a page says a figure is, and what the book of metrics says, are the same words."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from quality.serializers.overview import DEFINITIONS
from tickets.views.report_words import definitions

BOOK = Path(__file__).parents[1] / "docs" / "metrics.md"


@pytest.fixture(scope="module")
def book() -> str:
    return re.sub(r"\s+", " ", BOOK.read_text())


def test_the_report_explains_its_figures_as_the_book_of_metrics_does(book: str) -> None:
    with translation.override("en"):
        said = [f"- **{name}**: {words}" for _anchor, name, words in definitions()]
    assert said and [each for each in said if each not in book] == []


def test_the_overview_of_quality_explains_its_figures_as_the_book_of_metrics_does(book: str) -> None:
    with translation.override("en"):
        said = [f"- `{name}`: {words}" for name, words in DEFINITIONS.items()]
    assert said and [each for each in said if each not in book] == []
