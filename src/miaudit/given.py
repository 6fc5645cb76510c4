"""Checks the arguments of `audit()` and turns them into miaudit's own types."""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from miaudit import registry
from miaudit.arrays import Ids, Ints
from miaudit.config import AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.guard import as_array
from miaudit.memory import check_memory
from miaudit.messages import shortened
from miaudit.records.names import Labels, columns_of, index_of, names_of, same_columns
from miaudit.seeds import generator
from miaudit.splits.base import FEWEST, Split
from miaudit.splits.pool import Pool
from miaudit.targets.base import Target
from miaudit.targets.custom import Custom
from miaudit.targets.estimator import Estimator
from miaudit.targets.predictions import Predictions
from miaudit.targets.torch_module import TorchModule
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import AnyRecipe
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe

Records = Any  # a pair x (n, ...) and y (n,) of anything that NumPy can read; for predictions, y alone suffices


def check_store(store: object) -> None:
    """Raise UserError if the store is neither a path nor a URL."""
    if store is not None and not isinstance(store, str | Path):
        raise UserError(f"audit(): expected a folder or a URL as store, got {shortened(store)}")


def check_numbers(models: int, shadows: int, known_fraction: float, seed: int, jobs: int | None) -> None:
    """Raise UserError if a number is out of its range."""
    try:
        Pool(models=models, shadows=shadows)
        AuditConfig(evidence=Path("evidence.safetensors"), known_fraction=known_fraction, seed=seed)
    except ValidationError as error:
        raise UserError(f"audit(): {registry.explain(error)}") from None
    if jobs is not None and not (isinstance(jobs, int) and jobs >= 1):
        raise UserError(f"audit(): expected jobs of 1 or more, got {shortened(jobs)}")


def records_of(
    members: Records, nonmembers: Records, population: Records | None, dtype: type, seed: int, may_lack_x: bool = False
) -> tuple[Dataset, Split]:
    """Put all records into one data set, in random order and under the user's own names.

    Args:
        members: x (n, ...) and y (n,).
        nonmembers: likewise.
        population: likewise; None where there is none.
        dtype: type of x.
        seed: seed of the order.
        may_lack_x: whether labels alone suffice, as they do if only predictions are audited.

    Raises:
        UserError: x and y, or the parts, do not fit together.
    """
    given = {"members": members, "nonmembers": nonmembers}
    if population is not None:
        given["population"] = population
    parts = {name: _part(name, records, dtype, may_lack_x) for name, records in given.items()}
    shapes = {name: part.x.shape[1:] for name, part in parts.items()}
    lacking = [name for name, part in parts.items() if part.x.size == 0]
    if lacking and len(lacking) < len(parts):
        raise UserError(f"expected records in x for every part or for none, got none for {', '.join(lacking)}")
    if len(set(shapes.values())) > 1:
        raise UserError(f"all records must have one shape, got {shapes}")
    x: Any = np.concatenate([part.x for part in parts.values()])
    y = np.concatenate([part.y for part in parts.values()])
    classes = max(int(y.max()) + 1, 2)
    check_memory(8.0 * len(y) * classes, f"outputs for {classes:,} classes", "number the classes from 0 without a gap")
    order = generator(seed, "order").permutation(len(y))
    names, ids = _names(parts)
    data = Dataset(
        name="the given records",
        x=x[order],
        y=y[order],
        classes=classes,
        ids=ids[order],
        names=names[order],
        feature_names=same_columns({name: part.columns for name, part in parts.items()}),
        positions=np.concatenate([np.arange(len(part.y)) for part in parts.values()])[order],
    )
    rows = np.argsort(order)  # where each given record now lies
    ends = np.cumsum([0, *(len(part.y) for part in parts.values())])
    inside, outside, *rest = (rows[start:end] for start, end in pairwise(ends))
    return data, Split(members=inside, nonmembers=outside, population=rest[0] if rest else np.arange(0))


def _names(parts: "dict[str, _Part]") -> tuple[Ids, Ints]:
    """(N,) names of the records, which matter for audited ones only, and (N,) whole numbers for the evidence."""
    sizes = {name: len(part.y) for name, part in parts.items()}
    audited = names_of({name: (parts[name].labels, sizes[name]) for name in ("members", "nonmembers")})
    places = np.arange(sum(sizes.values()))
    names: Ids = np.concatenate([audited, places[len(audited) :].astype(audited.dtype)])
    # With a population, whose labels may repeat those of audited records, places are the ids.
    is_whole = names.dtype.kind == "i" and len(names) == len(audited)
    return names, names.astype(np.int64) if is_whole else places


class _Part(NamedTuple):
    """Records of one kind."""

    x: Any  # (n, ...); (n, 0) if none were given
    y: Ints  # (n,)
    labels: Labels | None  # (n,) of the index of a DataFrame or Series
    columns: tuple[str, ...]  # names of the features of a DataFrame; else none


