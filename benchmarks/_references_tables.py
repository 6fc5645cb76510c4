"""Tables of answers that candidates are made of, each computed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from _references_bank import MOST, Bank
from _references_gradients import WhiteBox, white_box
from _references_training import with_weights
from miaudit.arrays import Floats, Ints
from miaudit.evidence import Outputs
from miaudit.evidence.lazy import LazyOutputs


@cache
def population_models(bank: Bank) -> Outputs:
    """(MOST,) models trained on the labels of the population."""
    return bank.table([run.final for run in bank.on_population])


@cache
def students_on_population(bank: Bank, model: int) -> Outputs:
    """(MOST,) students of a model."""
    return bank.table([bank.student(model, s, on_half=False).final for s in range(MOST)])


@cache
def course_of_student(bank: Bank, model: int) -> Floats:
    """(CHECKPOINTS, n) log odds of the label at each checkpoint of a student of the model."""
    run = bank.student(model, 0, on_half=False)
    return bank.table(list(run.logits)).signal("scaled_logit")


@cache
def students_of_halves(bank: Bank, model: int) -> Outputs:
    """(MOST,) students of a model on the halves that the pool's models are trained on.

    They are trained when they are first read: nobody reads those on a model's own half, or on its twin's.
    """
    return Outputs(bank.labels, _StudentsOfHalves(bank, model))


@dataclass(frozen=True, eq=False)
class _StudentsOfHalves(LazyOutputs):
    """Answers (n, C) of students, trained when they are first read."""

    bank: Bank
    model: int

    def __len__(self) -> int:
        return MOST

    def read(self, model: int) -> Floats:
        return self.bank.student(self.model, model, on_half=True).final[self.bank.rows]


@cache
def students_without(bank: Bank, model: int, among: tuple[int, ...]) -> Outputs:
    """Students of a model on the halves of these models; see `without`."""
    return without(bank, [students_of_halves(bank, model).values[s] for s in among], np.array(among))


def without(bank: Bank, logits: Sequence[Floats], among: Ints) -> Outputs:
    """Of each two models on complementary halves, for each record the answers of the one that has not seen it.

    Args:
        bank: the models.
        logits: (n, C) of each model.
        among: the models of the pool on whose halves they were trained, twins side by side.
    """
    if (bank.inside[among[::2]] == bank.inside[among[1::2]]).any():
        raise ValueError("expected pairs of models that were trained on complementary halves")
    pairs = zip(bank.inside[among[::2]], logits[::2], logits[1::2], strict=True)
    return Outputs(bank.labels, [np.where(inside[:, None], other, one) for inside, one, other in pairs])


@cache
def interleaved(bank: Bank, steps: tuple[int, ...]) -> Outputs:
    """All models at these checkpoints; those of one model stand side by side."""
    return bank.table([run.logits[step] for run in bank.runs for step in steps])


@cache
def mean_of_checkpoints(bank: Bank, steps: tuple[int, ...]) -> Outputs:
    """The mean of each model's logits at these checkpoints."""
    return bank.table([run.logits[list(steps)].mean(axis=0) for run in bank.runs])


@cache
def owners_signals(bank: Bank) -> tuple[WhiteBox, ...]:
    """What the owner of each model sees."""
    x, recipe, records = bank.records.x[bank.rows], bank.recipe, bank.records
    return tuple(white_box(with_weights(recipe, records, run.weights), x, bank.labels) for run in bank.runs)


@cache
def owners_signal(bank: Bank, name: str) -> Floats:
    """(M, n) one of these signals."""
    return np.stack([signals._asdict()[name] for signals in owners_signals(bank)])


@cache
def owners_scores(bank: Bank, name: str) -> Outputs:
    """All models, known by one of these signals."""
    return Outputs(bank.labels, [values[:, None] for values in owners_signal(bank, name)], "score")
