"""The surrogates that are tried: a few kinds of classifiers, or ways to train a network of the target's own kind."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, NamedTuple, Self

import narwhals.stable.v2 as nw
import numpy as np
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Features, Inputs, native
from miaudit.training.base import AnyRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe

EPOCHS = (5, 20, 80)


class Candidate(NamedTuple):
    """A way to train models in place of the target, among which the search chooses."""

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
    """A logistic regression that does not warn where its iterations end."""


class Network(_Quiet, MLPClassifier):  # type: ignore[misc]
    """A network with one hidden layer."""


class Ground(NamedTuple):
    """What comes before a classifier: the steps that turn records into numbers, and whether these are mostly zeros."""

    steps: tuple[Any, ...] = ()
    sparse: bool = False

    def under(self, *estimators: Any) -> Any:
        """The classifier, or a pipeline of the steps and all that is given."""
        steps = (*self.steps, *estimators)
        return make_pipeline(*steps) if len(steps) > 1 else steps[0]


def candidates(x: Inputs, own: Recipe | None) -> tuple[Candidate, ...]:
    """The surrogates for numbers, texts, sparse matrices or tables; empty for records of other forms.

    Args:
        x: the records.
        own: how a network of the target's architecture could be trained; None where that is unknown.
    """
    if own is not None:
        return tuple(_networks(x, own))
    ground = _ground(x)
    return () if ground is None else tuple(_classifiers(ground))


def _ground(x: Inputs) -> Ground | None:
    if not isinstance(x, Features):
        return Ground((SimpleImputer(),)) if np.isnan(x).any() else Ground()
    if x.form == "texts":
        return Ground((TfidfVectorizer(),), sparse=True)
    if x.form == "sparse":
        return Ground(sparse=True)
    return _of_table(native(x[:1]))


def _of_table(table: Any) -> Ground | None:
    """The steps before the classifier for a table; None for other records, and without pandas."""
    if hasattr(table, "iloc"):
        return Ground((_columns(),))
    if not nw.dependencies.is_into_dataframe(table) or find_spec("pandas") is None:
        return None
    return Ground((FunctionTransformer(as_pandas), _columns()))


def as_pandas(table: Any) -> Any:
    """The table as a DataFrame of pandas."""
    return nw.from_native(table).to_pandas()


def _columns() -> ColumnTransformer:
    """Numbers as they are, everything else one-hot."""
    return make_column_transformer(
        (SimpleImputer(), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
    )


def _networks(x: Inputs, own: Recipe) -> Iterator[Candidate]:
    """The architecture with its epochs, optimizer and, for images, augmentation searched."""
    for epochs in EPOCHS:
        adam = replace(own, epochs=epochs, optimizer="adam", learning_rate=1e-3)
        yield Candidate(f"its own architecture, {epochs} epochs of Adam at rate 0.001", adam)
        sgd = replace(own, epochs=epochs, optimizer="sgd", learning_rate=0.05, momentum=0.9)
        yield Candidate(f"its own architecture, {epochs} epochs of SGD at rate 0.05 with momentum", sgd)
        if len(x.shape) == 4:
            augmented = replace(adam, flip=True, crop_padding=max(x.shape[-1] // 8, 1))
            yield Candidate(f"its own architecture, {epochs} epochs of Adam with flips and crops", augmented)


def _classifiers(ground: Ground) -> Iterator[Candidate]:
    scaler = StandardScaler(with_mean=not ground.sparse)
    for strength in (1.0, 100.0):
        linear = Linear(C=strength, max_iter=1000)
        yield _candidate(f"a logistic regression with C={strength:g}", ground.under(scaler, linear))
    for rounds, leaves in () if ground.sparse else ((50, 8), (100, 31), (300, 31)):
        boosted = HistGradientBoostingClassifier(max_iter=rounds, max_leaf_nodes=leaves, early_stopping=False)
        yield _candidate(f"{rounds} rounds of boosted trees with up to {leaves} leaves", ground.under(boosted))
    for least in (1, 3, 10):
        forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=least)
        yield _candidate(f"a forest of 100 trees with {least} or more records a leaf", ground.under(forest))
    for epochs in EPOCHS:
        network = Network(hidden_layer_sizes=(128,), max_iter=epochs, n_iter_no_change=epochs)
        yield _candidate(f"a network with 128 hidden units, {epochs} epochs", ground.under(scaler, network))


def _candidate(words: str, estimator: Any) -> Candidate:
    return Candidate(words, EstimatorRecipe.of(estimator))
