"""What the simulation assumes. Everything here is an input; everything in its table is measured by the desk."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Inputs:
    """The lender's published figures and the size of the run.

    ``service_time``, ``letter_time`` and ``arrival_time`` are simulated seconds; ``speed`` is how many simulated
    seconds pass in a real one.
    """

    borrowers: int
    letters: int
    agents: int
    speed: float
    service_time: float = 600.0
    parallel_chats: int = 5
    letter_time: float = 3600.0
    arrival_time: float = 1200.0
    turns: int = 4
    seed: int = 1

    def real(self, simulated: float) -> float:
        """Real seconds that stand for ``simulated`` seconds."""
        return simulated / self.speed


@dataclass(frozen=True)
class Rhythm:
    """Human-like delays, drawn from a seeded source so that a run can be repeated."""

    inputs: Inputs
    source: random.Random

    def arrival(self) -> float:
        """When a person comes, uniformly over the arrival time."""
        return self.source.uniform(0, self.inputs.arrival_time)

    def turn(self) -> float:
        """Half of one question and answer: the dialog's service time spread over its turns, ± 40 %."""
        share = self.inputs.service_time / (2 * self.inputs.turns)
        return share * self.source.uniform(0.6, 1.4)

    def first_answer(self) -> float:
        """A chat just assigned is greeted quickly: 5 to 25 simulated seconds."""
        return self.source.uniform(5, 25)

    def letter(self) -> float:
        """From a letter's arrival to its answer: the promised time as a mean, ± 40 %."""
        return self.inputs.letter_time * self.source.uniform(0.6, 1.4)
