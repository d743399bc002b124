"""Models, their trainings and forecasts in words, for the supervisor's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quality.models import ComplaintForecast, ModelKind, TrainedModel, Training
from quality.queries.examples import lacking
from quality.queries.forecasts import Judgement
from quality.rules.statistics.calibration import Bin
from quality.serializers.estimates import Shown, Unit, shown
from supportdesk.templatetags.desk import as_percent, figure

LANGUAGES = {"ru": gettext_lazy("Russian"), "en": gettext_lazy("English"), "": gettext_lazy("Any language")}
WIDEST = 90  # characters of a quotation
_PLAIN = {
    "choosing": gettext_lazy("Choosing how strongly to fit"),
    "done": gettext_lazy("Trained; it waits in the shadow"),
    "no_trainer": gettext_lazy("scikit-learn is not installed: install the extra “training”"),
    "failed": gettext_lazy("The training failed; the operations page says why"),
}
_FACTORS = {
    "negativity_max": gettext_lazy("a very negative message"),
    "negativity_last": gettext_lazy("negative at the end"),
    "negativity_slope": gettext_lazy("grew more negative"),
    "markers": gettext_lazy("words of complaint"),
    "anger": gettext_lazy("angry words"),
    "first_wait": gettext_lazy("waited long for the first answer"),
    "longest_wait": gettext_lazy("a long pause"),
    "repeats": gettext_lazy("wrote again within a week"),
    "unanswered": gettext_lazy("a question was left without an answer"),
    "broken_promises": gettext_lazy("a promise was not kept"),
    "topic_rate": gettext_lazy("the topic often ends in complaints"),
    "overdue": gettext_lazy("the loan is overdue"),
    "past_complaints": gettext_lazy("complained before"),
}


@dataclass(frozen=True)
class Slot:
    """A kind and language of model: what is known of it, and what may be done."""

    kind: str
    language: str
    title: str
    language_words: str
    models: list["ModelRow"]
    training: str
    lacking: str
    is_running: bool
    progress: int

    @property
    def trainable(self) -> str:
        """As its address names it: ``kind`` or ``kind-language``."""
        return f"{self.kind}-{self.language}" if self.language else self.kind


@dataclass(frozen=True)
class ModelRow:
    model: TrainedModel
    measures: list[str]
    may_be_put_in_force: bool


@dataclass(frozen=True)
class ForecastRow:
    id: int
    score: int
    who: str
    topic: str
    at: Any
    chance: str
    share: int
    reasons: list[str]
    quotes: list[str]
    came: bool | None
    came_at: Any


@dataclass(frozen=True)
class BinRow:
    foreseen: str
    came: Shown
    is_right: bool


@dataclass(frozen=True)
class MonthRow:
    month: Any
    n: int
    came: int
    auc: Shown
    precision: Shown
    lift: Shown
    table: list[BinRow]


def training_words(said: Mapping[str, Any]) -> str:
    """How far a training is, or what came of it."""
    code = str(said.get("code", ""))
    if code == "folds":
        return _("Round %(done)d of %(of)d") % {"done": said["done"], "of": said["of"]}
    if code == "short":
        return not_enough_words(said["have"], said["need"])
    return str(_PLAIN.get(code, code or _("It waits for its turn")))


def not_enough_words(have: int, need: int) -> str:
    found = ngettext("There is %(n)d labelled example", "There are %(n)d labelled examples", have) % {"n": have}
    return _("%(found)s, %(need)d are needed") % {"found": found, "need": need}


def slots(models: Sequence[TrainedModel], trainings: Mapping[tuple[str, str], Training]) -> list[Slot]:
    """Every kind and language, whether it has a model or not."""
    pairs = [(kind, language) for kind in (ModelKind.TOPIC, ModelKind.NEGATIVITY) for language in ("ru", "en")]
    return [_slot(kind, language, models, trainings) for kind, language in [*pairs, (ModelKind.COMPLAINT, "")]]


def _slot(
    kind: ModelKind, language: str, models: Sequence[TrainedModel], trainings: Mapping[tuple[str, str], Training]
) -> Slot:
    training = trainings.get((kind.value, language))
    said = training.said if training else {}
    short = None if training else lacking(kind, language)
    return Slot(
        kind=kind.value,
        language=language,
        title=str(kind.label),
        language_words=str(LANGUAGES[language]),
        models=[_model_row(model) for model in models if (model.kind, model.language) == (kind.value, language)],
        training=training_words(said) if training else "",
        lacking="" if training or not short else not_enough_words(short.have, short.need),
        is_running=training is not None and training.status == Training.Status.RUNNING,
        progress=round(100 * said["done"] / said["of"]) if said.get("code") == "folds" else 0,
    )


def _model_row(model: TrainedModel) -> ModelRow:
    shares = {
        "accuracy": _("right %(share)s"),
        "accuracy_of_three": _("among the first three %(share)s"),
        "coverage": _("sure of %(share)s at 95 %% precision"),
        "precision_at_top": _("of the highest 5 %% came %(share)s"),
    }
    numbers = {"topics": _("topics: %(n)s"), "came": _("complaints: %(n)s"), "lift": _("lift %(n)s")}
    told = [
        words % {"share": as_percent(model.measures[name], 1)}
        for name, words in shares.items()
        if model.measures.get(name) is not None
    ]
    told += [
        words % {"n": figure(model.measures[name], 1 if name == "lift" else 0)}
        for name, words in numbers.items()
        if model.measures.get(name) is not None
    ]
    if model.measures.get("auc") is not None:
        told.append(f"AUC {figure(model.measures['auc'], 2)}")
    return ModelRow(model, told, model.status != TrainedModel.Status.IN_FORCE)


def forecast_row(forecast: ComplaintForecast, texts: Mapping[int, str]) -> ForecastRow:
    """``texts`` are the messages of the conversation by seq."""
    conversation = forecast.score.conversation
    ticket = getattr(conversation, "ticket", None)
    person = conversation.borrower.full_name if conversation.borrower else conversation.correspondent_name
    chance = forecast.probability
    return ForecastRow(
        id=forecast.pk,
        score=forecast.score_id,
        who=person or conversation.correspondent_address,
        topic=ticket.topic.title if ticket and ticket.topic else "",
        at=forecast.created_at,
        chance="" if chance is None else as_percent(chance),
        share=round(100 * (chance or 0)),
        reasons=[str(_FACTORS.get(one["code"], one["code"])) for one in forecast.factors[:3]],
        quotes=_quotes(forecast, texts),
        came=forecast.came,
        came_at=forecast.came_at,
    )


def _quotes(forecast: ComplaintForecast, texts: Mapping[int, str]) -> list[str]:
    """The words that weighed most, each once."""
    places = [place for factor in forecast.factors for place in factor["evidence"]]
    said = [texts.get(place["seq"], "")[place["start"] : place["end"]] for place in places]
    short = [text if len(text) <= WIDEST else text[: WIDEST - 1].rstrip() + "…" for text in said if text.strip()]
    return list(dict.fromkeys(short))[:3]


def month_row(one: Judgement) -> MonthRow:
    return MonthRow(
        month=one.month,
        n=one.n,
        came=one.came,
        auc=shown(one.auc, digits=2),
        precision=shown(one.precision, unit=Unit.SHARE),
        lift=shown(one.lift, unit=Unit.RATIO),
        table=[_bin_row(each) for each in one.table],
    )


def _bin_row(one: Bin) -> BinRow:
    return BinRow(foreseen=as_percent(one.foreseen), came=shown(one.came, unit=Unit.SHARE), is_right=one.is_right)
