"""Learns from two models, of which one was trained on a record, to tell from their outputs which one it was."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.arrays import Floats
from miaudit.attacks._classifier import draw
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._temperature import tempered
from miaudit.evidence import Panel, View
from miaudit.evidence.panel import required
from miaudit.maths.threads import single_threaded

TEMPERATURES = (1.0, 2.0, 4.0)  # at which losses are compared
SURER = [1] * (len(TEMPERATURES) + 1)  # the surer the first model, the more likely it was the one
DIRECTIONS = [*SURER, *(-sign for sign in SURER), *SURER]
WEIGHT = 2.0  # of the ratio, beside the log odds
ENOUGH = 100  # records to learn from; fewer teach nothing
ITERATIONS, LEARNING_RATE, LEAVES = 100, 0.08, 8
LEAF, SHARE = 100, 20  # a leaf holds LEAF examples, or one in SHARE of them where they are few


def teaches_pairs(panel: Panel) -> bool:
    """Are there two references, of which one was trained on the record and one was not, for enough records?"""
    return panel.n_references == 2 and int((panel.in_reference[0] != panel.in_reference[1]).sum()) >= ENOUGH


def pair_score(panel: Panel, temperature: float, limit: int, rng: np.random.Generator) -> Floats:
    """What trees make of the target beside each of two references, and its ratio to their mean probability, (n,).

    The trees learn from records that exactly one of the two references was trained on: they tell from the outputs of
    both models which one it was. Then they compare the target with each reference. The first term of the score is the
    mean of their log odds that the target was trained on the record. The trees never learnt from records that both
    models, or neither, were trained on; the second term, the ratio, also holds for those. Each term is divided by its
    spread between the references. The ratio counts WEIGHT times, as it orders the surest records better.

    Args:
        panel: records and models, of which `teaches_pairs` is true; the truth about the target is not read.
        temperature: of the ratio.
        limit: most examples to learn from, two of each record; drawn at random where there are more.
        rng: draws them.
    """
    one_knows = np.flatnonzero(panel.in_reference[0] != panel.in_reference[1])
    learnt = panel.select(one_knows[draw(rng, len(one_knows), max(1, limit // 2))])
    first, second = _signals(required(learnt.reference_view))
    examples = np.concatenate([_features(first, second), _features(second, first)])
    trees = HistGradientBoostingClassifier(
        max_iter=ITERATIONS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=max(1, min(LEAF, len(examples) // SHARE)),
        early_stopping=False,
        monotonic_cst=DIRECTIONS,
        random_state=int(rng.integers(2**31)),
    )
    target = _signals(panel.target_view)[0]
    with single_threaded():
        trees.fit(examples, learnt.in_reference.ravel())
        unit = spread(trees.decision_function(examples))
        odds = [
            trees.decision_function(_features(target, reference))
            for reference in _signals(required(panel.reference_view))
        ]
    losses = tempered(learnt, temperature).references("loss")
    gaps = losses[0] - losses[1]
    ratio = base_ratio(tempered(panel, temperature)) / spread(np.concatenate([gaps, -gaps]))
    return 0.5 * (odds[0] + odds[1]) / unit + WEIGHT * ratio


def _signals(view: View) -> Floats:
    """(M, n, S) the signals of each model: losses at several temperatures, and the scaled logit."""
    losses = [view.outputs.tempered(temperature) for temperature in TEMPERATURES]
    columns = [outputs.signal("loss", view.models, view.records) for outputs in losses]
    return np.stack([*columns, view.signal("scaled_logit")], axis=-1)


def _features(first: Floats, second: Floats) -> Floats:
    """(n, 3 S) what is seen of a pair of models: signals (n, S) of each, and their differences."""
    return np.concatenate([first, second, first - second], axis=1)


def spread(values: Floats) -> float:
    """The standard deviation of values (n,); 1 where all are equal."""
    return float(values.std()) if np.ptp(values) > 0 else 1.0  # rounding gives equal values a tiny deviation
