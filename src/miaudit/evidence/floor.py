"""The floor of probabilities, for those that are exactly 0 or 1.

If a model's probabilities come in steps (k of 100 trees, three digits), 0 means less than a step. Taken literally, it
gives the most extreme log odds that a double can hold, and a few such records dominate every mean and width over
models. So 0 is read as half of the smallest positive probability that any model in the evidence gives, and 1 as that
much below 1. If probabilities are continuous, the floor lies below all of them and changes exact zeros only.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Evidence, Panel, View
from miaudit.model_outputs import SMALLEST

LARGEST = 0.25  # a much larger floor would reverse the order of classes


def with_floor(evidence: Evidence) -> Evidence:
    """The evidence with one floor for the probabilities of all models; unchanged if there are none."""
    tables = {id(outputs): outputs for panel in _panels(evidence) for outputs in _tables(panel)}
    found = [_smallest(outputs) for outputs in tables.values() if outputs.kind == "probs"]
    if not found:
        return evidence
    floor = min(max(min(found) / 2, SMALLEST), LARGEST)
    raised = {name: replace(outputs, floor=floor, _signals={}) for name, outputs in tables.items()}

    def change(view: View) -> View:
        return replace(view, outputs=raised[id(view.outputs)])

    return evidence.changed(change)


def floor_of(evidence: Evidence) -> float | None:
    """The floor of the evidence's probabilities; None if all models give logits."""
    floors = [table.floor for panel in _panels(evidence) for table in _tables(panel) if table.kind == "probs"]
    return max(floors, default=None)


def saturated(panel: Panel) -> float:
    """Share of the records on which the panel's target gives its true class a probability of exactly 0 or 1.

    Logits do not saturate.
    """
    view = panel.target_view
    if view.outputs.kind == "logits" or not len(panel):
        return 0.0
    own = view.outputs.values[int(view.models[0])][view.records, view.labels]
    return float(np.mean((own <= 0) | (own >= 1)))


def _smallest(outputs: Outputs) -> float:
    """The smallest positive probability; 1 if there is none below 1."""
    return min(float(np.min(values, where=values > 0, initial=1.0)) for values in outputs.values)


def _panels(evidence: Evidence) -> Iterator[Panel]:
    yield evidence.audit
    yield from evidence.shadows
    yield from evidence.shadow_populations
    yield from (panel for panel in (evidence.known, evidence.population) if panel is not None)


def _tables(panel: Panel) -> Iterator[Outputs]:
    for each in panel.each_view():
        yield each.target_view.outputs
        if each.reference_view is not None:
            yield each.reference_view.outputs
