"""Students learn the probabilities that come with their rows, and these are part of their names."""

from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
import torch

from miaudit.arrays import Floats
from miaudit.models.mlp import Mlp
from miaudit.models.small_cnn import SmallCnn
from miaudit.running.description import describe_model
from miaudit.running.work import Work, do, outputs
from miaudit.splits.base import no_rows
from miaudit.store.entry import FACTS
from miaudit.store.local import LocalStore
from miaudit.training.data import Batch, Records, Subset, untold
from miaudit.training.job import Method
from miaudit.training.soft import fit_soft
from miaudit.training.student import StudentRecipe
from miaudit.training.timing import Case
from tiny import blobs, recipe

DATA = blobs()
RECORDS = Records(DATA.x, DATA.y, DATA.classes)
ROWS = np.arange(5, 35)
WANTED = np.random.default_rng(0).dirichlet(np.ones(3), 30).astype(np.float32)
HOW = StudentRecipe(base=recipe())
METHOD = Method.of(HOW, DATA)


def weights(module: torch.nn.Module) -> Floats:
    return np.concatenate([p.detach().numpy().reshape(-1) for p in module.parameters()])


def test_it_learns_what_comes_with_its_rows() -> None:
    """Students of this shape are stacked in an audit; alone, they are those of the soft loop."""
    (student,) = HOW.train(RECORDS, Batch([Subset(ROWS, 3, no_rows(), wanted=WANTED)]))
    expected = fit_soft(HOW.base, RECORDS, Subset(ROWS, 3, no_rows(), wanted=WANTED), "cpu", untold)
    npt.assert_array_equal(weights(student.module), weights(expected))


def test_a_stacked_student_is_the_soft_loops() -> None:
    """Of other sizes and seeds; Tanh, since a ReLU may be on in one way and off in the other but for rounding."""
    rng = np.random.default_rng(1)
    how = StudentRecipe(base=recipe(model=Mlp(hidden=(8,), activation="tanh"), optimizer="sgd", epochs=4))
    assert how.is_stacked(RECORDS.shape, 3)
    assert not StudentRecipe(base=recipe(model=SmallCnn())).is_stacked((1, 8, 8), 3)
    subsets = [
        Subset(np.sort(rng.permutation(60)[:n]), n, no_rows(), wanted=rng.dirichlet(np.ones(3), n).astype(np.float32))
        for n in (30, 17, 41)
    ]
    for stacked, subset in zip(how.train(RECORDS, Batch(subsets, stacked=True)), subsets, strict=True):
        (alone,) = how.train(RECORDS, Batch([subset]))
        npt.assert_allclose(weights(stacked.module), weights(alone.module), atol=1e-5)


def test_no_label_is_read() -> None:
    batch = Batch([Subset(ROWS, 3, no_rows(), wanted=WANTED)], stacked=True)
    otherwise = RECORDS._replace(y=(DATA.y + 1) % 3)
    first, second = (weights(model.module) for each in (RECORDS, otherwise) for model in HOW.train(each, batch))
    npt.assert_array_equal(first, second)


@pytest.mark.parametrize("stacked", [False, True])
def test_without_anything_to_learn_there_is_no_student(stacked: bool) -> None:
    with pytest.raises(ValueError, match="the subset has none"):
        list(HOW.train(RECORDS, Batch([Subset(ROWS, 3, no_rows())], stacked)))


def test_its_name_depends_on_what_it_learns() -> None:
    job, same = (METHOD.job(ROWS, 0, wanted=WANTED.copy()) for _ in range(2))
    changed = WANTED.copy()
    changed[7] = changed[7][::-1]
    assert job.key == same.key
    others = [METHOD.job(ROWS, 0, wanted=changed), METHOD.job(ROWS, 0), Method.of(recipe(), DATA).job(ROWS, 0)]
    assert len({job.key, *(other.key for other in others)}) == 4
    assert "wanted" not in Method.of(recipe(), DATA).job(ROWS, 0).parts  # names of other models stay


def test_it_is_stored_as_any_other_model(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    work = Work(METHOD.job(ROWS, 0, wanted=WANTED), np.arange(len(DATA)))
    assert do(work, RECORDS, store)
    assert not do(work, RECORDS, store)
    assert outputs(work, store).values.shape == (60, 3)
    for name, value in describe_model(work.job).items():
        assert isinstance(value, FACTS[name])


def test_a_part_of_its_training_is_timed() -> None:
    subset = METHOD.job(ROWS, 0, wanted=WANTED).subset
    first = subset.first(10)
    assert first.wanted is not None
    npt.assert_array_equal(first.wanted, WANTED[:10])
    assert HOW.seconds_per_model(Case(RECORDS, subset, ROWS, 1, "cpu")) > 0
    assert HOW.samples(30, 0) == 60
