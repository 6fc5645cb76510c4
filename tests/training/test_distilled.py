"""Students: on given probabilities, on a teacher's, on those of sub-models that did not see the record."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from scipy.special import softmax

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.models.base import predict
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.running.units import samples
from miaudit.running.work import Work, do, outputs
from miaudit.seeds import child_seed, generator
from miaudit.splits.base import no_rows
from miaudit.store.local import LocalStore
from miaudit.training import selena
from miaudit.training.data import Batch, Records, Subset, untold
from miaudit.training.defended import DefendedRecipe
from miaudit.training.distillation import DistillationRecipe, kept_of
from miaudit.training.fit import build, fit
from miaudit.training.job import Job, Method
from miaudit.training.networks import train_networks
from miaudit.training.recipe import Recipe
from miaudit.training.selena import SelenaRecipe, seen_by
from miaudit.training.soft import fit_soft
from tiny import blobs, recipe

DATA = blobs()
IMAGES = Dataset("images", np.random.default_rng(0).normal(size=(40, 1, 8, 8)).astype(np.float32), np.arange(40) % 3, 3)
ROWS, OTHERS = np.arange(5, 35), np.arange(40, 58)
PLAIN = recipe(model=Mlp(hidden=(8,), dropout=0.1))  # trained alone, as students are
FLIPPED = recipe(model=Smallnet(channels=(3,)), flip=True)


def records(data: Dataset = DATA) -> Records:
    return Records(data.x, data.y, data.classes)


def weights(module: torch.nn.Module) -> Floats:
    return np.concatenate([p.detach().numpy().reshape(-1) for p in module.parameters()])


def taught(how: Recipe, wanted: Floats, data: Dataset = DATA, rows: Ints = ROWS, validation: Ints | None = None) -> Any:
    subset = Subset(rows, 3, no_rows() if validation is None else validation, wanted=wanted)
    return fit_soft(how, records(data), subset, "cpu", untold)


@pytest.mark.parametrize(("how", "data"), [(PLAIN, DATA), (FLIPPED, IMAGES), (replace(PLAIN, bf16=True), DATA)])
def test_certain_probabilities_teach_what_labels_do(how: Recipe, data: Dataset) -> None:
    by_labels = fit(how, records(data), Subset(ROWS, 3, no_rows()))
    npt.assert_allclose(weights(taught(how, np.eye(3)[data.y[ROWS]], data)), weights(by_labels), atol=1e-5)


def test_probabilities_are_what_is_learnt_by_hand() -> None:
    how = recipe(optimizer="sgd", learning_rate=0.3, epochs=1, batch_size=30)
    wanted = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        module = build(how, DATA.x.shape[1:], 3)
    log_p = torch.log_softmax(module(torch.from_numpy(DATA.x[ROWS])), 1)
    loss = -(torch.from_numpy(wanted.astype(np.float32)) * log_p).sum(1).mean()
    gradients = torch.autograd.grad(loss, list(module.parameters()))
    moved = np.concatenate([0.3 * g.numpy().reshape(-1) for g in gradients])
    npt.assert_allclose(weights(taught(how, wanted)), weights(module) - moved, atol=1e-6)


def test_the_best_epoch_of_a_student_is_kept() -> None:
    wanted, validation = np.eye(3)[DATA.y[ROWS]], np.arange(5)
    how = replace(PLAIN, epochs=6, learning_rate=0.2)
    kept = taught(replace(how, early_stopping=True), wanted, validation=validation)
    epochs = [taught(replace(how, epochs=e), wanted) for e in range(1, 7)]
    right = [(predict(m, DATA.x[validation]).argmax(1) == DATA.y[validation]).mean() for m in epochs]
    npt.assert_array_equal(weights(kept), weights(epochs[int(np.argmax(right))]))


@pytest.mark.parametrize("keep", [1.0, 0.4])
def test_a_student_learns_its_teachers_softened_answers_on_other_records(keep: float) -> None:
    how = DistillationRecipe(base=PLAIN, temperature=2.5, keep=keep)
    student = how.train_network(records(), Subset(ROWS, 3, no_rows(), OTHERS), "cpu", untold)
    (teacher,) = train_networks(PLAIN, records(), Batch([Subset(ROWS, child_seed(3, "teacher"), no_rows())]))
    logits = predict(teacher, DATA.x[OTHERS]).astype(np.float64)
    entropy = [float(-(p * np.log(p)).sum()) for p in softmax(logits, axis=1)]
    used = sorted(sorted(range(len(OTHERS)), key=lambda i: entropy[i])[: 18 if keep == 1 else 8])
    expected = taught(PLAIN, softmax(logits[used] / 2.5, axis=1), rows=OTHERS[used])
    npt.assert_array_equal(weights(student), weights(expected))


def test_the_labels_of_the_other_records_are_never_read() -> None:
    how = DistillationRecipe(base=PLAIN)
    subset = Subset(ROWS, 3, no_rows(), OTHERS)
    changed = DATA.y.copy()
    changed[OTHERS] = (changed[OTHERS] + 1) % 3
    npt.assert_array_equal(
        weights(how.train_network(records(), subset, "cpu", untold)),
        weights(how.train_network(Records(DATA.x, changed, 3), subset, "cpu", untold)),
    )


def test_without_other_records_there_is_nothing_to_distil() -> None:
    with pytest.raises(UserError, match="records that no model is trained on"):
        DistillationRecipe(base=PLAIN).train_network(records(), Subset(ROWS, 3, no_rows()), "cpu", untold)


@pytest.mark.parametrize(("n", "keep", "kept"), [(10, 1.0, 10), (10, 0.25, 3), (10, 0.01, 1), (1, 0.5, 1)])
def test_how_many_records_are_kept(n: int, keep: float, kept: int) -> None:
    assert kept_of(n, keep) == kept


@pytest.mark.parametrize(("models", "left_out"), [(25, 10), (5, 1), (3, 2)])
def test_every_record_is_left_out_of_as_many_sub_models(models: int, left_out: int) -> None:
    seen = seen_by(500, models, left_out, np.random.default_rng(0))
    npt.assert_array_equal((~seen).sum(axis=0), left_out)
    shares = seen.mean(axis=1)
    npt.assert_allclose(shares, 1 - left_out / models, atol=0.1)


def test_no_record_is_answered_by_a_sub_model_that_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sub-models that tell who they are: each answers by its own probability of class 0."""
    how = SelenaRecipe(base=PLAIN, models=5, left_out=2)
    seen: list[Ints] = []
    given: list[Subset] = []

    def tell(base: Recipe, of: Records, batch: Batch, device: str, tick: Any) -> Any:
        seen.extend(part.rows for part in batch.subsets)
        return iter(range(len(batch.subsets)))

    def say(k: int, x: Floats, device: str) -> Floats:
        return np.log(np.tile([0.1 * (k + 1), 0.5, 0.5 - 0.1 * (k + 1)], (len(x), 1)) + 1e-12)

    monkeypatch.setattr(selena, "train_networks", tell)
    monkeypatch.setattr(selena, "predict", say)
    monkeypatch.setattr(selena, "fit_soft", lambda *words: given.append(words[2]))
    how.train_network(records(), Subset(ROWS, 3, no_rows()), "cpu", untold)
    assert given[0].wanted is not None
    for row, answer in zip(ROWS, given[0].wanted, strict=True):
        who = [k for k, rows in enumerate(seen) if row not in rows]
        assert len(who) == 2
        assert answer[0] == pytest.approx(np.mean([0.1 * (k + 1) for k in who]))
        assert answer.sum() == pytest.approx(1)


