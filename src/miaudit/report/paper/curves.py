"""Draws ROC and precision-recall curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from miaudit.report.curves import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AnyCurve = Curve | tuple[Sequence[float], Sequence[float]]


def draw_roc(axis: "Axes", curves: Mapping[str, AnyCurve], lowest: float) -> None:
    """Draw ROC curves on logarithmic axes, with the line of guessing.

    Args:
        axis: where to draw.
        curves: name -> false positive rates and true positive rates, (k,) each, rising.
        lowest: the rate at the lower end of both axes.
    """
    for name, (fpr, tpr) in curves.items():
        axis.plot(fpr, tpr, label=name)
    axis.plot([lowest, 1], [lowest, 1], color="grey", linestyle=":")
    axis.set(xscale="log", yscale="log", xlim=(lowest, 1), ylim=(lowest, 1))
    axis.set(xlabel="false positive rate", ylabel="true positive rate")
    axis.legend()


def draw_precision_recall(axis: "Axes", curves: Mapping[str, AnyCurve]) -> None:
    """Draw the precision-recall curve of each attack.

    Args:
        axis: where to draw.
        curves: name -> recalls and precisions, (k,) each.
    """
    for name, (recall, precision) in curves.items():
        axis.plot(recall, precision, label=name)
    axis.set(xlim=(0, 1), xlabel="recall", ylabel="precision")
    axis.legend()
