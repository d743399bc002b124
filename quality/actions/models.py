"""Trained models: kept in the shadow, put in force, retired."""

import hashlib
from typing import Any

from django.db import transaction
from django.db.models import Max

from identity.actions import record_audit
from identity.models import User
from quality.models import TrainedModel
from quality.queries.aids import forget_aids
from quality.queries.models import forget_models


@transaction.atomic
def keep_model(
    *, kind: str, language: str, data: str, n: int, weights: bytes, measures: dict[str, Any], by: User | None = None
) -> TrainedModel:
    """Store a model as the next version of its kind and language; it begins in the shadow."""
    alike = TrainedModel.objects.filter(kind=kind, language=language)
    last = alike.aggregate(last=Max("version"))["last"] or 0
    model = TrainedModel.objects.create(
        kind=kind,
        language=language,
        version=last + 1,
        data=data,
        n=n,
        weights=weights,
        measures=measures,
        sha256=hashlib.sha256(weights).hexdigest(),
        trained_by=by,
    )
    record_audit(code="model.trained", actor=by, object_kind="trained_model", object_id=model.pk, name=model.name, n=n)
    return model


@transaction.atomic
def put_model_in_force(*, model: TrainedModel, by: User) -> TrainedModel:
    """It answers from now on; the version before it retires."""
    alike = TrainedModel.objects.select_for_update().filter(kind=model.kind, language=model.language)
    before = list(alike.filter(status=TrainedModel.Status.IN_FORCE).exclude(pk=model.pk))
    for each in before:
        _set_status(each, TrainedModel.Status.RETIRED, by)
    _set_status(model, TrainedModel.Status.IN_FORCE, by)
    return model


@transaction.atomic
def retire_model(*, model: TrainedModel, by: User) -> TrainedModel:
    """It answers no more; what it said stays."""
    _set_status(model, TrainedModel.Status.RETIRED, by)
    return model


def _set_status(model: TrainedModel, status: str, by: User) -> None:
    if model.status == status:
        return
    model.status = status
    model.save(update_fields=["status"])
    record_audit(code=f"model.{status}", actor=by, object_kind="trained_model", object_id=model.pk, name=model.name)
    transaction.on_commit(forget_models)
    transaction.on_commit(forget_aids)
