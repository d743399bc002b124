"""Models of what people write: learned from labelled questions, run as plain weights, explained by words."""

import json
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from quality.rules.models import FigureModel, TextModel, lanes
from quality.rules.models.features import pieces_of, stems_of
from quality.rules.models.measures import Answered, coverage, threshold
from quality.rules.training.figures import train_figures
from quality.rules.training.reading import BadTable, examples_in, language_of
from quality.rules.training.text import Examples, Table, fit, train_once

BANKING77 = Path(__file__).resolve().parents[2] / "shared/data/quality/banking77/train.csv"
TOPICS = {
    "extension": ["хочу продлить займ {}", "можно ли продление на {} дней", "как продлить договор {}", "продлите займ"],
    "payment": ["не прошёл платёж {}", "оплатил {} рублей, деньги не пришли", "где мой платёж", "платёж завис на {}"],
    "complaint": ["буду жаловаться, {} дней молчите", "это безобразие, подам жалобу", "верните {}, или иду в суд"],
}
GREETINGS = ("", "Здравствуйте! ", "Добрый день, ")
WORDS = ("займ", "платёж", "Жалобу", "дней,", "день.", "7", "ещё")


def questions(n: int = 120, seed: int = 1) -> Examples:
    drawer = random.Random(seed)
    pairs = [
        (
            drawer.choice(["", "Здравствуйте! ", "Добрый день, "]) + drawer.choice(said).format(drawer.randint(1, 99)),
            topic,
        )
        for topic, said in TOPICS.items()
        for _ in range(n // len(TOPICS))
    ]
    return Examples([text for text, _ in pairs], [topic for _, topic in pairs])


@pytest.fixture(scope="module")
def model() -> TextModel:
    return train_once(questions(), strength=30.0)


def test_the_model_that_runs_gives_the_chances_of_the_one_that_was_fitted() -> None:
    examples, asked = questions(), questions(200, seed=2).texts
    if BANKING77.exists():
        known = examples_in(BANKING77.read_text())
        picked = [at for at, label in enumerate(known.labels) if label < "b"]
        examples, asked = known.at(picked[::3]), known.at(picked[1::3]).texts[:200]
    fitted = fit(Table(examples), strength=30.0)
    stored = TextModel.from_bytes(fitted.exported().to_bytes())
    expected = fitted.regressions.predict_proba(tf_idf(stored, examples).transform(asked))
    for chances, text in zip(expected, asked, strict=True):
        assert stored.probabilities(text) == pytest.approx(list(chances), abs=1e-6)


def tf_idf(model: TextModel, examples: Examples) -> FeatureUnion:
    """scikit-learn's own TF-IDF over the features that were kept."""
    known = json.loads(head_of(model))
    kinds = [
        (name, TfidfVectorizer(analyzer=seen, vocabulary=known[name], sublinear_tf=True))
        for name, seen in (("stems", stems_of), ("pieces", pieces_of))
    ]
    return FeatureUnion(kinds).fit(examples.texts)


def head_of(model: TextModel) -> bytes:
    plain = zlib.decompress(model.to_bytes())
    return plain[4 : 4 + int.from_bytes(plain[:4], "little")]


def test_a_model_of_one_label_gives_the_chances_of_the_one_that_was_fitted() -> None:
    examples = questions()
    fitted = fit(Table(examples, "complaint"), strength=30.0)
    stored = TextModel.from_bytes(fitted.exported().to_bytes())
    for expected, text in zip(fitted.probabilities(examples.texts), examples.texts, strict=True):
        assert stored.probability(text) == pytest.approx(expected[1], abs=1e-6)


def test_features_are_pruned_to_those_that_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    examples, asked = questions(), questions(60, seed=3)
    full = train_once(examples, strength=30.0)
    monkeypatch.setattr("quality.rules.training.text.MOST_FEATURES", full.size // 2)
    half = train_once(examples, strength=30.0)
    assert half.size == full.size // 2
    assert all(half.top(text, 1)[0][0] == topic for text, topic in zip(asked.texts, asked.labels, strict=True))


def test_a_question_is_sorted_and_the_words_that_weighed_are_shown_in_their_places(model: TextModel) -> None:
    text = "Добрый день! Это безобразие. Подам жалобу!"
    assert model.top(text, 1)[0][0] == "complaint"
    reasons = model.reasons(text)
    assert {one.word for one in reasons} >= {"безобразие", "жалобу"}
    assert len(reasons) <= 5
    assert all(one.weight >= 0.15 for one in reasons)
    assert all(text[start:end].lower() == one.word for one in reasons for start, end in one.places)
    best = model.sentences(text, "complaint")[0]
    assert text[best.start : best.end].strip() in {"Это безобразие.", "Подам жалобу!"}


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=300) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_what_words_add_sums_to_the_answer_and_stands_inside_the_text(model: TextModel, text: str) -> None:
    assert sum(model.probabilities(text)) == pytest.approx(1)
    for place, label in enumerate(model.labels):
        words = model.contributions(text, label)
        total = sum(one.weight for one in words) + model.intercepts[place]
        assert total == pytest.approx(model.scores(text)[place], abs=1e-5)
        assert all(0 <= start < end <= len(text) for one in words for start, end in one.places)


def test_nothing_known_in_a_text_is_no_failure(model: TextModel) -> None:
    for text in ("", "   ", "☃", "1" * 50_000):
        assert len(model.top(text, 3)) == 3


@given(st.lists(st.lists(st.integers(-(2**30), 2**30), min_size=3, max_size=3), min_size=1, max_size=20))
def test_lanes_add_up_side_by_side(rows: list[list[int]]) -> None:
    numbers = lanes.unpack(lanes.pack(weight / 2**lanes.BITS for row in rows for weight in row), 3)
    total = sum((at + 1) * number for at, number in enumerate(numbers))
    expected = [sum((at + 1) * row[place] for at, row in enumerate(rows)) for place in range(3)]
    assert lanes.lanes(total, 3) == expected
    assert [lanes.lane(total, 3, place) for place in range(3)] == expected


@pytest.mark.parametrize("content", [b"", b"not a model", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_bytes_that_are_no_model_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="model"):
        TextModel.from_bytes(content)


@pytest.mark.parametrize(
    "table",
    [
        "text,category\nсрок займа,terms\nгде деньги,payment\nкогда деньги,payment\n",
        "intent;utterance\nterms;срок займа\npayment;где деньги\npayment;когда деньги\n",
        "\ufeffТема\tВопрос\nterms\tсрок займа\npayment\tгде деньги\npayment\tкогда деньги\n",
        "срок займа,terms\nгде деньги,payment\nкогда деньги,payment\n",
        "terms,срок займа\npayment,где деньги\npayment,когда деньги\n",
    ],
)
def test_a_table_is_read_whatever_its_columns_are_called(table: str) -> None:
    found = examples_in(table)
    assert found.texts == ["срок займа", "где деньги", "когда деньги"]
    assert found.labels == ["terms", "payment", "payment"]
    assert language_of(found.texts) == "ru"


@pytest.mark.parametrize("table", ["", "a,b,c\n1,2,3\n", "text,category\none,same\ntwo,same\n"])
def test_a_table_without_labels_is_refused_in_words(table: str) -> None:
    with pytest.raises(BadTable):
        examples_in(table)


def test_coverage_counts_the_surest_answers_that_are_right_often_enough() -> None:
    answers = [Answered(right, True, sure) for right, sure in [(True, 0.9), (True, 0.8), (False, 0.7), (True, 0.6)]]
    assert coverage(answers, precision=0.95) == 0.5
    assert threshold(answers, precision=0.95) == 0.8
    assert coverage(answers, precision=0.75) == 1.0
    assert coverage([Answered(False, False, 0.9)], precision=0.5) == 0.0


def test_figures_are_learned_calibrated_and_weighed() -> None:
    drawer = random.Random(5)
    rows = [{"waits": drawer.random() * 10, "noise": drawer.random()} for _ in range(600)]
    came = [drawer.random() < (0.6 if row["waits"] > 7 else 0.05) for row in rows]
    model, unseen = train_figures(("waits", "noise"), rows, came)
    model = FigureModel.from_json(model.to_json())
    assert model.probability({"waits": 9.5, "noise": 0.5}) == pytest.approx(0.6, abs=0.15)
    assert model.probability({"waits": 1.0, "noise": 0.5}) < 0.15
    assert model.factors({"waits": 9.5, "noise": 0.5})[0].name == "waits"
    assert len(unseen) == 600
    assert sum(chance for chance, _ in unseen) == pytest.approx(sum(answer for _, answer in unseen), rel=0.15)
