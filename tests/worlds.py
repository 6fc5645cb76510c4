"""Synthetic evidence with known truth: what every attack is tested on, in milliseconds and without a model.

Each record has a difficulty that all models share; a model that was trained on the record gives its true class a
logit that is higher by `leak`. leak = 0 is the null world, in which nobody can tell members.
"""

from dataclasses import replace
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Evidence, Outputs, Panel, Pool, View
from miaudit.evidence.panel import Augmented
from miaudit.model_outputs import OutputKind

Form = Literal["out", "half", "pool"]
Array = TypeVar("Array", bound=np.ndarray[Any, Any])


class World(NamedTuple):
    """Evidence and the truth that it does not hold."""

    evidence: Evidence
    member: Bools  # (n,) of the audited records


class Records(NamedTuple):
    """What all models share."""

    labels: Ints  # (n,)
    base: Floats  # (n, C) logits of a model that did not see the record


def gaussian_world(
    rng: np.random.Generator,
    n: int = 600,
    references: int = 8,
    shadows: int = 1,
    classes: int = 4,
    leak: float = 3.0,
    form: Form = "half",
    known: int = 300,
    population: int = 400,
) -> World:
    """A target, shadows and references over n audited records, half of them members.

    Forms:
        out: other records for each shadow; no reference was trained on any of them (the six-way split).
        half: as `out`, but each record is in half of the references.
        pool: one table of models over the same n records, each record in half of them; every panel is a view of it.

    `known` records (of the target) and `population` records are other ones; 0 leaves the panel out.
    """
    if form == "pool":
        panels = _pool(rng, n, references, shadows, classes, leak)
    else:
        panels = [_panel(rng, n, references, classes, leak, form) for _ in range(1 + shadows)]
    audit, *shadow_panels = panels
    seen = range(1 + shadows) if population else ()
    populations = [_population(rng, population, audit.n_references, classes) for _ in seen]
    evidence = Evidence(  # unchecked: tiny worlds may have a shadow without members
        audit=audit.hidden(),
        shadows=tuple(shadow_panels),
        known=_panel(rng, known, 0, classes, leak, "out") if known else None,
        population=populations[0] if population else None,
        shadow_populations=tuple(populations[1:]),
    )
    return World(evidence, truth_of(audit))


def with_views(world: World, rng: np.random.Generator, count: int = 3) -> World:
    """The world with further views of its records, on which each model's outputs differ by noise."""
    tables: dict[int, list[Outputs]] = {}

    def seen(view: View, v: int) -> View:
        of = view.outputs
        if id(of) not in tables:
            noisy = [[frozen(x + rng.normal(0.0, 0.7, size=x.shape)) for x in of.values] for _ in range(count)]
            tables[id(of)] = [replace(of, values=values, _signals={}, _tempered={}) for values in noisy]
        return replace(view, outputs=tables[id(of)][v])

    def change(panel: Panel) -> Panel:
        target, references = panel.target_view, panel.reference_view
        further = (Augmented(seen(target, v), references and seen(references, v)) for v in range(count))
        return replace(panel, views=tuple(further))

    return World(world.evidence.each(change), world.member)


def with_students(world: World, rng: np.random.Generator, leak: float = 3.0) -> World:
    """The world with four students of each model under attack, near their teacher on what they learned.

    On other records their true class has a logit that is lower by the `leak` of the world's members.
    """

    def taught(panel: Panel, member: Bools) -> Panel:
        first = rng.random((2, len(panel))) < 0.5
        flags, answers = np.concatenate([first, ~first]), panel.target("logits")
        raised = np.zeros_like(answers)
        raised[np.arange(len(panel)), panel.labels] = leak * member
        others = answers - raised + rng.normal(0.0, 0.5, size=(4, *answers.shape))
        return panel.with_students(np.where(flags[:, :, None], 0.8 * answers + 0.2 * others, others), flags)

    evidence = world.evidence
    shadows = tuple(taught(shadow, truth_of(shadow)) for shadow in evidence.shadows)
    return World(replace(evidence, audit=taught(evidence.audit, world.member), shadows=shadows), world.member)


def as_numbers(evidence: Evidence, kind: OutputKind, signal: str = "scaled_logit", unit: float = 1.0) -> Evidence:
    """The same models, of which only one number per record is known.

    `loss` is the cross-entropy, `score` the signal of that name in units of `unit`.
    """
    tables: dict[int, Outputs] = {}

    def change(view: View) -> View:
        of = view.outputs
        if id(of) not in tables:
            numbers = -of.signal("loss") if kind == "loss" else of.signal(signal) / unit
            tables[id(of)] = Outputs(np.zeros_like(of.labels), list(numbers[:, :, None]), kind)
        return replace(view, outputs=tables[id(of)])

    return evidence.changed(change).with_floor()