def test_a_students_sub_models_are_those_of_the_base_recipe() -> None:
    how = SelenaRecipe(base=recipe(), models=4, left_out=1)  # stacked
    student = how.train_network(records(), Subset(ROWS, 3, no_rows()), "cpu", untold)
    seen = seen_by(len(ROWS), 4, 1, generator(3, "split-ai"))
    wanted = np.zeros((len(ROWS), 3))
    for k, own in enumerate(seen):
        part = Subset(ROWS[own], child_seed(3, "split-ai", k), no_rows())
        (module,) = train_networks(recipe(), records(), Batch([part], stacked=True))
        wanted[~own] += softmax(predict(module, DATA.x[ROWS[~own]]).astype(np.float64), axis=1)
    npt.assert_array_equal(weights(student), weights(taught(recipe(), wanted)))


def test_no_sub_models_without_a_record_are_refused() -> None:
    with pytest.raises(ValueError, match="left_out must be below models, 4"):
        SelenaRecipe(base=PLAIN, models=4, left_out=4)
    with pytest.raises(UserError, match="3 training records are too few for 25 sub-models"):
        SelenaRecipe(base=PLAIN).train_network(records(), Subset(ROWS[:3], 0, no_rows()), "cpu", untold)


def test_sub_models_that_saw_every_record_answer_for_none() -> None:
    seen = seen_by(6, 25, 10, generator(0, "split-ai"))
    assert seen.all(axis=1).any()
    student = SelenaRecipe(base=PLAIN).train_network(records(), Subset(ROWS[:6], 0, no_rows()), "cpu", untold)
    assert np.isfinite(weights(student)).all()


