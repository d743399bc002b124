"""One row, or a refusal that tells nothing."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from quality.errors import NotFound

Row = TypeVar("Row", bound=Model)


def found(rows: QuerySet[Row]) -> Row:
    first = rows.first()
    if first is None:
        raise NotFound
    return first
