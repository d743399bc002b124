"""Training of the models that ``quality.rules.models`` runs: examples in, plain weights out.

scikit-learn is imported here only, and only when something is trained; a desk that trains nothing need not have it.
"""

from quality.rules.training.needs import NotEnough, NoTrainer, require_trainer

__all__ = ["NoTrainer", "NotEnough", "require_trainer"]