@pytest.mark.parametrize(
    ("how", "passed"),
    [
        (DistillationRecipe(base=PLAIN, keep=0.5), 2 * (30 + 9)),
        (SelenaRecipe(base=PLAIN, models=5, left_out=2), 2 * 30 * 4),
    ],
)
def test_a_job_is_stored_asked_again_and_counted(tmp_path: Path, how: DefendedRecipe, passed: int) -> None:
    unlabelled = OTHERS if how.needs_unlabelled else no_rows()
    job = Method.of(how, DATA).job(ROWS, 3, unlabelled=unlabelled)
    work, store = Work(job, np.arange(len(DATA))), LocalStore(tmp_path)
    assert samples(work) == passed
    assert do(work, records(), store)
    first = outputs(work, store).values
    module = how.train_network(records(), Subset(ROWS, 3, no_rows(), unlabelled), "cpu", untold)
    npt.assert_array_equal(first, predict(module, DATA.x))
    store.path(work.key).unlink()
    assert not do(work, records(), store)
    npt.assert_array_equal(outputs(work, store).values, first)
    told: list[int] = []
    how.train_network(records(), Subset(ROWS, 3, no_rows(), unlabelled), "cpu", told.append)
    assert sum(told) == passed


def test_other_records_without_labels_are_another_job() -> None:
    how = DistillationRecipe(base=PLAIN)
    keys = {Job(how, DATA.fingerprint, ROWS, 3, unlabelled=rows).key for rows in (OTHERS, OTHERS[1:], no_rows())}
    assert len(keys) == 3


def test_what_only_one_member_shows_is_not_learnt_by_heart() -> None:
    """Members with random labels: a plain model fits them all, a student of sub-models only what others confirm."""
    data = blobs(80, features=30, seed=1)
    labels, rows = np.random.default_rng(9).integers(3, size=80), np.arange(80)
    base = Recipe(model=Mlp(hidden=(64,)), epochs=60, learning_rate=0.02, batch_size=16)
    how = SelenaRecipe(base=base, models=6, left_out=2)
    members = Records(data.x, labels, 3), Subset(rows, 0, no_rows())
    student, plain = how.train_network(*members, "cpu", untold), fit(base, *members)
    right = [(predict(module, data.x).argmax(1) == labels).mean() for module in (plain, student)]
    assert right[0] == 1.0
    assert right[1] < 0.7
