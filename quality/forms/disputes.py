"""What an objection and its settlement bring."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from identity.models import User
from quality.actions.disputes import SETTLED, Decision, Objection
from quality.actions.reviews import filled_as_it_is
from quality.errors import WordsMissing
from quality.forms.reviews import ANSWER, LONGEST
from quality.models import Dispute
from quality.rules.ratings import NA, Given


class ObjectionForm(serializers.Serializer[Any]):
    """An agent's objection; ``proposed`` is an answer by the criterion's id: a place 0…1, or ``na``."""

    kind = serializers.ChoiceField(choices=Dispute.Kind.choices)
    text = serializers.CharField(max_length=LONGEST)
    proposed = serializers.DictField(child=serializers.CharField(max_length=6), default=dict)


class DecisionForm(serializers.Serializer[Any]):
    """A settlement; ``ratings`` are the new answers by criterion, as the agent proposed where none are given."""

    status = serializers.ChoiceField(choices=[(one.value, one.label) for one in Dispute.Status if one in SETTLED])
    words = serializers.CharField(max_length=LONGEST)
    ratings = serializers.DictField(child=serializers.CharField(max_length=6), default=dict)
    agent = serializers.PrimaryKeyRelatedField(queryset=User._default_manager.all(), required=False, allow_null=True)


def objection_of_form(data: QueryDict) -> Objection:
    form = ObjectionForm(
        data={"kind": data.get("kind"), "text": data.get("text"), "proposed": _named(data, "proposed")}
    )
    if not form.is_valid():
        raise WordsMissing
    return objection_of(form.validated_data)


def objection_of(data: Mapping[str, Any]) -> Objection:
    return Objection(kind=data["kind"], text=data["text"], proposed=_answers(data["proposed"]))


def decision_of_form(dispute: Dispute, data: QueryDict) -> Decision:
    said = {"status": data.get("status"), "words": data.get("words"), "ratings": _named(data, "answer")}
    form = DecisionForm(data={**said, "agent": data.get("agent") or None})
    if not form.is_valid():
        raise WordsMissing
    return decision_of(dispute, form.validated_data)


def decision_of(dispute: Dispute, data: Mapping[str, Any]) -> Decision:
    """New answers keep the cause, comment and evidence of the old ones."""
    stands = filled_as_it_is(dispute.review).given
    answers = _answers(data["ratings"])
    given = {pk: replace(stands.get(pk, Given(value=None)), value=value) for pk, value in answers.items()}
    return Decision(status=data["status"], words=data["words"], given=given, agent=data.get("agent"))


def _answers(data: Mapping[str, Any]) -> dict[int, float | None]:
    wanted = {pk: str(answer) for pk, answer in data.items() if pk.isascii() and pk.isdecimal() and len(pk) < 19}
    return {int(pk): None if one == NA else float(one) for pk, one in wanted.items() if ANSWER.fullmatch(one)}


def _named(data: QueryDict, kind: str) -> dict[str, str]:
    prefix = f"{kind}-"
    return {name.removeprefix(prefix): str(value) for name, value in data.items() if name.startswith(prefix) and value}
