"""Signals are computed for the models that are asked for, once."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.evidence import Outputs, View
from miaudit.evidence.lazy import LazyOutputs

MODELS, N, C = 6, 20, 3
TABLE = np.random.default_rng(0).normal(size=(MODELS, N, C))
LABELS = np.arange(N) % C


@dataclass(frozen=True, eq=False)
class Counted(LazyOutputs):
    """Remembers which models were read."""

    asked: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return MODELS

    def read(self, model: int) -> Floats:
        self.asked.append(model)
        table: Floats = TABLE[model]
        return table


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_one_model_is_computed_where_one_is_asked_for(counted: Counted) -> None:
    outputs = Outputs(LABELS, counted)
    one = View(outputs, np.array([3]), np.arange(5, 9))
    np.testing.assert_allclose(one.signal("posteriors").sum(axis=2), np.ones((1, 4)))
    one.signal("loss")
    assert counted.asked == [3, 3]


def test_views_share_what_was_computed(counted: Counted) -> None:
    outputs = Outputs(LABELS, counted)
    whole = outputs.signal("loss")
    assert counted.asked == list(range(MODELS))
    some = View(outputs, np.array([4, 1]), np.array([7, 0, 7])).signal("loss")
    np.testing.assert_array_equal(some, whole[np.ix_([4, 1], [7, 0, 7])])
    assert counted.asked == list(range(MODELS))


def test_the_loss_of_logits_follows_from_the_log_odds_where_these_are_kept(counted: Counted) -> None:
    outputs = Outputs(LABELS, counted)
    outputs.signal("scaled_logit")
    np.testing.assert_array_equal(outputs.signal("loss"), Outputs(LABELS, list(TABLE)).signal("loss"))
    assert counted.asked == list(range(MODELS))


def test_vectors_are_not_kept(counted: Counted) -> None:
    outputs = Outputs(LABELS, counted)
    outputs.signal("posteriors", [2])
    outputs.signal("posteriors", [2])
    assert counted.asked == [2, 2]
    assert not outputs._signals


def test_signals_of_some_models_and_records_are_those_of_the_whole_table() -> None:
    outputs = Outputs(LABELS, list(TABLE))
    for name, shape in (("entropy", ()), ("logits", (C,))):
        found = outputs.signal(name, np.array([5, 2]), np.array([1, 8]))
        assert found.shape == (2, 2, *shape)
        np.testing.assert_array_equal(found, outputs.signal(name)[np.ix_([5, 2], [1, 8])])


def test_what_comes_out_may_be_written_to_without_changing_what_is_kept() -> None:
    outputs = Outputs(LABELS, list(TABLE))
    first = outputs.signal("loss")
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(outputs.signal("loss"), kept)


def test_temperatures_multiply() -> None:
    logits = np.array([[4.0, 0.0], [1.0, -3.0]])
    outputs = Outputs(np.array([0, 1]), [logits])
    np.testing.assert_array_equal(outputs.tempered(2.0).tempered(4.0).signal("logits")[0], logits / 8)
