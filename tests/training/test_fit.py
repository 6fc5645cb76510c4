import numpy as np
import numpy.testing as npt
import pytest
import torch

from miaudit.arrays import Floats, Ints
from miaudit.models.base import predict
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.seeds import generator
from miaudit.splits.base import no_rows
from miaudit.training import fit as fit_file
from miaudit.training.data import Records, Subset
from miaudit.training.fit import fit
from miaudit.training.recipe import Recipe
from tiny import blobs, half, recipe

DATA = blobs(n=90)
RECORDS = Records(DATA.x, DATA.y, DATA.classes)
ROWS = half(90, 0)


def trained(how: Recipe, seed: int = 5, rows: Ints = ROWS, validation: Ints | None = None) -> Floats:
    """All weights in one vector."""
    validation = no_rows() if validation is None else validation
    module = fit(how, RECORDS, Subset(rows, seed, validation))
    return np.concatenate([value.detach().numpy().ravel() for value in module.state_dict().values()])


@pytest.mark.parametrize("how", [recipe(), recipe(model=Mlp(hidden=(8,), dropout=0.3)), recipe(bf16=True)])
def test_the_same_job_gives_the_same_bits(how: Recipe) -> None:
    npt.assert_array_equal(trained(how), trained(how))


def test_images_too() -> None:
    x = np.random.default_rng(0).normal(size=(30, 1, 6, 6)).astype(np.float32)
    images, how = Records(x, np.arange(30) % 3, 3), recipe(model=Smallnet(channels=(4, 4)))
    one, other = (fit(how, images, Subset(np.arange(20), 1, no_rows())) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_everything_in_the_job_matters() -> None:
    variants = [
        trained(recipe()),
        trained(recipe(), seed=6),
        trained(recipe(), rows=half(90, 1)),
        trained(recipe(), rows=ROWS[::-1]),
        trained(recipe(epochs=3)),
        trained(recipe(label_smoothing=0.2)),
        trained(recipe(optimizer="sgd")),
        trained(recipe(schedule="cosine")),
        trained(recipe(bf16=True)),
    ]
    assert len({variant.tobytes() for variant in variants}) == len(variants)


def test_the_callers_random_state_does_not_matter_and_is_left_alone() -> None:
    how = recipe(model=Mlp(hidden=(8,), dropout=0.3))
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002  # the global state that must not be read
    first = trained(how)
    after = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), after)
    np.random.seed(2)  # noqa: NPY002
    npt.assert_array_equal(trained(how), first)


def test_it_is_plain_stochastic_gradient_descent() -> None:
    """One epoch of logistic regression against the gradient written out."""
    how = recipe(model=Mlp(hidden=()), optimizer="sgd", learning_rate=0.1, epochs=1, batch_size=20)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        start = how.model.build((4,), 3).state_dict()
    weight, bias = start["1.weight"].numpy().astype(np.float64), start["1.bias"].numpy().astype(np.float64)
    x, y = DATA.x[ROWS].astype(np.float64), np.eye(3)[DATA.y[ROWS]]
    order = generator(5, "epoch", 0).permutation(len(ROWS))
    for batch in (order[:20], order[20:40], order[40:]):
        logits = x[batch] @ weight.T + bias
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        gradient = (p - y[batch]) / len(batch)
        weight -= 0.1 * gradient.T @ x[batch]
        bias -= 0.1 * gradient.sum(axis=0)
    npt.assert_allclose(trained(how), np.concatenate([weight.ravel(), bias]), rtol=1e-5, atol=1e-6)


def test_it_learns() -> None:
    module = fit(recipe(epochs=60, learning_rate=0.02), RECORDS, Subset(ROWS, 0, no_rows()))
    assert not module.training
    assert (predict(module, DATA.x[ROWS]).argmax(axis=1) == DATA.y[ROWS]).mean() > 0.8


def test_early_stopping_keeps_the_first_best_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    accuracies = iter([0.2, 0.7, 0.5, 0.7, 0.1])
    monkeypatch.setattr(fit_file.Validation, "accuracy", lambda *_: next(accuracies))
    stopped = trained(recipe(epochs=5, early_stopping=True), validation=np.arange(3))
    npt.assert_array_equal(stopped, trained(recipe(epochs=2)))


def test_early_stopping_looks_at_the_validation_rows() -> None:
    how = recipe(epochs=12, early_stopping=True, optimizer="sgd", learning_rate=1.0)
    rest = np.setdiff1d(np.arange(90), ROWS)

    def accuracy(weights: Floats) -> float:
        module = how.model.build((4,), 3)
        torch.nn.utils.vector_to_parameters(torch.from_numpy(weights), module.parameters())
        return float((predict(module, DATA.x[rest]).argmax(axis=1) == DATA.y[rest]).mean())

    epochs = [accuracy(trained(recipe(epochs=epoch, optimizer="sgd", learning_rate=1.0))) for epoch in range(1, 13)]
    assert accuracy(trained(how, validation=rest)) == max(epochs)
    assert max(epochs) > epochs[-1]  # else the last epoch would do
