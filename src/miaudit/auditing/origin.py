"""Whether the recipe of the reference models was given by the user or guessed from the target."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """How reference models are trained, in words that follow "trained on 100 records each,"."""

    words: str
    given: bool  # by the user, or guessed


BY_CONFIGURATION = Origin("by the configuration's recipe", given=True)


def origin_of(target: Any, recipe: Any) -> Origin:
    """The origin for a target and a recipe that were given to `audit()`; the recipe may be None.

    A boosted classifier that was loaded from a file has the default parameters, not those that it was fitted with.
    If the number of its trees shows that, the words say so.
    """
    if recipe is not None:
        return Origin("by the recipe that came with it", given=True)
    if hasattr(target, "predict_proba"):
        return Origin(f"with the classifier's own parameters{_contradiction(target)}", given=False)
    return Origin("by the default recipe for the target's architecture", given=False)


def _contradiction(estimator: Any) -> str:
    """How the trees of a fitted XGBoost classifier contradict its parameters; empty if they do not."""
    if not hasattr(estimator, "get_booster") or not hasattr(estimator, "get_params"):
        return ""
    params = estimator.get_params()
    told = params.get("n_estimators") or 100  # XGBoost's own default
    fitted = int(estimator.get_booster().num_boosted_rounds())
    stops_early = params.get("early_stopping_rounds") is not None
    if fitted == told or (stops_early and fitted < told):
        return ""
    return (
        f", which do not fit its trees: it has {fitted} boosting rounds, but n_estimators is {told}; after loading a "
        "model from a file, set its parameters with set_params() before the audit"
    )
