"""The membership classifier of attacks that learn: a small neural network on standardised features."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError

EPOCHS = 30  # at most; training stops where the loss no longer falls
STEPS = 40  # an epoch, at most: more records make larger batches
SMALLEST_BATCH = 64


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network with one output, the log odds of membership."""

    centre: Floats  # (F,)
    scale: Floats  # (F,)
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def log_odds(self, features: Floats) -> Floats:
        """(n,) log(p / (1 - p)) for features (n, F): the output before the sigmoid, which never saturates."""
        hidden = (features - self.centre) / self.scale
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0.0)
        odds: Floats = (hidden @ self.weights[-1] + self.biases[-1])[:, 0]
        return odds


def train(features: Floats, member: Bools, hidden: tuple[int, ...], rng: np.random.Generator) -> Network:
    """A ReLU network on features (m, F); two softmax outputs are written as the one sigmoid that they amount to.

    Raises:
        UserError: there are no members or no non-members to learn from.
    """
    if member.all() or not member.any():
        kind = "members" if member.all() else "non-members"
        raise UserError(
            f"the attack's classifier needs members and non-members to learn from; all {len(member)} records "
            f"of the shadows are {kind}: give shadow panels that hold both"
        )
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    batch = min(len(member), max(SMALLEST_BATCH, len(member) // STEPS))
    network = MLPClassifier(
        hidden_layer_sizes=hidden,
        batch_size=batch,
        max_iter=EPOCHS,
        random_state=int(rng.integers(2**31)),
    )
    with threadpool_limits(1), warnings.catch_warnings():  # threads cost more than so small products
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is meant as a limit
        network.fit(((features - centre) / scale).astype(np.float32), member)
    weights = tuple(weight.astype(np.float64) for weight in network.coefs_)
    return Network(centre, scale, weights, tuple(bias.astype(np.float64) for bias in network.intercepts_))


def draw(rng: np.random.Generator, total: int, limit: int) -> Ints:
    """At most `limit` of `total` positions at random, rising."""
    if total <= limit:
        return np.arange(total)
    return np.sort(rng.choice(total, size=limit, replace=False))
