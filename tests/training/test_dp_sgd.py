"""DP-SGD against a slow loop over single records, and its accountant against the exact Gaussian mechanism."""

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch
from opacus.grad_sample import GradSampleModule
from scipy.stats import norm
from torch.nn.functional import cross_entropy

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.models.alexnet import Alexnet
from miaudit.models.base import predict
from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp
from miaudit.models.resnet import Resnet
from miaudit.models.small_cnn import SmallCnn
from miaudit.models.smallnet import Smallnet
from miaudit.running.units import samples
from miaudit.running.work import Work, do, outputs
from miaudit.seeds import generator
from miaudit.splits.base import no_rows
from miaudit.store.local import LocalStore
from miaudit.training import dp_sgd
from miaudit.training.data import Records, Subset, untold
from miaudit.training.dp_sgd import DpSgdRecipe, check_gradients, epsilon, poisson_batches, steps_per_epoch
from miaudit.training.fit import build
from miaudit.training.job import Method
from miaudit.training.recipe import Recipe
from tiny import blobs, recipe

DATA = blobs()
IMAGES = Dataset("images", np.random.default_rng(0).normal(size=(40, 1, 8, 8)).astype(np.float32), np.arange(40) % 3, 3)
COLOURS = Dataset("colours", np.random.default_rng(0).normal(size=(40, 3, 8, 8)).astype(np.float32), IMAGES.y, 3)
ROWS = np.arange(5, 35)
SGD = recipe(optimizer="sgd", learning_rate=0.5, momentum=0.5, weight_decay=0.01)
HUGE = 1e9


def trained(how: DpSgdRecipe, data: Dataset = DATA, rows: Ints = ROWS, seed: int = 3) -> torch.nn.Module:
    records = Records(data.x, data.y, data.classes)
    return how.train_network(records, Subset(rows, seed, no_rows()), "cpu", untold)


def initial(how: Recipe, data: Dataset = DATA, seed: int = 3) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(how, data.x.shape[1:], data.classes)


def weights(module: torch.nn.Module) -> Floats:
    return np.concatenate([p.detach().numpy().reshape(-1) for p in module.parameters()])


def by_hand(how: DpSgdRecipe, data: Dataset, rows: Ints, seed: int = 3) -> Floats:
    """Algorithm 1 without noise, a record at a time, plain momentum SGD with weight decay."""
    base = how.base
    module = initial(base, data, seed)
    parameters = list(module.parameters())
    velocity = [torch.zeros_like(p) for p in parameters]
    for epoch in range(base.epochs):
        for batch in poisson_batches(len(rows), base.batch_size, generator(seed, "poisson", epoch)):
            total = [torch.zeros_like(p) for p in parameters]
            for row in rows[batch]:
                loss = cross_entropy(module(torch.from_numpy(data.x[row : row + 1])), torch.tensor([data.y[row]]))
                own = torch.autograd.grad(loss, parameters)
                length = math.sqrt(sum(float((g**2).sum()) for g in own))
                total = [t + g * min(1.0, how.clip / length) for t, g in zip(total, own, strict=True)]
            expected = len(rows) / steps_per_epoch(len(rows), base.batch_size)
            with torch.no_grad():
                for p, v, g in zip(parameters, velocity, total, strict=True):
                    v.mul_(base.momentum).add_(g / expected + base.weight_decay * p)
                    p.sub_(base.learning_rate * v)
    return weights(module)


@pytest.mark.parametrize("clip", [HUGE, 0.3])
@pytest.mark.parametrize(
    ("data", "model"), [(DATA, Mlp(hidden=(8,))), (IMAGES, Smallnet(channels=(3, 4))), (COLOURS, Smallnet())]
)
def test_without_noise_it_is_sgd_on_clipped_gradients(data: Dataset, model: object, clip: float) -> None:
    how = DpSgdRecipe(base=recipe(model=model, optimizer="sgd", learning_rate=0.5, momentum=0.5), clip=clip, noise=0)
    npt.assert_allclose(weights(trained(how, data)), by_hand(how, data, ROWS), atol=2e-6)


@pytest.mark.parametrize("model", [Lenet5(), SmallCnn(), Alexnet(), Mlp(hidden=(8,))])
def test_gradients_of_single_records_add_up_for_images_of_any_network(model: object) -> None:
    x = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)
    data = Dataset("large colours", x, np.arange(8) % 3, 3)
    base = recipe(model=model, optimizer="sgd", learning_rate=0.1, epochs=1, batch_size=8)
    rows = np.arange(8)
    npt.assert_allclose(
        weights(trained(DpSgdRecipe(base=base, clip=0.5, noise=0), data, rows)),
        by_hand(DpSgdRecipe(base=base, clip=0.5, noise=0), data, rows),
        atol=2e-6,
    )


