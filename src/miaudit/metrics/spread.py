"""Mean and spread over several values, such as one for each target."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from miaudit.maths.t_intervals import reach_of_mean
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.summary import Summary


class Spread(BaseModel):
    """One metric over several targets."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mean: Quantity
    """Mean over the targets; its `n` counts those that resolve the metric."""
    std: float | None
    """Standard deviation between targets; None with fewer than two."""
    values: tuple[float, ...]
    """The metric on each target that resolves it."""


def mean(values: npt.ArrayLike, confidence: float = 0.95) -> Quantity:
    """Compute the mean of values (n,) with Student's interval; one value has no interval, none is unresolved.

    >>> mean([1.0, 2.0, 3.0]).text(2)
    '2.00 [-0.48, 4.48]'
    """
    found = np.asarray(values, dtype=np.float64)
    count = len(found)
    if count == 0:
        return Quantity.unresolved(0, "needs >= 1 value, have 0", confidence)
    middle = float(found.mean())
    if count == 1:
        return Quantity(value=middle, low=None, high=None, confidence=confidence, n=1)
    half = reach_of_mean(float(found.std(ddof=1)), count, confidence)
    return Quantity(value=middle, low=middle - half, high=middle + half, confidence=confidence, n=count)


def spread(quantities: Sequence[Quantity], confidence: float = 0.95) -> Spread:
    """Compute mean and standard deviation over targets; targets without the metric are left out and counted."""
    values = tuple(quantity.value for quantity in quantities if quantity.value is not None)
    middle = mean(values, confidence)
    if not values and quantities:
        middle = Quantity.unresolved(quantities[0].n, quantities[0].note, confidence)
    elif len(values) < len(quantities):
        middle = middle.model_copy(update={"note": f"resolved by {len(values)} of {len(quantities)} targets"})
    std = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Spread(mean=middle, std=std, values=values)


def over_targets(summaries: Sequence[Summary], confidence: float = 0.95) -> dict[str, Spread]:
    """Summarise every metric of one attack over several targets, under keys such as `tpr_at_fpr.0.01`."""
    rows = [dict(_metrics(summary)) for summary in summaries]
    return {name: spread([row[name] for row in rows], confidence) for name in (rows[0] if rows else ())}


def _metrics(summary: Summary) -> Iterator[tuple[str, Quantity]]:
    yield "auc", summary.auc
    yield "balanced_accuracy", summary.balanced_accuracy
    for fpr, quantity in summary.tpr_at_fpr.items():
        yield f"tpr_at_fpr.{fpr}", quantity
    for recall, quantity in summary.precision_at_recall.items():
        yield f"precision_at_recall.{recall}", quantity
    yield "epsilon.low", summary.epsilon.model_copy(update={"value": summary.epsilon.low})
