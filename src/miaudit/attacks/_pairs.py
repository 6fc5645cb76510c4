"""Learns from two models, of which one was trained on a record, to tell from their outputs which one it was."""

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.arrays import Floats, Ints
from miaudit.attacks._classifier import draw
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._temperature import DEFAULT, tempered
from miaudit.evidence import Panel, View
from miaudit.evidence.panel import required
from miaudit.maths.ranks import area
from miaudit.maths.threads import single_threaded

TEMPERATURES = (1.0, 2.0, 4.0)  # at which losses are compared
SURER = [1] * (len(TEMPERATURES) + 1)  # the surer the first model, the more likely it was the one
AROUND = [0, 0, 0]  # how its loss changes around the record may mean anything
WEIGHT = 2.0  # of the ratio, beside the log odds
ENOUGH = 100  # records to learn from; fewer teach nothing
ITERATIONS, LEARNING_RATE, LEAVES = 100, 0.08, 8
LEAF, SHARE = 100, 20  # a leaf holds LEAF examples, or one in SHARE of them where they are few


def teaches_pairs(panel: Panel) -> bool:
    """Are there two references, of which one was trained on the record and one was not, for enough records?"""
    return panel.n_references == 2 and len(_taught(panel)) >= ENOUGH


def views_help(panel: Panel, temperature: float) -> bool:
    """Do losses averaged over all views tell better which of two references was trained on a record?"""
    if not panel.views:
        return False
    soft = tempered(panel.select(_taught(panel)), temperature)
    member = soft.in_reference.ravel()
    alone, averaged = (area(rankdata(_gaps(soft, views)), member) for views in (1, 1 + len(panel.views)))
    return bool(averaged > alone)


def pair_is_helped(panel: Panel) -> bool | None:
    """Do further views help to tell two references apart? None where there is no such pair."""
    if panel.kind == "score" or not teaches_pairs(panel):
        return None
    return views_help(panel, DEFAULT)


def pair_score(panel: Panel, temperature: float, limit: int, rng: np.random.Generator) -> Floats:
    """What trees make of the target beside each of two references, and its ratio to their mean probability, (n,).

    The trees learn from records that exactly one of the two references was trained on: they tell from the outputs of
    both models which one it was. Then they compare the target with each reference. The first term of the score is the
    mean of their log odds that the target was trained on the record. The trees never learnt from records that both
    models, or neither, were trained on; the second term, the ratio, also holds for those. Each term is divided by its
    spread between the references. The ratio counts WEIGHT times, as it orders the surest records better.

    Where there are further views of the records, the trees also see how each model's loss changes around the record,
    and the ratio is averaged over all views if that tells the two references apart better.

    Args:
        panel: records and models, of which `teaches_pairs` is true; the truth about the target is not read.
        temperature: of the ratio.
        limit: most examples to learn from, two of each record; drawn at random where there are more.
        rng: draws them.
    """
    taught = _taught(panel)
    learnt = panel.select(taught[draw(rng, len(taught), max(1, limit // 2))])
    first, second = _signals(_of_references(learnt))
    examples = np.concatenate([_features(first, second), _features(second, first)])
    surer = [*SURER, *AROUND] if panel.views else SURER
    trees = HistGradientBoostingClassifier(
        max_iter=ITERATIONS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=max(1, min(LEAF, len(examples) // SHARE)),
        early_stopping=False,
        monotonic_cst=[*surer, *(-sign for sign in surer), *surer],
        random_state=int(rng.integers(2**31)),
    )
    target = _signals((panel.target_view, *(view.target for view in panel.views)))[0]
    with single_threaded():
        trees.fit(examples, learnt.in_reference.ravel())
        unit = spread(trees.decision_function(examples))
        odds = [trees.decision_function(_features(target, reference)) for reference in _signals(_of_references(panel))]
    return 0.5 * (odds[0] + odds[1]) / unit + WEIGHT * _ratio(panel, learnt, temperature)


def _ratio(panel: Panel, learnt: Panel, temperature: float) -> Floats:
    """The ratio (n,) to the mean probability, in units of its spread between the references."""
    shown, known = (tempered(each, temperature) for each in (panel, learnt))
    views = len(panel.views) + 1 if views_help(learnt, temperature) else 1
    ratio: Floats = np.mean([base_ratio(view) for view in shown.each_view()[:views]], axis=0)
    return ratio / spread(_gaps(known, views))


def _taught(panel: Panel) -> Ints:
    """The records that exactly one of two references was trained on."""
    return np.flatnonzero(panel.in_reference[0] != panel.in_reference[1])


def _gaps(panel: Panel, views: int) -> Floats:
    """(2n,) how much surer the first reference is than the second, then the second than the first, over some views."""
    losses = np.mean([view.references("loss") for view in panel.each_view()[:views]], axis=0)
    gaps = losses[0] - losses[1]
    return np.concatenate([gaps, -gaps])


def _of_references(panel: Panel) -> tuple[View, ...]:
    """The references' outputs on the records, and on each further view of them."""
    return tuple(required(view) for view in (panel.reference_view, *(view.references for view in panel.views)))


def _signals(views: tuple[View, ...]) -> Floats:
    """(M, n, S) the signals of each model: losses at several temperatures, the scaled logit, and the loss around."""
    alone, *others = views
    losses = [alone.outputs.tempered(temperature) for temperature in TEMPERATURES]
    columns = [outputs.signal("loss", alone.models, alone.records) for outputs in losses]
    columns.append(alone.signal("scaled_logit"))
    if others:
        around = np.stack([view.signal("loss") for view in others])
        loss = alone.signal("loss")
        columns += [(around - loss).mean(axis=0), around.std(axis=0), (around < loss).mean(axis=0)]
    return np.stack(columns, axis=-1)


def _features(first: Floats, second: Floats) -> Floats:
    """(n, 3 S) what is seen of a pair of models: signals (n, S) of each, and their differences."""
    return np.concatenate([first, second, first - second], axis=1)


def spread(values: Floats) -> float:
    """The standard deviation of values (n,); 1 where all are equal."""
    return float(values.std()) if np.ptp(values) > 0 else 1.0  # rounding gives equal values a tiny deviation
