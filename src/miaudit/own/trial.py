"""A trial of the user's training function: what its models answer, whether it repeats itself, whether it prints."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.forms import AskedForm
from miaudit.maths.threads import single_threaded
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.targets.base import Target, query
from miaudit.training.data import Records, Subset, handful

ASKED = 200  # records that the models of the trial are asked about


class Trained(NamedTuple):
    """A model of the trial."""

    target: Target
    printed: str  # the last line that was printed in its training


class Found(NamedTuple):
    """The findings of the trial."""

    asked: AskedForm
    kind: OutputKind
    remarks: tuple[str, ...]


def find_out(train: Callable[[Subset], Trained], records: Records, name: str, validation: Ints) -> Found:
    """Train two models on the same few records of each class, with the same seed, and compare what they answer.

    If that fails, one model is trained on half of all records, since some code needs more than a few.

    Args:
        train: trains one model.
        records: the records that models will be trained on.
        name: the function's name, for messages.
        validation: rows for early stopping; empty where it takes none.

    Raises:
        UserError: no model can be trained, or what it answers cannot be read.
    """
    everything = np.arange(len(records.y))
    few = handful(records.y, everything)
    with single_threaded():
        try:
            made = [train(Subset(few, 0, validation)) for _ in range(2)]
            said = [query(each.target, records.x[:ASKED]) for each in made]
        except UserError:
            made = [train(Subset(everything[::2], 0, validation))]
            said = [query(made[0].target, records.x[:ASKED])]
    sentences = [
        f"Whether {name} trains the same model twice could not be tried: it fails on {len(few):,} records."
        if len(said) == 1
        else _on_repeating(name, len(few), *said),
        f"What {name} prints is not shown; the last line of a trial was: {made[0].printed}" if made[0].printed else "",
    ]
    return Found(made[0].target.answerer.asked, said[0].kind, tuple(filter(None, sentences)))


def _on_repeating(name: str, records: int, first: ModelOutputs, second: ModelOutputs) -> str:
    """A sentence where the two models differ; empty where they do not."""
    if np.array_equal(first.values, second.values):
        return ""
    gap = np.abs(_probabilities(first) - _probabilities(second)).max()
    return (
        f"{name} does not repeat itself: two models that were trained on the same {records:,} records with the same "
        f"seed differ by up to {gap:.2g} in a probability, so an audit whose models are trained again gives other "
        "numbers; let all that is random in it follow from `seed`."
    )


def _probabilities(outputs: ModelOutputs) -> Floats:
    values: Floats = outputs.values.astype(np.float64)
    return values if outputs.kind == "probs" else softmax(values, axis=1)
