"""Recipes for scikit-learn classifiers, and for others with the same interface (XGBoost, LightGBM, CatBoost)."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

import numpy as np

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.features.base import AnyArray, Inputs, as_table
from miaudit.fingerprint import fingerprint
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.source import SOURCES, Source, source_of
from miaudit.training import boosting
from miaudit.training.asking import estimator_outputs, kind_of, way_of
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Batch, Records, Tick, untold
from miaudit.training.timing import Case, seconds_to_train

# Part of the names of all outputs: old ones miss once a change here or in boosting.py alters what is fitted or kept.
CODE_VERSION = "; estimators/2"


@dataclass(frozen=True, eq=False)
class Fitted:
    """A classifier that was fitted for an audit."""

    estimator: Any
    classes: int
    labels: AnyArray | None = None  # that it was fitted on, see `EstimatorRecipe`

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Probabilities, margins or labels as (n, C) on records x (n, ...); raises UserError if it gives none."""
        return estimator_outputs(self.estimator, x, self.classes, self.labels)

    def tensors(self) -> None:
        """None: a fitted classifier could only be pickled."""
        return


@dataclass(frozen=True)
class EstimatorRecipe(AnyRecipe):
    """A classifier to clone and fit, named by its class, its parameters, and its libraries' versions or its source.

    Fitted estimators are never stored, since that would mean pickles; their outputs are.
    """

    kind: str  # module and class
    params: str  # JSON
    library: str  # name and version, then those of what stands within it, then the user's own modules
    estimator: Any = field(compare=False, repr=False)
    # (C,) what it is fitted on in place of 0..C-1, or rows (C, C) for one-hot labels. They say the same, so they are
    # part of the name (in `library`) only where parameters weigh classes by these labels.
    labels: AnyArray | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, estimator: Any) -> "EstimatorRecipe":
        """The recipe for clones of a fitted or unfitted estimator.

        Warns if its source cannot be found, since its models will then not be reused.

        Raises:
            UserError: the estimator has no `get_params`, or is no classifier.
        """
        if not hasattr(estimator, "get_params") or way_of(estimator) is None:
            raise UserError(
                f"a {type(estimator).__name__} cannot be audited: expected a classifier with get_params, and with "
                "predict_proba, decision_function or predict"
            )
        return cls.for_any(estimator)

    @classmethod
    def for_any(cls, estimator: Any) -> "EstimatorRecipe":
        """The recipe for clones of any estimator with `get_params`, whatever it predicts; warns as `of` does."""
        kind, params = type(estimator), estimator.get_params(deep=True)
        leaves = _leaves(params)
        objects = [value for value in leaves if not _is_described(value)]
        source = source_of(*objects, kind, *(type(value) for value in leaves if _has_params(value)))
        source.warn(f"models like this {kind.__name__}")
        texts = {id(value): text for value, text in zip(objects, source.values, strict=False)}
        exposed = {id(value) for value in params.values()}
        described = json.dumps(params, sort_keys=True, default=partial(_described, texts=texts, exposed=exposed))
        return cls(f"{kind.__module__}.{kind.__qualname__}", described, _library(kind, source), estimator)

    @property
    def title(self) -> str:
        """Name of the classifier's class."""
        return type(self.estimator).__name__

    @property
    def of_estimator(self) -> "EstimatorRecipe":
        """This recipe, which trains a scikit-learn estimator."""
        return self

    @property
    def output_kind(self) -> OutputKind:
        """Logits where its classifiers give margins, else probabilities; labels are certain ones."""
        return kind_of(way_of(self.estimator))

    @property
    def description(self) -> dict[str, Any]:
        """The class, its library's version, and every parameter."""
        return {**super().description, "params": json.loads(self.params)}

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The libraries' versions, whatever the data: estimators are fitted on the CPU."""
        del shape, classes, device
        return self.library

    def with_labels(self, labels: AnyArray | None) -> Self:
        """The same recipe, fitted on these labels."""
        if labels is None or 'class_weight": {' not in self.params:
            return replace(self, labels=labels)
        named = f"{self.library}; labels {fingerprint([str(label) for label in labels])}"
        return replace(self, labels=labels, library=named)

    def trainer_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The versions of the libraries on this machine, without the user's own modules."""
        del shape, classes, device
        return EstimatorRecipe.of(self.estimator).library.partition(SOURCES)[0]

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[Fitted]:
        """Fitted clones, one after another; see `AnyRecipe.train`."""
        del device, tick
        for subset in batch.subsets:
            fitted = fit_estimator(self, records.x, records.y, subset.rows, subset.seed)
            yield Fitted(fitted, records.classes, self.labels)

    def seconds_per_model(self, case: Case) -> float | None:
        """Seconds to fit and ask a clone on one thread; None if it cannot be fitted on a few records."""
        return seconds_to_train(self.train, case)