def test_gradients_that_do_not_add_up_are_refused() -> None:
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Conv2d(4, 2, 3), torch.nn.Flatten()
    )
    private = GradSampleModule(module, loss_reduction="sum")
    images = torch.from_numpy(COLOURS.x).requires_grad_()
    private(images).square().sum().backward()
    check_gradients(private)
    private.zero_grad()
    private(images.contiguous(memory_format=torch.channels_last)).square().sum().backward()
    with pytest.raises(UserError, match=r"the gradients of single records that Opacus gives of .*weight do not add up"):
        check_gradients(private)


def test_every_training_checks_its_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here Opacus's for convolutions are made wrong, as they are where it meets images with their channels last."""
    right = GradSampleModule.GRAD_SAMPLERS[torch.nn.Conv2d]

    def wrong(*arguments: Any) -> dict[torch.nn.Parameter, torch.Tensor]:
        return {parameter: gradients.flip(-1) for parameter, gradients in right(*arguments).items()}

    monkeypatch.setitem(GradSampleModule.GRAD_SAMPLERS, torch.nn.Conv2d, wrong)
    with pytest.raises(UserError, match="do not add up to that of their batch"):
        trained(DpSgdRecipe(base=recipe(model=Smallnet()), noise=0), COLOURS)


class Around(torch.nn.Module):
    """Uses a layer's weights without calling it."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(x, self.inner.weight, self.inner.bias)


def test_weights_that_are_used_behind_a_layers_back_are_refused() -> None:
    private = GradSampleModule(Around(), loss_reduction="sum")
    private(torch.from_numpy(DATA.x[:8])).square().sum().backward()
    with pytest.raises(UserError, match=r"that Opacus gives of inner\.weight do not add up"):
        check_gradients(private)


def test_weight_decay_is_added_to_the_private_gradient() -> None:
    how = DpSgdRecipe(base=SGD, clip=0.3, noise=0)
    npt.assert_allclose(weights(trained(how)), by_hand(how, DATA, ROWS), atol=2e-6)


def test_no_record_moves_the_weights_further_than_the_clip() -> None:
    base = recipe(optimizer="sgd", learning_rate=1.0, epochs=1)
    before = weights(initial(base))
    for row in range(10):
        after = weights(trained(DpSgdRecipe(base=base, clip=0.01, noise=0), rows=np.array([row])))
        assert np.linalg.norm(after - before) == pytest.approx(0.01, rel=1e-3)


def test_the_noise_is_as_wide_as_asked() -> None:
    """One step on all records: the step is the noise, but for gradients clipped to nothing."""
    base = recipe(model=Mlp(hidden=(3000,)), optimizer="sgd", learning_rate=1.0, epochs=1, batch_size=30)
    how = DpSgdRecipe(base=base, clip=1e-3, noise=200.0)
    moved = weights(trained(how)) - weights(initial(base))
    assert moved.std() == pytest.approx(200.0 * 1e-3 / 30, rel=0.02)
    assert abs(moved.mean()) < 5 * moved.std() / math.sqrt(len(moved))


def test_a_model_follows_from_its_seed() -> None:
    how = DpSgdRecipe(base=recipe(epochs=3), noise=0.5)
    first = weights(trained(how))
    torch.manual_seed(11)  # what ran before does not matter
    npt.assert_array_equal(weights(trained(how)), first)
    assert (weights(trained(how, seed=4)) != first).any()
    assert (weights(trained(DpSgdRecipe(base=recipe(epochs=3), noise=0.4))) != first).any()


def test_batches_of_any_size_are_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    how = DpSgdRecipe(base=recipe(), clip=0.5, noise=0.3)
    whole = weights(trained(how))
    size = len(whole)
    monkeypatch.setattr(dp_sgd, "CHUNK", 3 * size)  # three records
    npt.assert_allclose(weights(trained(how)), whole, atol=1e-6)


def test_an_empty_batch_is_a_step_of_noise() -> None:
    rng = generator(3, "poisson", 0)
    sizes = [len(batch) for batch in poisson_batches(2, 1, rng)]
    how = DpSgdRecipe(base=recipe(epochs=20, batch_size=1), noise=1.0)
    assert 0 in sizes or 0 in [len(b) for e in range(20) for b in poisson_batches(2, 1, generator(3, "poisson", e))]
    assert np.isfinite(weights(trained(how, rows=np.array([0, 1])))).all()


def test_every_record_is_in_a_batch_with_the_same_chance() -> None:
    rng = np.random.default_rng(0)
    counts = np.zeros(50)
    drawn = [batch for _ in range(2000) for batch in poisson_batches(50, 16, rng)]
    for batch in drawn:
        counts[batch] += 1
    assert len(drawn) == 4 * 2000
    expected, deviation = len(drawn) / 4, math.sqrt(len(drawn) * 3 / 16)
    assert np.abs(counts - expected).max() < 4.5 * deviation
    assert np.std([len(batch) for batch in drawn]) == pytest.approx(math.sqrt(50 * 3 / 16), rel=0.1)


def test_labels_are_smoothed_images_augmented_and_the_best_epoch_kept() -> None:
    def how(epochs: int = 4, **changes: Any) -> DpSgdRecipe:
        base = recipe(model=Smallnet(channels=(3,)), epochs=epochs, learning_rate=0.3, **changes)
        return DpSgdRecipe(base=base, noise=0)

    plain = weights(trained(how(), IMAGES))
    assert (weights(trained(how(label_smoothing=0.3), IMAGES)) != plain).any()
    assert (weights(trained(how(flip=True), IMAGES)) != plain).any()
    validation = np.arange(5)
    records = Records(IMAGES.x, IMAGES.y, IMAGES.classes)
    kept = how(early_stopping=True).train_network(records, Subset(ROWS, 3, validation), "cpu", untold)
    epochs = [trained(how(count), IMAGES) for count in (1, 2, 3, 4)]
    right = [(predict(m, IMAGES.x[validation]).argmax(1) == IMAGES.y[validation]).mean() for m in epochs]
    npt.assert_array_equal(weights(kept), weights(epochs[int(np.argmax(right))]))


def test_batch_normalisation_is_refused_with_its_name() -> None:
    how = DpSgdRecipe(base=recipe(model=Resnet()))
    with pytest.raises(UserError, match=r"dp_sgd cannot train a network with BatchNorm2d: .* smallnet"):
        trained(how, IMAGES)


def test_without_opacus_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opacus", None)
    with pytest.raises(UserError, match=r"pip install 'miaudit\[dp\]'"):
        Method.of(DpSgdRecipe(base=recipe()), DATA)


def test_half_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="single precision"):
        DpSgdRecipe(base=recipe(bf16=True))


@pytest.mark.parametrize("data", [DATA, IMAGES])
def test_a_stored_model_says_the_same(tmp_path: Path, data: Dataset) -> None:
    base = recipe(model=Mlp(hidden=(8,)) if data is DATA else Smallnet(channels=(3, 4)))
    how = DpSgdRecipe(base=base, noise=0.3)
    job = Method.of(how, data).job(ROWS, 0)
    work, store = Work(job, np.arange(len(data))), LocalStore(tmp_path)
    assert samples(work) == 2 * len(ROWS)
    records = Records(data.x, data.y, data.classes)
    assert do(work, records, store)
    first = outputs(work, store).values
    store.path(work.key).unlink()
    assert not do(work, records, store)
    npt.assert_array_equal(outputs(work, store).values, first)


def exact_delta(spent: float, noise: float, steps: int) -> float:
    """Of the Gaussian mechanism, composed (Balle and Wang 2018, arXiv:1805.06530, Theorem 8)."""
    mu = math.sqrt(steps) / noise
    return float(norm.cdf(mu / 2 - spent / mu) - math.exp(spent) * norm.cdf(-mu / 2 - spent / mu))


@pytest.mark.parametrize(("noise", "steps"), [(0.5, 1), (1.0, 1), (2.0, 10), (10.0, 100), (50.0, 10)])
def test_epsilon_is_sound_and_not_loose_where_the_truth_is_known(noise: float, steps: int) -> None:
    spent = epsilon(noise, 1.0, steps, 1e-5)
    assert exact_delta(spent, noise, steps) <= 1e-5
    assert exact_delta(0.8 * spent, noise, steps) > 1e-5


def test_sampling_amplifies_and_steps_add_up() -> None:
    assert epsilon(1.0, 0.01, 1000, 1e-5) < epsilon(1.0, 0.1, 1000, 1e-5) < epsilon(1.0, 1.0, 1000, 1e-5)
    assert epsilon(1.0, 0.01, 100, 1e-5) < epsilon(1.0, 0.01, 1000, 1e-5)
    assert epsilon(2.0, 0.01, 1000, 1e-5) < epsilon(1.0, 0.01, 1000, 1e-5)
    assert epsilon(1.0, 0.01, 1000, 1e-5) < epsilon(1.0, 0.01, 1000, 1e-7)


def test_without_noise_nothing_is_guaranteed() -> None:
    assert epsilon(0.0, 0.01, 10, 1e-5) == math.inf
