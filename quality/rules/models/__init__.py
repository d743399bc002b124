"""Trained models, run: plain weights read from bytes, nothing but the standard library.

``text`` sorts or judges what somebody wrote and says which words weighed most, ``figures`` judges a row of named
figures, ``measures`` says how good a model is. Training is in ``quality.rules.training``.
"""

from quality.rules.models.figures import FigureModel, Weighed
from quality.rules.models.text import Sentence, TextModel, WordWeight

__all__ = ["FigureModel", "Sentence", "TextModel", "Weighed", "WordWeight"]
