"""Does any attack seem to win where nothing leaks? Sections of `coverage.py`."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Literal, NamedTuple, get_args

import numpy as np
from scipy import stats

from _page import Section, percent
from miaudit import registry
from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Attack, ReadsMore, check_needs
from miaudit.attacks.two_stage import TwoStage
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Outputs, Panel, Pool, View
from miaudit.evidence.panel import Augmented
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.roc import auc
from miaudit.seeds import generator

Form = Literal["other records", "half", "pool"]
WORLDS = 200
RECORDS, CLASSES, REFERENCES, SHADOWS = 300, 3, 6, 2
KNOWN, POPULATION = 100, 200
VIEWS, WITH_VIEWS = 4, ", views"
NOISE_SHADOWS = 200
CONFIDENCE = 0.95


class Verdict(NamedTuple):
    """What one attack's metrics say of one world."""

    attack: str
    holds_half: bool  # the interval of the AUC
    epsilon_above_0: bool


def null_world(rng: np.random.Generator, form: Form, records: int = RECORDS) -> tuple[Evidence, Bools]:
    """Models whose outputs do not depend on what they were trained on, and the audited records' membership.

    Forms: references trained on other records, as in the six-way split; references trained on half of a panel's records
    each; one pool of models, in half of which each record is, and which stand as shadows and references of each other.
    """
    if form == "pool":
        audit, *shadows = _pool_panels(rng, records)
    else:
        audit, *shadows = (_panel(rng, records, form == "half") for _ in range(1 + SHADOWS))
    if audit.member is None:
        raise ValueError("a panel of this world has its truth")
    known, population = _panel(rng, KNOWN, False), _panel(rng, POPULATION, False)
    return Evidence.of(audit, shadows, known, population.hidden()), audit.member


def _outputs(rng: np.random.Generator, models: int, n: int) -> tuple[Floats, Ints]:
    """Logits (models, n, C) and labels (n,): each record has its difficulty, each model its noise."""
    labels = rng.integers(CLASSES, size=n)
    logits = rng.normal(size=(n, CLASSES)) + rng.normal(0.0, 0.7, size=(models, n, CLASSES))
    logits[:, np.arange(n), labels] += rng.normal(2.0, 1.5, size=n)
    return logits, labels


