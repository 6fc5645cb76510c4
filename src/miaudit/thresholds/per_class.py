"""Threshold `per_class`: any other rule, class by class."""

from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, InstanceOf, WithJsonSchema
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.counts import above
from miaudit.registry import build
from miaudit.thresholds.base import ChosenCut, Threshold


class ClassCuts(NamedTuple):
    """A cut for each class that has one, and the overall cut for the others."""

    by_class: dict[int, ChosenCut]
    overall: ChosenCut

    def above(self, scores: Floats, labels: Ints) -> Bools:
        """Tell which of the records (n,) are called members, given their scores (n,) and labels (n,)."""
        of_classes = ((label, chosen.value) for label, chosen in self.by_class.items())
        return above(scores, labels, self.overall.value, of_classes)


def _rule(given: Any) -> Any:
    """A rule, or the name of one with its default parameters."""
    return build("thresholds", given, {}) if isinstance(given, str) else given


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class PerClass:
    """A cut of its own for every class (Song & Mittal 2021, class-dependent thresholds).

    It needs the labels, so it is no `Threshold`: `cuts` takes them, and its result decides with `above`. A class
    without known members or without known non-members gets the cut of all classes together.
    """

    rule: Annotated[
        InstanceOf[Threshold],
        BeforeValidator(_rule),
        WithJsonSchema({"type": "string"}),
        Field(description="the rule within a class: an instance, or a name", validate_default=True),
    ] = "best_accuracy"  # type: ignore[assignment]  # the validator builds it

    def __str__(self) -> str:
        return f"{self.rule} in each class"

    def cuts(self, scores: Floats, member: Bools, labels: Ints) -> ClassCuts:
        """Choose a cut for every class on records with known membership.

        Args:
            scores: (m,) higher for members.
            member: (m,) their membership.
            labels: (m,) their classes.
        """
        by_class = {}
        for label in np.unique(labels):
            of_class = labels == label
            if 0 < np.sum(member[of_class]) < np.sum(of_class):
                by_class[int(label)] = self.rule.cut(scores[of_class], member[of_class])
        return ClassCuts(by_class, self.rule.cut(scores, member))
