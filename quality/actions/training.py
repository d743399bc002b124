"""Training models from the desk's own examples: promised, told how far, kept in the shadow."""

import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.actions.models import keep_model
from quality.errors import TrainingRuns
from quality.jobs import TRAIN
from quality.models import ModelKind, TrainedModel, Training
from quality.queries import examples
from quality.rules.forecasting import NAMES
from quality.rules.models.measures import accuracy, accuracy_of_three, coverage
from quality.rules.statistics.calibration import auc, brier, lift, precision_at_top
from quality.rules.training import NotEnough, NoTrainer, require_trainer
from quality.rules.training.figures import train_figures
from quality.rules.training.needs import enough_of_each, enough_of_sides
from quality.rules.training.text import Examples, Progress, train
from tickets.actions.outbox import enqueue

OWN_DATA = {
    ModelKind.TOPIC: "topics of this desk's resolved tickets",
    ModelKind.NEGATIVITY: "messages that people of this desk judged",
    ModelKind.COMPLAINT: "conversations of this desk and the complaints that came",
}


def start_training(*, kind: str, language: str, by: User | None) -> Training:
    """Promise a training; one of a kind and language at a time."""
    try:
        with transaction.atomic():
            training = Training.objects.create(kind=kind, language=language, started_by=by)
            enqueue(kind=TRAIN, key=f"train:{training.pk}", payload={"training": training.pk})
            record_audit(code="model.training_started", actor=by, object_kind="training", object_id=training.pk)
    except IntegrityError as error:
        raise TrainingRuns from error
    return training


def run_training(*, training: Training) -> Training:
    """Train now, telling the row how far it is; what cannot be is written down there in a code."""
    if training.status != Training.Status.RUNNING:
        return training
    try:
        require_trainer()
        made = _train(training)
    except NoTrainer:
        return _end(training, Training.Status.FAILED, {"code": "no_trainer"})
    except Exception:
        _end(training, Training.Status.FAILED, {"code": "failed"})
        raise
    if isinstance(made, NotEnough):
        return _end(training, Training.Status.NOT_ENOUGH, {"code": "short", "have": made.have, "need": made.need})
    training.model = made
    return _end(training, Training.Status.DONE, {"code": "done"})


def _train(training: Training) -> TrainedModel | NotEnough:
    makers = {ModelKind.TOPIC: _topics, ModelKind.NEGATIVITY: _negativity, ModelKind.COMPLAINT: _complaints}
    return makers[ModelKind(training.kind)](training)


def _topics(training: Training) -> TrainedModel | NotEnough:
    found = examples.topics(training.language)
    known = enough_of_each(found.labels)
    if isinstance(known, NotEnough):
        return known
    learned = found.at([at for at, label in enumerate(found.labels) if label in known])
    trained = train(learned, tell=_told(training))
    measures = {
        "topics": len(known),
        "accuracy": accuracy(trained.answers),
        "accuracy_of_three": accuracy_of_three(trained.answers),
        "coverage": coverage(trained.answers, precision=0.95),
    }
    return _kept(training, len(learned.texts), trained.model.to_bytes(), measures)


def _negativity(training: Training) -> TrainedModel | NotEnough:
    found = examples.negativity(training.language)
    sides = [label == examples.NEGATIVE for label in found.labels]
    if lacking := enough_of_sides(sides):
        return lacking
    trained = train(Examples(found.texts, found.labels), positive=examples.NEGATIVE, tell=_told(training))
    measures = {"negative": sum(sides), "accuracy": accuracy(trained.answers)}
    return _kept(training, len(found.texts), trained.model.to_bytes(), measures)


def _complaints(training: Training) -> TrainedModel | NotEnough:
    found = examples.foreseen()
    if lacking := enough_of_sides(found.came):
        return lacking
    model, unseen = train_figures(NAMES, found.rows, found.came)
    measures = {
        "came": sum(found.came),
        "auc": auc(unseen).value,
        "brier": brier(unseen),
        "precision_at_top": precision_at_top(unseen).value,
        "lift": lift(unseen).value,
    }
    return _kept(training, len(found.rows), json.dumps(model.to_json()).encode(), measures)


def _kept(training: Training, n: int, weights: bytes, measures: dict[str, Any]) -> TrainedModel:
    return keep_model(
        kind=training.kind,
        language=training.language,
        data=OWN_DATA[ModelKind(training.kind)],
        n=n,
        weights=weights,
        measures=measures,
        by=training.started_by,
    )


def _told(training: Training) -> Progress:
    def tell(done: int, of: int) -> None:
        training.said = {"code": "folds", "done": done, "of": of} if done else {"code": "choosing"}
        training.save(update_fields=["said"])

    return tell


def _end(training: Training, status: str, said: dict[str, Any]) -> Training:
    training.status, training.said, training.finished_at = status, said, timezone.now()
    training.save(update_fields=["status", "said", "finished_at", "model"])
    return training