def _library(kind: type, source: Source) -> str:
    """Versions of the packages that the estimators come from, the classifier's first, then the user's own modules."""
    top = kind.__module__.partition(".")[0]
    releases = sorted(source.releases, key=lambda release: (release.split()[0] != top, release))
    return "; ".join(releases) + CODE_VERSION + (SOURCES + "; ".join(source.own) if source.own else "")


def _has_params(value: Any) -> bool:
    return hasattr(value, "get_params") and not isinstance(value, type)


def _leaves(value: Any) -> list[Any]:
    """All values in lists, tuples, dicts and parameters of estimators, at any depth, and these estimators too."""
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    if isinstance(value, dict):
        return _leaves(list(value.values()))
    return [value, *_leaves(value.get_params(deep=False))] if _has_params(value) else [value]


def _is_described(value: Any) -> bool:
    """Can JSON hold the parameter, itself or as the text that stands for it?"""
    return value is None or isinstance(value, str | int | float | np.ndarray | np.generic) or _has_params(value)


def _described(value: Any, texts: dict[int, str], exposed: set[int]) -> Any:
    """A value that JSON cannot hold: an array by its content, an object by the text that was found for it.

    The parameters of an estimator are listed beside it if it is `exposed`, else here.
    """
    if isinstance(value, np.ndarray):
        return fingerprint(value)
    if id(value) in texts:
        return texts[id(value)]
    if not _has_params(value):
        return repr(value)
    if id(value) not in exposed:
        return {"class": type(value).__qualname__, **value.get_params(deep=False)}
    return type(value).__qualname__ if texts else repr(value)  # where an address or the order of a set may stand


def fit_estimator(recipe: EstimatorRecipe, x: Inputs, y: Ints, rows: Ints, seed: int) -> Any:
    """Fit a clone of the recipe's classifier on one thread.

    Args:
        recipe: the classifier, and the labels that it is fitted on.
        x: N records; arrays are flattened, tables, texts and sparse matrices are given as they are.
        y: classes (N,) from 0.
        rows: the records to fit.
        seed: sets every `random_state` among the parameters.
    """
    estimator = fresh_clone(recipe, seed)
    with warnings.catch_warnings():  # of the linear classifiers, which may still be given a number of threads
        warnings.filterwarnings("ignore", "'n_jobs' has no effect", FutureWarning)
        labels = y[rows] if recipe.labels is None else recipe.labels[y[rows]]
        return boosting.fit(estimator, as_table(x[rows]), labels)


def _unfitted(value: Any) -> Any:
    """A copy of an estimator with the same parameters that is not fitted, also of CatBoost's and of what holds one.

    scikit-learn refuses where a constructor changes its parameters, and CatBoost's copies lists, which changes no
    value. Where it refuses, parts are copied one by one: a fitted one takes no seed any more.
    """
    from sklearn.base import clone

    try:
        return clone(value, safe=False)
    except RuntimeError:
        if isinstance(value, list | tuple):
            return type(value)(_unfitted(part) for part in value)
        parts = {name: _unfitted(part) for name, part in value.get_params(deep=False).items()}
        made = type(value)(**parts)
        kept = made.get_params(deep=False)
        is_catboosts = type(value).__module__.startswith("catboost")
        if not is_catboosts and any(kept[name] is not part for name, part in parts.items()):
            raise
        return made


def fresh_clone(recipe: EstimatorRecipe, seed: int) -> Any:
    """An unfitted clone of the recipe's estimator, with every `random_state` set from the seed, for one thread."""
    estimator = _unfitted(recipe.estimator)
    params = estimator.get_params(deep=True)
    states = {name: seed % 2**31 for name in params if name.split("__")[-1] == "random_state"}
    threads = {name: 1 for name in params if name.split("__")[-1] == "n_jobs"}
    estimator.set_params(**states, **threads)
    boosting.adapt(estimator)
    return estimator