def number_pool(rng: np.random.Generator, n: int, models: int, leak: float) -> tuple[Pool, Bools]:
    """Models known by a score: N(mu of the record, 1), higher by `leak` where the model was trained on it.

    The pool has `models` models, each trained on a random half of the records; also who was in the first one, (n,).
    """
    inside = _halves(rng, models, n)
    scores = rng.normal(0.0, 3.0, size=n) + rng.normal(size=(models, n)) + leak * inside
    return Pool.of(scores, in_training=inside, kind="score"), inside[0]


def truth_of(panel: Panel) -> Bools:
    """(n,) the member array of a panel that has one."""
    assert panel.member is not None
    return panel.member


def binary_logits(phi: Floats) -> Floats:
    """Logits (..., 2) whose class 1 has the scaled logit phi, to the last bit; no row sums to 1 as probabilities do."""
    return np.stack([-phi / 2.0, phi / 2.0], axis=-1)


def panel_of_phi(
    target: Floats,
    references: Floats | None = None,
    in_reference: Bools | None = None,
    member: Bools | None = None,
    ids: Ints | None = None,
) -> Panel:
    """A panel of two-class models from scaled logits: target (n,), references (R, n). All labels are 1."""
    target = np.asarray(target, dtype=np.float64)
    others = () if references is None else binary_logits(np.asarray(references, dtype=np.float64))
    return Panel.of(binary_logits(target), np.ones(len(target), dtype=np.int64), others, in_reference, member, ids)


def bare(panel: Panel) -> Panel:
    """The panel without its references and further views."""
    return Panel(panel.target_view, member=panel.member, ids=panel.ids)


def auc(scores: Floats, member: Bools) -> float:
    """Probability that a random member scores above a random non-member, ties counting half."""
    inside, outside = np.sort(scores[member]), np.sort(scores[~member])
    below = np.searchsorted(outside, inside, side="left") + np.searchsorted(outside, inside, side="right")
    return float(below.sum() / (2.0 * len(inside) * len(outside)))


def frozen(array: Array) -> Array:
    """The array, not to be written to."""
    array.flags.writeable = False
    return array


def half(rng: np.random.Generator, n: int) -> Bools:
    """A random half of n records."""
    member = np.arange(n) < n // 2
    rng.shuffle(member)
    return member


def _records(rng: np.random.Generator, n: int, classes: int) -> Records:
    labels = rng.integers(classes, size=n)
    base = rng.normal(0.0, 1.0, size=(n, classes))
    base[np.arange(n), labels] += 2.0 + rng.normal(0.0, 1.5, size=n)
    return Records(labels, base)


def _logits(rng: np.random.Generator, records: Records, inside: Bools, leak: float) -> Floats:
    """(n, C) of one model that was trained on `inside`."""
    logits = records.base + rng.normal(0.0, 0.7, size=records.base.shape)
    logits[np.arange(len(inside)), records.labels] += leak * inside
    return frozen(logits)


def _halves(rng: np.random.Generator, models: int, n: int) -> Bools:
    """(models, n): each record in exactly half of the models (rounded down)."""
    order = rng.permuted(np.tile(np.arange(models)[:, None], (1, n)), axis=0)
    return order < models // 2


def _panel(rng: np.random.Generator, n: int, references: int, classes: int, leak: float, form: Form) -> Panel:
    records = _records(rng, n, classes)
    member = half(rng, n)
    inside = _halves(rng, references, n) if form == "half" else np.zeros((references, n), dtype=bool)
    target = _logits(rng, records, member, leak)
    others = [_logits(rng, records, row, leak) for row in inside]
    return Panel.of(target, records.labels, others, inside, member)


def _pool(rng: np.random.Generator, n: int, references: int, shadows: int, classes: int, leak: float) -> list[Panel]:
    records = _records(rng, n, classes)
    truth = half(rng, n)
    inside = np.concatenate([truth[None], _halves(rng, references, n)])
    pool = Pool.of([_logits(rng, records, row, leak) for row in inside], records.labels, inside)
    others = np.arange(1, references + 1)
    return [pool.stand_in(m, others[others != m]) for m in range(shadows + 1)]


def _population(rng: np.random.Generator, size: int, references: int, classes: int) -> Panel:
    panel = _panel(rng, size, references, classes, 0.0, "out")
    return panel.hidden()
