"""Where the recipe of the reference models comes from: the user, or a guess from the target at hand."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """How reference models are trained, in words that follow "trained", and whether the user said so."""

    words: str
    given: bool


BY_CONFIGURATION = Origin("by the configuration's recipe", given=True)


def origin_of(target: Any, recipe: Any) -> Origin:
    """The origin for a target that was given to `audit()`, with the recipe that came with it, or None.

    A boosted classifier that was loaded from a file has the parameters of its class, not those that it was fitted
    with; where its trees tell, the words say so.
    """
    if recipe is not None:
        return Origin("by the recipe that came with it", given=True)
    if hasattr(target, "predict_proba"):
        return Origin(f"with the classifier's own parameters{_contradiction(target)}", given=False)
    return Origin("by the default recipe for the target's architecture", given=False)


def _contradiction(estimator: Any) -> str:
    """What the trees of a fitted XGBoost classifier say against its parameters; empty if nothing."""
    if not hasattr(estimator, "get_booster") or not hasattr(estimator, "get_params"):
        return ""
    params = estimator.get_params()
    told = params.get("n_estimators") or 100  # XGBoost's own default
    fitted = int(estimator.get_booster().num_boosted_rounds())
    stops_early = params.get("early_stopping_rounds") is not None
    if fitted == told or (stops_early and fitted < told):
        return ""
    return (
        f", which do not fit its trees: it has {fitted} rounds of them, n_estimators is {told}; a model loaded from a "
        "file needs its parameters set with set_params() before the audit"
    )