def _part(name: str, records: Records, dtype: type, may_lack_x: bool) -> _Part:
    given_x, given_y = _pair(name, records, may_lack_x)
    try:
        y = as_array(given_y)
        x: Any = np.empty((y.size, 0)) if given_x is None else as_array(given_x).astype(dtype, copy=False)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected numbers in x, got {error}") from None
    if x.ndim < 1 or y.ndim != 1 or len(x) != len(y) or len(y) < FEWEST:
        raise UserError(f"{name}: expected x (n, ...) and y (n,) with n >= {FEWEST}, got {x.shape} and {y.shape}")
    if y.dtype.kind not in "iu" or y.min() < 0:
        came = f"{y.dtype} from {y.min()}" if y.dtype.kind in "iufb" else f"{shortened(y.flat[0])} ({y.dtype})"
        raise UserError(f"{name}: expected labels 0..C-1 as integers, got {came}; number the classes from 0")
    return _Part(x, y.astype(np.int64), index_of(name, given_x, given_y), columns_of(given_x))


def _pair(name: str, records: Records, may_lack_x: bool) -> tuple[Any, Any]:
    """Features and labels; the features are None if only labels were given."""
    is_pair = isinstance(records, tuple | list) and len(records) == 2 and _dimensions(records[1]) > 0
    if is_pair:
        x, y = records
    elif may_lack_x and _dimensions(records) == 1:
        x, y = None, records
    else:
        alone = "; only Predictions are audited without x, and without a recipe" if _dimensions(records) == 1 else ""
        raise UserError(f"{name}: expected a pair (x, y), got {type(records).__name__}{alone}")
    if x is None and not may_lack_x:
        raise UserError(
            f"{name}: expected records in x, got None; only Predictions are audited without them, and without a recipe"
        )
    return x, y


def _dimensions(values: Any) -> int:
    """The number of dimensions of the values as an array; 0 if they make no array."""
    try:
        return as_array(values).ndim
    except (TypeError, ValueError, RuntimeError):
        return 0


def is_torch(target: Any) -> bool:
    """Is it a torch module?"""
    torch = sys.modules.get("torch")  # a caller with a torch module has imported torch
    return torch is not None and isinstance(target, torch.nn.Module)


def as_target(target: Any, classes: int) -> Target:
    """The target as something that can be queried; raises UserError where it cannot."""
    if is_torch(target):
        return TorchModule(target)
    if hasattr(target, "predict_proba"):
        return Estimator(target, classes)
    if hasattr(target, "outputs") and hasattr(target, "description"):
        own: Target = target
        return own
    if hasattr(target, "logits") and hasattr(target, "description"):
        return Custom(target)
    raise UserError(
        f"cannot audit a {type(target).__name__}: expected a torch module, a fitted scikit-learn classifier, "
        "Predictions, or an object with `logits(x)` and `description`"
    )


def recipe_of(target: Any) -> AnyRecipe | None:
    """How to train models like the target; None where that is not known."""
    if is_torch(target):
        return Recipe(model=Like.of(target))
    if hasattr(target, "predict_proba"):
        return EstimatorRecipe.of(target)
    return None


def classes_of(target: Any, data: Dataset) -> int:
    """C: the target may know more classes than the records show; raises UserError where it knows fewer."""
    highest = int(data.y.max())
    if is_torch(target):
        known = TorchModule(target).outputs(data.x[:1]).values.shape[1]
    elif isinstance(target, Predictions):
        known = target.classes
    elif hasattr(target, "predict_proba"):
        classes = max(data.classes, _highest_class(target) + 1)
        Estimator(target, classes).outputs(data.x[:1])  # raises UserError before anything is trained
        return classes
    else:
        return data.classes
    if highest >= known:
        raise UserError(f"expected labels 0..{known - 1}, as the target knows {known} classes; got {highest}")
    return known


def check_columns(target: Any, data: Dataset) -> None:
    """Raise UserError where the records' columns are those that a classifier was fitted on, in another order."""
    fitted = tuple(str(name) for name in getattr(target, "feature_names_in_", ()))
    if data.feature_names != fitted and sorted(data.feature_names) == sorted(fitted):
        raise UserError(
            "the records have the columns that the classifier was fitted on, in another order: select them by "
            "target.feature_names_in_"
        )


def check_labels(target: Any, y: Ints) -> None:
    """Raise UserError where members have labels (m,) that a fitted classifier has not seen."""
    unknown = np.setdiff1d(y, np.asarray(getattr(target, "classes_", y)))
    if unknown.size:
        raise UserError(
            f"the classifier was not fitted on the labels {unknown.tolist()[:5]} of members: are labels or records "
            "mixed up?"
        )


def _highest_class(estimator: Any) -> int:
    known = np.asarray(getattr(estimator, "classes_", ()))
    return int(known.max()) if known.size and known.dtype.kind in "iuf" else -1


def check_counts(predictions: Predictions, split: Split) -> None:
    """Raise UserError if there are not as many predictions as records."""
    given = (len(predictions.members), len(predictions.nonmembers))
    if given != (len(split.members), len(split.nonmembers)) or len(split.population):
        raise UserError(
            f"there are predictions for {given[0]:,} members and {given[1]:,} non-members: expected as many as the "
            f"{len(split.members):,} + {len(split.nonmembers):,} records, and no population"
        )
