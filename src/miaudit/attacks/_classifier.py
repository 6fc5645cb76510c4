"""The membership classifiers of attacks that learn: small neural networks."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError
from miaudit.maths.counts import has_both
from miaudit.maths.draws import draw
from miaudit.maths.scaling import Scaling
from miaudit.maths.threads import single_threaded

EPOCHS = 30  # at most; training stops where the loss no longer falls
STEPS = 40  # an epoch, at most: more records make larger batches
SMALLEST_BATCH = 64


@dataclass(frozen=True, eq=False)
class MembershipNet:
    """A trained network with one output, the log odds of membership."""

    scaling: Scaling
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def log_odds(self, features: Floats) -> Floats:
        """(n,) log(p / (1 - p)) for features (n, F): the output before the sigmoid, which never saturates."""
        hidden = self.scaling.of(features)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight + bias, 0.0)
        odds: Floats = (hidden @ self.weights[-1] + self.biases[-1])[:, 0]
        return odds


def train_as_released(
    features: Floats, member: Bools, hidden: tuple[int, ...], rng: np.random.Generator
) -> MembershipNet:
    """The classifier of LDC-MIA's released code: raw features, SGD 0.004 with momentum 0.9, 35 epochs, 90 % of records.

    The records left out are drawn at random. They do not stop the training early.
    """
    _check_both(member)
    learnt = draw(rng, len(member), max(2, int(0.9 * len(member))))
    learnt = learnt if len(np.unique(member[learnt])) == 2 else np.arange(len(member))
    network = MLPClassifier(
        hidden_layer_sizes=hidden,
        solver="sgd",
        learning_rate_init=0.004,
        momentum=0.9,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=min(len(learnt), SMALLEST_BATCH),
        max_iter=35,
        random_state=int(rng.integers(2**31)),
    )
    columns = features.shape[1]
    raw = Scaling(np.zeros(columns), np.ones(columns))
    return _fitted(network, features[learnt], member[learnt], raw)


def train(
    features: Floats,
    member: Bools,
    hidden: tuple[int, ...],
    rng: np.random.Generator,
    scaling: Scaling | None = None,
) -> MembershipNet:
    """Train a ReLU network by Adam to predict membership.

    Args:
        features: (m, F) of records with known membership.
        member: (m,) their membership.
        hidden: widths of the hidden layers.
        rng: draws the first weights and the batches.
        scaling: how features are scaled; None standardises them.

    Raises:
        UserError: there are no members or no non-members to learn from.
    """
    _check_both(member)
    batch = min(len(member), max(SMALLEST_BATCH, len(member) // STEPS))
    network = MLPClassifier(
        hidden_layer_sizes=hidden,
        batch_size=batch,
        max_iter=EPOCHS,
        random_state=int(rng.integers(2**31)),
    )
    return _fitted(network, features, member, scaling or Scaling.standard(features))


def _check_both(member: Bools) -> None:
    if not has_both(member):
        kind = "members" if member.all() else "non-members"
        raise UserError(
            f"the attack's classifier needs members and non-members to learn from; all {len(member)} records "
            f"of the shadows are {kind}: give shadow panels that hold both"
        )


def _fitted(network: MLPClassifier, features: Floats, member: Bools, scaling: Scaling) -> MembershipNet:
    with single_threaded(), warnings.catch_warnings():  # for such small products threads cost more than they save
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is meant as a limit
        network.fit(scaling.of(features).astype(np.float32), member)
    weights = tuple(weight.astype(np.float64) for weight in network.coefs_)
    return MembershipNet(scaling, weights, tuple(bias.astype(np.float64) for bias in network.intercepts_))
