"""Learns from two models, of which one was trained on a record, to tell from their outputs which one it was."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._odds import line
from miaudit.attacks._temperature import DEFAULT, tempered
from miaudit.evidence import Panel, View
from miaudit.evidence.panel import required
from miaudit.maths.draws import draw
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
    spread between the references. The ratio counts WEIGHT times, as it orders the surest records better. The log odds
    count as far as they are `carried` from one model to the other: trees that learn from two unlike models, of which
    one is hardly trained, say, mostly learn how these two differ, and the target is a third model.

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
    trees = _trees(len(examples), surer, rng)
    target = _signals((panel.target_view, *(view.target for view in panel.views)))[0]
    with single_threaded():
        trees.fit(examples, learnt.in_reference.ravel())
        unit = spread(trees.decision_function(examples))
        odds = [trees.decision_function(_features(target, reference)) for reference in _signals(_of_references(panel))]
        share = carried(learnt, surer, rng)
    return share * 0.5 * (odds[0] + odds[1]) / unit + WEIGHT * _ratio(panel, learnt, temperature)


class _Slope(NamedTuple):
    """How fast the log odds of membership rise with those that trees give: 1 if trees are as sure as they may be."""

    value: float
    error: float  # its standard error

    @classmethod
    def of(cls, scored: list[tuple[Floats, Bools]]) -> "_Slope":
        """Estimate the slope from lists of log odds (m,) and membership (m,)."""
        odds, member = (np.concatenate(parts) for parts in zip(*scored, strict=True))
        fitted = required(line(odds, member))  # each record is judged with either model: half are members
        p = expit(fitted.log_ratio(odds))
        information = float(np.sum(p * (1 - p) * (odds - odds.mean()) ** 2))
        return cls(fitted.slope, information**-0.5 if information > 0 else 0.0)


def carried(learnt: Panel, surer: list[int], rng: np.random.Generator) -> float:
    """How much of what trees learn about one model holds for another, in [0, 1].

    Trees learn on half of the records what tells the members of one reference, seen beside the other reference. On the
    other half of the records they judge this reference, and then the other one in its place. The share is that of two
    slopes of membership on log odds (Platt 1999): where trees judge the model that they did not learn about, and where
    they judge the one that they did. The standard error of the slopes' difference is added to the first slope, as the
    benefit of the doubt. The share is 1 where it cannot be measured, for instance because one model was trained on all
    of the records.

    Args:
        learnt: records that exactly one of its two references was trained on.
        surer: each signal's direction (S,).
        rng: draws the halves.
    """
    signals, member = _signals(_of_references(learnt)), learnt.in_reference
    halves = np.array_split(rng.permutation(len(learnt)), 2)
    if any(member[0, half].all() or not member[0, half].any() for half in halves):
        return 1.0
    own: list[tuple[Floats, Bools]] = []
    others: list[tuple[Floats, Bools]] = []
    for model, other in ((0, 1), (1, 0)):
        seen, swapped = _features(signals[model], signals[other]), _features(signals[other], signals[model])
        for half, judged in (halves, halves[::-1]):
            trees = _trees(len(half), surer, rng)
            trees.fit(seen[half], member[model, half])
            own.append((trees.decision_function(seen[judged]), member[model, judged]))
            others.append((trees.decision_function(swapped[judged]), member[other, judged]))
    here, there = _Slope.of(own), _Slope.of(others)
    doubt = float(np.hypot(here.error, there.error))
    return min(1.0, (there.value + doubt) / here.value) if here.value > 0 else 1.0


def _trees(examples: int, surer: list[int], rng: np.random.Generator) -> HistGradientBoostingClassifier:
    """Trees that are to learn from so many examples, not yet fitted."""
    return HistGradientBoostingClassifier(
        max_iter=ITERATIONS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=max(1, min(LEAF, examples // SHARE)),
        early_stopping=False,
        monotonic_cst=[*surer, *(-sign for sign in surer), *surer],
        random_state=int(rng.integers(2**31)),
    )


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
