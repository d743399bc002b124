"""The models in force, read once per process and version; what there is to learn from."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from quality.models import ModelKind, TrainedModel, Training
from quality.queries import examples
from quality.rules.models import FigureModel, TextModel
from quality.rules.training.needs import NotEnough
from quality.rules.training.reading import language_of

LANGUAGES = ("ru", "en")
KEPT_TIME = 30.0  # seconds until somebody else's decision is seen in this process
PROPOSED = 3

_in_force: tuple[float, dict[tuple[str, str], TrainedModel]] | None = None
_read: dict[str, TextModel | FigureModel] = {}


@dataclass(frozen=True)
class ByLanguage:
    """Models of one question, one per language: the text itself says which is asked."""

    models: dict[str, TextModel]

    def probability(self, text: str) -> float:
        """Of a language that no model knows nothing is said: 0."""
        model = self._for(text)
        return model.probability(text) if model else 0.0

    def ranked(self, text: str) -> Sequence[tuple[str, float]]:
        model = self._for(text)
        return model.ranked(text) if model else []

    def explain(self, text: str) -> Sequence[tuple[str, float]]:
        model = self._for(text)
        return model.explain(text) if model else []

    def _for(self, text: str) -> TextModel | None:
        return self.models.get(language_of([text]))


def text_models(kind: str) -> ByLanguage | None:
    """The models of text in force; None when there is none in any language."""
    rows = {language: row for (of, language), row in _rows().items() if of == kind}
    return ByLanguage({language: _text(row) for language, row in rows.items()}) if rows else None


def forecast_model() -> tuple[str, FigureModel] | None:
    """The complaint forecast in force, with the name forecasts remember."""
    row = _rows().get((ModelKind.COMPLAINT, ""))
    if row is None:
        return None
    if row.sha256 not in _read:
        _read[row.sha256] = FigureModel.from_json(json.loads(bytes(row.weights)))
    model = _read[row.sha256]
    assert isinstance(model, FigureModel)
    return row.name, model


def forget_models() -> None:
    """Look anew next time; called by whoever changes what is in force."""
    global _in_force
    _in_force = None


def propose_topics(text: str) -> list[tuple[str, float]] | NotEnough:
    """The likeliest topics of a text, each with how sure that is.

    Without a model in force: how many examples there are and how many are needed; 0 of 0 when there are enough.
    """
    language = language_of([text])
    row = _rows().get((ModelKind.TOPIC, language))
    if row is not None:
        return _text(row).top(text, PROPOSED)
    return examples.lacking(ModelKind.TOPIC, language) or NotEnough(have=0, need=0)


def all_models() -> QuerySet[TrainedModel]:
    """Newest first, without their weights."""
    return TrainedModel.objects.defer("weights").select_related("trained_by").order_by("kind", "language", "-version")


def last_trainings() -> dict[tuple[str, str], Training]:
    """The last training of each kind and language."""
    rows = Training.objects.order_by("kind", "language", "-started_at").distinct("kind", "language")
    return {(row.kind, row.language): row for row in rows.select_related("started_by", "model")}


def training_by_id(id: int) -> Training | None:  # noqa: A002
    return Training.objects.filter(pk=id).first()


def _rows() -> dict[tuple[str, str], TrainedModel]:
    global _in_force
    now = time.monotonic()
    if _in_force is None or _in_force[0] < now:
        rows = TrainedModel.objects.filter(status=TrainedModel.Status.IN_FORCE).defer("weights")
        _in_force = (now + KEPT_TIME, {(row.kind, row.language): row for row in rows})
    return _in_force[1]


def _text(row: TrainedModel) -> TextModel:
    if row.sha256 not in _read:
        _read[row.sha256] = TextModel.from_bytes(bytes(row.weights))
    model = _read[row.sha256]
    assert isinstance(model, TextModel)
    return model
