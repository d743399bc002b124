"""What goes over the API, in and out."""

from typing import Any

from rest_framework import serializers

from identity.models import Borrower


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