def _halves(rng: np.random.Generator, models: int, n: int) -> Bools:
    """(models, n): each record in half of the models."""
    return rng.permuted(np.tile(np.arange(models)[:, None] < models // 2, (1, n)), axis=0)


def _panel(rng: np.random.Generator, n: int, half: bool) -> Panel:
    """A panel whose target is the first of some models, and whose references are the others."""
    logits, labels = _outputs(rng, 1 + REFERENCES, n)
    inside = _halves(rng, REFERENCES, n) if half else np.zeros((REFERENCES, n), dtype=bool)
    return Panel.of(logits[0], labels, logits[1:], inside, rng.permutation(n) < n // 2)


def _pool_panels(rng: np.random.Generator, records: int) -> Iterator[Panel]:
    logits, labels = _outputs(rng, 1 + REFERENCES, records)
    target = rng.permutation(records) < records // 2
    inside = np.concatenate([target[None], _halves(rng, REFERENCES, records)])
    pool, references = Pool.of(logits, labels, inside), np.arange(1, 1 + REFERENCES)
    for m in range(1 + SHADOWS):
        yield pool.stand_in(m, references[references != m])


def with_views(evidence: Evidence, rng: np.random.Generator) -> Evidence:
    """The evidence with further views of its records, on which each model's logits differ by noise."""
    tables: dict[int, list[Outputs]] = {}

    def seen(view: View, number: int) -> View:
        of = view.outputs
        if id(of) not in tables:  # panels of one pool share a table
            noisy = [[np.asarray(x) + rng.normal(0.0, 0.7, size=x.shape) for x in of.values] for _ in range(VIEWS)]
            tables[id(of)] = [Outputs(of.labels, values, of.kind, of.floor, of.unit) for values in noisy]
        return replace(view, outputs=tables[id(of)][number])

    def change(panel: Panel) -> Panel:
        target, others = panel.target_view, panel.reference_view
        further = (Augmented(seen(target, v), None if others is None else seen(others, v)) for v in range(VIEWS))
        return replace(panel, views=tuple(further))

    return evidence.each(change)


def verdicts(number: int) -> list[Verdict]:
    """All attacks on one world, those that read views also with views; its form goes round with its number."""
    forms = get_args(Form)
    evidence, member = null_world(generator(0, "null evidence", number), forms[number % len(forms)])
    seen = with_views(evidence, generator(0, "null views", number))
    found = []
    for title, attack in rows_of_attacks().items():
        judged = seen if title.endswith(WITH_VIEWS) else evidence
        if applies(title, attack, judged):
            scores = attack.score(judged, generator(number, "attack", title))
            found.append(_verdict(title, scores, member))
    return found


def rows_of_attacks() -> dict[str, Attack]:
    """All attacks by the titles of their rows; those that read views once without them, unless they need them."""
    rows: dict[str, Attack] = {}
    for name in registry.names("attacks"):
        attack: Attack = registry.build("attacks", name, {})
        if not attack.needs.views:
            rows[name] = attack
        if attack.needs.views or (isinstance(attack, ReadsMore) and attack.helped_by.views):
            rows[name + WITH_VIEWS] = attack
    return rows


def applies(name: str, attack: Attack, evidence: Evidence) -> bool:
    try:
        check_needs(name, attack, evidence)
    except UserError:
        return False
    return True


def _verdict(name: str, scores: Floats, member: Bools) -> Verdict:
    area = auc(scores, member)
    holds = area.low is not None and area.high is not None and area.low <= 0.5 <= area.high
    return Verdict(name, holds, (epsilon(scores, member).low or 0.0) > 0.0)


def null_attacks() -> Section:
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        found = list(chain.from_iterable(workers.map(verdicts, range(WORLDS), chunksize=5)))
    rows: list[tuple[str, ...]] = []
    for name in rows_of_attacks():
        of_attack = [verdict for verdict in found if verdict.attack == name]
        holds, above = ((v.holds_half for v in of_attack), (v.epsilon_above_0 for v in of_attack))
        rows.append((name, str(len(of_attack)), percent(holds), percent(above)))
    text = (
        f"{WORLDS} worlds of synthetic evidence in which no model's outputs depend on its training set: {RECORDS} "
        f"audited records, half of them members, {REFERENCES} references, {SHADOWS} shadows; by turns references "
        f"trained on other records, references trained on half of the records, and one pool of models; {VIEWS} views "
        "of each record where the row says so. Attacks have "
        "their defaults; those that learn do so anew in each world. The 95 % interval of the AUC should hold 0.5 in "
        "at least 93 %, the 95 % lower bound of epsilon should pass 0 in at most 5 %; a share of 200 worlds has "
        "itself an error of about 3 percentage points (two standard errors)."
    )
    return Section(
        "No leakage, attack by attack",
        text,
        ("attack", "worlds", "AUC interval holds 0.5", "epsilon bound above 0"),
        rows,
    )


def guarantee() -> Section:
    rows: list[tuple[str, ...]] = []
    for records in (400, 2000):
        for alpha in (0.55, 0.6, 0.75):
            rng = generator(0, "guarantee", records, str(alpha))
            shadows = [_noise(rng, records) for _ in range(NOISE_SHADOWS)]
            promised = [_promises(shadow, alpha, rng) for shadow in shadows]
            searched = [_some_bound_meets(shadow, alpha) for shadow in shadows]
            rows.append((f"{records:,}", f"{alpha:g}", percent(promised), percent(searched)))
    text = (
        f"`two_stage` with `guarantee=0.95` on {NOISE_SHADOWS} shadows a row whose outputs are noise: no cut has a "
        "precision above one half, so each time that the constraint is said to be met is an error; at most 5 % may be. "
        "The last column is the usual mistake: all pairs of cuts are searched for one whose own 95 % Clopper-Pearson "
        "bound reaches alpha."
    )
    header = ("shadow records", "alpha", "guarantee wrongly met", "bound after a search wrongly met")
    return Section("A precision guarantee on noise", text, header, rows)


def _noise(rng: np.random.Generator, records: int) -> Panel:
    """A shadow of which each record is a member by a fair coin, with two references."""
    logits, labels = _outputs(rng, 3, records)
    return Panel.of(logits[0], labels, logits[1:], member=rng.random(records) < 0.5)


def _promises(shadow: Panel, alpha: float, rng: np.random.Generator) -> bool:
    attack = TwoStage(alpha=alpha, guarantee=CONFIDENCE, search="exact")
    told = attack.explain(Evidence.of(shadow, [shadow]), rng)
    return bool(told["constraint_met"])


def _some_bound_meets(shadow: Panel, alpha: float) -> bool:
    """Over 20 cuts on the loss, each with all cuts on the calibrated loss."""
    s0 = shadow.target("loss")
    order = np.argsort(shadow.references("loss").mean(axis=0) - s0)  # of the calibrated loss, falling
    member = np.asarray(shadow.member)[order]
    remaining = s0[order] >= np.quantile(s0, np.arange(20) / 20.0)[:, None]
    called, right = np.cumsum(remaining, axis=1), np.cumsum(remaining & member, axis=1)
    return bool((stats.binom.sf(right - 1, called, alpha) <= 1.0 - CONFIDENCE).any())
