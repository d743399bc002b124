"""What every figure leaves out: conversations of planted borrowers and of mystery visits."""

from typing import Any

from django.db.models import Q, QuerySet

from quality.models import PlantedBorrower


def genuine(path: str) -> Q:
    """Whoever wrote was no planted borrower, and it was no mystery visit; ``path`` leads to the conversation."""
    before = f"{path}__" if path else ""
    return Q(**{f"{before}borrower__planted__isnull": True, f"{before}mystery_visit__isnull": True})


def planted_borrowers() -> QuerySet[PlantedBorrower, Any]:
    """Their ids as rows, to be used inside another question."""
    return PlantedBorrower.objects.values("borrower")
