"""Equal outputs give equal scores to the last bit: whatever the order of classes, of records and of references."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from miaudit import registry
from miaudit.arrays import Floats, Ints
from miaudit.attacks.base import Attack
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.signals.base import find_signal
from worlds import gaussian_world

VECTORS = ("logits", "posteriors")
SIGNALS = registry.names("signals")
ATTACKS = [name for name in registry.names("attacks") if not registry.find("attacks", name).learns]
REFERENCES, CLASSES = 40, 5
FORMS = ("logits", "probs", "rounded", "trees")

signals = pytest.mark.parametrize("name", SIGNALS)
attacks = pytest.mark.parametrize("name", ATTACKS)
forms = pytest.mark.parametrize("form", FORMS)


def said(form: str, logits: Floats) -> Floats:
    """Outputs of the form; `trees` are multiples of 1/20, some of them exactly 0 and 1."""
    if form == "logits":
        return logits.astype(np.float32)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if form == "trees":
        p = (20 * p).round()
        p[np.arange(len(p)), p.argmax(axis=1)] += 20 - p.sum(axis=1)
        return p / 20
    return p.round(3) if form == "rounded" else p


def kind(form: str) -> OutputKind:
    return "logits" if form == "logits" else "probs"


@cache
def evidence(form: str) -> Evidence:
    world = gaussian_world(np.random.default_rng(4), n=400, references=REFERENCES, classes=CLASSES, known=200)
    return changed(world.evidence, lambda outputs, m: said(form, outputs.values[m]), kind(form)).with_floor()


def changed(old: Evidence, change: Callable[[Outputs, int], Floats], kind: OutputKind | None = None) -> Evidence:
    tables: dict[int, Outputs] = {}

    def view(of: View) -> View:
        outputs = of.outputs
        if id(outputs) not in tables:
            values = [change(outputs, m) for m in range(outputs.models)]
            tables[id(outputs)] = Outputs(outputs.labels, values, kind or outputs.kind, outputs.floor)
        return replace(of, outputs=tables[id(outputs)])

    return old.changed(view)


def scores(name: str, of: Evidence) -> Floats:
    attack: Attack = registry.build("attacks", name, {})
    return attack.score(of, np.random.default_rng(0))


@forms
@signals
def test_signals_do_not_depend_on_the_order_of_classes(name: str, form: str) -> None:
    view = evidence(form).audit.target_view
    outputs, labels = view.outputs.model(0), view.outputs.labels
    expected = find_signal(name)(outputs, labels)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(CLASSES)
        moved = find_signal(name)(replace(outputs, values=outputs.values[:, order]), np.argsort(order)[labels])
        np.testing.assert_array_equal(moved, expected[:, order] if name in VECTORS else expected)


@forms
@signals
def test_signals_do_not_depend_on_the_other_records(name: str, form: str) -> None:
    view = evidence(form).audit.target_view
    outputs, labels = view.outputs.model(0), view.outputs.labels
    order = np.random.default_rng(0).permutation(len(labels))
    expected = find_signal(name)(outputs, labels)
    for some in (order, order[:7], order[:1]):
        found = find_signal(name)(replace(outputs, values=outputs.values[some]), labels[some])
        np.testing.assert_array_equal(found, expected[some])


@forms
@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "quantile"])  # reads the label as a number
def test_scores_do_not_depend_on_the_order_of_classes(name: str, form: str) -> None:
    order = np.random.default_rng(1).permutation(CLASSES)
    old = evidence(form)
    moved = changed(old, lambda outputs, m: outputs.values[m][:, order])

    def relabelled(view: View) -> View:
        table = view.outputs
        key = id(table)
        if key not in tables:
            tables[key] = replace(table, labels=np.argsort(order)[table.labels], _signals={})
        return replace(view, outputs=tables[key])

    tables: dict[int, Outputs] = {}
    np.testing.assert_array_equal(scores(name, moved.changed(relabelled)), scores(name, old))


@forms
@attacks
def test_scores_do_not_depend_on_the_order_of_records(name: str, form: str) -> None:
    old = evidence(form)
    order = np.random.default_rng(2).permutation(len(old.audit))
    moved = replace(old, audit=old.audit.select(order))
    np.testing.assert_array_equal(scores(name, moved), scores(name, old)[order])


@forms
@attacks
def test_scores_do_not_depend_on_the_order_of_references(name: str, form: str) -> None:
    old = evidence(form)
    order = np.random.default_rng(3).permutation(REFERENCES)

    def moved(panel: Panel | None) -> Any:
        if panel is None or panel.reference_view is None:
            return panel
        view = replace(panel.reference_view, models=panel.reference_view.models[order])
        return replace(panel, reference_view=view, in_reference=panel.in_reference[order])

    new = replace(
        old,
        audit=moved(old.audit),
        shadows=tuple(moved(shadow) for shadow in old.shadows),
        population=moved(old.population),
        shadow_populations=tuple(moved(panel) for panel in old.shadow_populations),
    )
    np.testing.assert_array_equal(scores(name, new), scores(name, old))


def test_records_with_the_same_probability_tie_whatever_rounding_did_to_their_rows() -> None:
    """Rows that sum to 0.999, 1 and 1.001: normalised, they would not tie."""
    p = np.array([[0.333, 0.333, 0.333], [0.333, 0.334, 0.333], [0.333, 0.335, 0.333]])
    labels: Ints = np.zeros(3, dtype=np.int64)
    for name in ("loss", "scaled_logit"):
        values = find_signal(name)(ModelOutputs(p, "probs", 0.0005), labels)
        assert np.ptp(values) == 0


def test_rounded_probabilities_give_as_many_losses_as_there_are_probabilities() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), size=2000).round(1)
    own = len(np.unique(p[:, 0]))
    labels: Ints = np.zeros(2000, dtype=np.int64)
    losses, references = (find_signal("loss")(ModelOutputs(x, "probs", 0.05), labels) for x in (p, p[::-1]))
    assert len(np.unique(losses)) == own
    pairs = len(np.unique(np.stack([p[:, 0], p[::-1, 0]], axis=1), axis=0))
    assert len(np.unique(losses - references)) <= pairs
