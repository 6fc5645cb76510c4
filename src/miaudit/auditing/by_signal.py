"""Turns a model that is no classifier, its records and a signal into a request."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.auditing.from_model import GivenParts, GivenPool, GivenRecords, PoolSize
from miaudit.auditing.origin import Origin
from miaudit.auditing.request import Recipes, Request, Wanted
from miaudit.errors import UserError
from miaudit.forms import AskedForm, NumberForm
from miaudit.guard import as_array
from miaudit.messages import shortened
from miaudit.own.maker import OwnCode
from miaudit.records.given import Given, Records, read_given
from miaudit.records.names import index_of
from miaudit.records.reading import Reading
from miaudit.records.row_names import NamedLabels
from miaudit.targets.with_signal import WithSignal, asked_by_signal
from miaudit.training.base import is_recipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.own_signal import BY_NAME, OwnSignal
from miaudit.training.signal_recipe import Clones, Maker, SignalRecipe

OWN = Origin("with the estimator's own parameters", given=False)


def is_regressor(model: Any) -> bool:
    """Does the model call itself a regressor, as those of scikit-learn, XGBoost, LightGBM and CatBoost do?"""
    if isinstance(model, type):
        return False
    if getattr(model, "_estimator_type", None) == "regressor":  # scikit-learn until version 1.6
        return True
    return hasattr(model, "__sklearn_tags__") and model.__sklearn_tags__().estimator_type == "regressor"


def signal_from(model: Any, signal: Any, outputs: AskedForm | NumberForm, defence: object | None) -> OwnSignal | None:
    """The signal by which a model is audited; None where it is audited as a classifier.

    Args:
        model: the model; one that calls itself a regressor has the signal "regression".
        signal: a name, a function, or its address such as "fit.py:loss"; None where the user gives none.
        outputs: "loss" where lower numbers of a function mean a better fit.
        defence: the model's defence; defences are for classifiers.

    Raises:
        UserError: the arguments do not go together.
    """
    if signal is None and not (is_regressor(model) and outputs in ("auto", "score")):
        return None
    if outputs not in ("auto", "loss", "score") or (outputs == "loss" and signal in (None, *BY_NAME)):
        raise UserError(
            f"expected loss or score as `outputs` with a function as `signal`, got outputs={outputs!r} with "
            f"{'a regressor' if signal is None else shortened(signal)}"
        )
    if defence is not None:
        raise UserError("defences change the outputs of classifiers, so they cannot be combined with `signal`")
    return OwnSignal.of("regression" if signal is None else signal, "loss" if outputs == "loss" else "score")


def form_of_classes(outputs: AskedForm | NumberForm) -> AskedForm:
    """The form of a classifier's answers; raises UserError where the user asks for numbers without a signal."""
    if outputs == "loss" or outputs == "score":
        raise UserError(f"outputs={outputs!r} needs `signal`, a function that computes it")
    return outputs


def maker_from(recipe: Any, fit: Any) -> Maker | None:
    """The maker of reference models, from the user's recipe or function; None where neither is given.

    Args:
        recipe: an estimator, or the recipe of one.
        fit: a function train(x, y, seed) -> model, or a text such as "fit.py:train".

    Raises:
        UserError: both are given, or models of this recipe give outputs of classes only.
    """
    if fit is not None and recipe is not None:
        raise UserError("expected either `recipe` or `fit`, got both")
    if fit is not None:
        return OwnCode.of(fit)
    if recipe is None:
        return None
    if is_recipe(recipe):
        known = recipe.of_estimator
    else:
        known = EstimatorRecipe.for_any(recipe) if hasattr(recipe, "get_params") else None
    if known is None:
        raise UserError(
            f"beside `signal`, expected an estimator as `recipe`, got a {type(recipe).__name__}: give a function that "
            "trains as `fit` (in a configuration `recipe: {train: ...}`, on the command line --train)"
        )
    return Clones(known)


def request_by_signal(
    model: Any,
    records: GivenRecords,
    wanted: Wanted,
    signal: OwnSignal,
    maker: Maker | None,
    pool: PoolSize,
) -> Request:
    """The request to audit a model by one number per record.

    Args:
        model: any object that the signal can query; in the place of a target, it gets the function that predicts.
        records: pairs of x (n, ...) and the truth y (n, ...), which may be None.
        wanted: the attacks and their settings.
        signal: how well the model fits a record.
        maker: trains reference models; None trains clones of the model if it is an estimator, and none otherwise.
        pool: size of the pool of reference models.

    Raises:
        UserError: the records do not fit together.
    """
    if records.validation is not None:
        raise UserError("`validation` cannot be combined with `signal`: leave it out")
    asked = asked_by_signal(model, signal)
    target = WithSignal(asked.model, signal, asked.title)
    given = _given(records, asked.reading, wanted.seed)
    origin = Origin("as you say", given=True)
    if maker is None and hasattr(model, "get_params") and hasattr(model, "fit"):
        maker, origin = Clones(EstimatorRecipe.for_any(model)), OWN
    how = None if maker is None else SignalRecipe.of(maker, signal, given.data.truth)
    return Request(
        data=given.data,
        splitter=GivenParts(given) if how is None else GivenPool(given, *pool),
        wanted=wanted,
        recipes=None if how is None else Recipes(how, how, how),
        target=target,
        origin=Origin("", given=False) if how is None else origin,
    )


def _given(records: GivenRecords, reading: Reading, seed: int) -> Given:
    """Put all records into one data set of a single class, with the truth beside them."""
    kinds = {"members": records.members, "nonmembers": records.nonmembers, "population": records.population}
    pairs = {name: _pair(name, part) for name, part in kinds.items() if part is not None}
    members, nonmembers, population = map(_unlabelled, kinds.values())
    given = read_given(members, nonmembers, population, reading=reading, seed=seed)
    truths = {name: y for name, (_, y) in pairs.items() if y is not None}
    if truths and len(truths) < len(pairs):
        raise UserError(f"expected the truth y for every part or for none, got it for {', '.join(truths)} only")
    truth = None
    if truths:
        rows = [given.members, given.nonmembers, given.population][: len(truths)]
        truth = _joined(truths)[np.argsort(np.concatenate(rows))]
    return replace(given, data=replace(given.data, classes=1, truth=truth))


def _pair(name: str, records: Records) -> tuple[Any, npt.NDArray[Any] | None]:
    if not isinstance(records, tuple | list) or len(records) != 2:
        raise UserError(f"{name}: expected a pair (x, y), where y may be None, got {type(records).__name__}")
    x, y = records
    truth = None if y is None else as_array(y)
    if truth is not None and (truth.ndim < 1 or len(truth) != len(x)):
        raise UserError(f"{name}: expected as many rows in y as in x, got {truth.shape} beside {len(x):,} records")
    if truth is not None and (truth.dtype.kind not in "iufbUS" or (truth.dtype.kind == "f" and np.isnan(truth).any())):
        raise UserError(f"{name}: expected numbers or texts without gaps in y, got {shortened(truth.tolist())}")
    return x, truth


def _unlabelled(records: Records | None) -> Records | None:
    """The records with the label 0 throughout, under the names that they have."""
    if records is None:
        return None
    x, y = records
    labels, names = np.zeros(len(x), dtype=np.int64), index_of("records", None, y)
    return x, labels if names is None else NamedLabels(labels, names)


def _joined(truths: dict[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    shapes = {name: y.shape[1:] for name, y in truths.items()}
    if len(set(shapes.values())) > 1:
        raise UserError(f"y must have one shape for all records, got {shapes}")
    return np.concatenate(list(truths.values()))
