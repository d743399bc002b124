"""What checks and models are worth on texts that other people labelled: one measure a module, found here by name.

A measure says which files it needs; ``quality_bench`` looks for them, says aloud which are absent, and runs the rest.
"""

from quality.rules.benchmarks import acts, gold, personal_data, spelling, topics
from quality.rules.benchmarks.base import Absent, Measure, Row

MEASURES: dict[str, Measure] = {
    "acts": acts.measure,
    "spelling": spelling.measure,
    "personal_data": personal_data.measure,
    "topics": topics.measure,
    "gold": gold.measure,
}

__all__ = ["MEASURES", "Absent", "Measure", "Row"]
