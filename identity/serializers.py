"""What goes over the API, in and out; and the words in which the apps describe their answers (JSON Schema 2020-12)."""

from typing import Any

from rest_framework import serializers

from identity.models import Borrower

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
NUMBER: Shape = {"type": "number"}
YES_OR_NO: Shape = {"type": "boolean"}
ID: Shape = {"type": "string", "format": "uuid"}
MOMENT: Shape = {"type": "string", "format": "date-time"}
ANYTHING: Shape = {"type": "object", "additionalProperties": True}


def shape(**fields: Shape) -> Shape:
    """An object with exactly these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def listed(item: Shape) -> Shape:
    return {"type": "array", "items": item}


def or_null(wanted: Shape) -> Shape:
    return {"anyOf": [wanted, {"type": "null"}]}


def one_of(*words: str) -> Shape:
    return {"type": "string", "enum": list(words)}


class TokenSerializer(serializers.Serializer[Any]):
    """The lender's signed token; nothing else may stand beside it."""

    token = serializers.CharField(max_length=8192, trim_whitespace=False)


class BorrowerSerializer(serializers.ModelSerializer[Borrower]):
    class Meta:
        model = Borrower
        fields = ("first_name", "full_name", "language")


class BorrowerSessionSerializer(serializers.Serializer[Any]):
    session_token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    borrower = BorrowerSerializer()


class SocketTicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField()
