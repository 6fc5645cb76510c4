"""The surrogates that are tried: a few kinds of classifiers, or ways to train a network of the target's own kind."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from miaudit.arrays import Floats, Ints
from miaudit.training.base import AnyRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe

EPOCHS = (5, 20, 80)


class Candidate(NamedTuple):
    """A surrogate."""

    words: str  # follow "by", as in "a forest of 100 trees"
    recipe: AnyRecipe


class _Quiet:
    """Does not warn where training ends as planned."""

    def fit(self, x: Floats, y: Ints) -> Self:
        """Train for up to `max_iter` rounds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().fit(x, y)  # type: ignore[misc]


class Linear(_Quiet, LogisticRegression):  # type: ignore[misc]
    """A logistic regression."""


class Network(_Quiet, MLPClassifier):  # type: ignore[misc]
    """A network with one hidden layer."""


def candidates(x: Any, own: Recipe | None) -> tuple[Candidate, ...]:
    """The surrogates for records; none for records that no numbers tell.

    Args:
        x: (n, ...) the records.
        own: how a network of the target's architecture could be trained; None where that is unknown.
    """
    if own is not None:
        return tuple(_networks(x, own))
    return tuple(_classifiers(bool(np.isnan(x).any()))) if isinstance(x, np.ndarray) else ()


def _networks(x: Any, own: Recipe) -> Iterator[Candidate]:
    """The architecture with its epochs, optimizer and, for images, augmentation searched."""
    for epochs in EPOCHS:
        adam = replace(own, epochs=epochs, optimizer="adam", learning_rate=1e-3)
        yield Candidate(f"its own architecture, {epochs} epochs of Adam at rate 0.001", adam)
        sgd = replace(own, epochs=epochs, optimizer="sgd", learning_rate=0.05, momentum=0.9)
        yield Candidate(f"its own architecture, {epochs} epochs of SGD at rate 0.05 with momentum", sgd)
        if x.ndim == 4:
            augmented = replace(adam, flip=True, crop_padding=max(x.shape[-1] // 8, 1))
            yield Candidate(f"its own architecture, {epochs} epochs of Adam with flips and crops", augmented)


def _classifiers(has_gaps: bool) -> Iterator[Candidate]:
    def scaled(estimator: Any) -> Pipeline:
        return make_pipeline(*([SimpleImputer()] if has_gaps else []), StandardScaler(), estimator)

    def filled(estimator: Any) -> Any:
        return make_pipeline(SimpleImputer(), estimator) if has_gaps else estimator

    for strength in (1.0, 100.0):
        linear = Linear(C=strength, max_iter=1000)
        yield _candidate(f"a logistic regression with C={strength:g}", scaled(linear))
    for rounds, leaves in ((50, 8), (100, 31), (300, 31)):
        boosted = HistGradientBoostingClassifier(max_iter=rounds, max_leaf_nodes=leaves, early_stopping=False)
        yield _candidate(f"{rounds} rounds of boosted trees with up to {leaves} leaves", boosted)
    for least in (1, 3, 10):
        forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=least)
        yield _candidate(f"a forest of 100 trees with {least} or more records a leaf", filled(forest))
    for epochs in EPOCHS:
        network = Network(hidden_layer_sizes=(128,), max_iter=epochs, n_iter_no_change=epochs)
        yield _candidate(f"a network with 128 hidden units, {epochs} epochs", scaled(network))


def _candidate(words: str, estimator: Any) -> Candidate:
    return Candidate(words, EstimatorRecipe.of(estimator))
