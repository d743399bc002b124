"""Reads across tables."""

from quality.queries.ratings import ratings_of

__all__ = ["ratings_of"]
