"""The features of a record that the ensemble reads: the scores of the other attacks, and their ingredients."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.attacks._gaussian import deviation, log_density, pooled
from miaudit.attacks._mean_probability import log_mean
from miaudit.attacks._predictive import predictive
from miaudit.attacks._shadows import truth
from miaudit.attacks._temperature import tempered
from miaudit.evidence import Panel, Students
from miaudit.maths.counts import has_both
from miaudit.maths.moments import mean_of, moments_of

# Whether a larger value makes a member more likely (1), or may mean anything (0): in the order of the features.
OFFLINE = (0, 1, 1, 1, 1, 1, 1, 1, 1, 0)
ONLINE = (1, 1, 1, 0, 0)
AROUND = (0, 0, 0, 0, 1, 1, 1)
AROUND_ONLINE = (1, 1)
OF_STUDENTS = (1, 0, 0, 0, 0)
RATIO_COLUMN = 7  # the place among the features of the ratio to the mean probability, at the temperature asked for


class Sides(NamedTuple):
    """The references that stand for models trained with, and without, each record."""

    inside: Bools  # (R, n)
    outside: Bools  # (R, n)

    @property
    def both(self) -> bool:
        """Has every record a reference of both kinds?"""
        return bool(self.inside.any(axis=0).all() and self.outside.any(axis=0).all())


def sides(panel: Panel) -> Sides:
    """All references of the panel, by whether they were trained on each record."""
    return Sides(panel.in_reference, ~panel.in_reference)


def balanced_sides(shadow: Panel, rng: np.random.Generator) -> Sides:
    """A shadow's references, chosen so that their number does not reveal who is its member.

    In a pool where each record is in equally many of the models, a member of the shadow is in one reference fewer
    than a non-member: a classifier would learn that count, which says nothing about the audited records. There, one
    reference at random is left out: without the record for members, with it for the others. (No count tells anything
    where the references were trained on other records, or on halves drawn for each model by itself, or where the
    shadow's twin, trained on just the other records, is none of them.)
    """
    every = sides(shadow)
    inside, outside = every
    member = truth(shadow)
    counts = inside.sum(axis=0)
    models = counts + member  # that were trained on the record
    if not has_both(member) or np.ptp(models) > 1:  # 1: halves of an odd number
        return every
    if round(float(counts[~member].mean() - counts[member].mean())) != 1:
        return every
    return Sides(_one_fewer(inside, ~member, rng), _one_fewer(outside, member, rng))


def _one_fewer(chosen: Bools, where: Bools, rng: np.random.Generator) -> Bools:
    """Drop one chosen model of each of these records at random, unless it is the record's last one."""
    dropped = np.where(chosen, rng.random(chosen.shape), -1.0).argmax(axis=0)
    spared = where & (chosen.sum(axis=0) > 1)
    kept = chosen.copy()
    kept[dropped[spared], np.flatnonzero(spared)] = False
    return kept


def directions(panel: Panel, online: bool) -> list[int]:
    """Each feature's direction (F,), 1 or 0, as scikit-learn's monotonic constraints have it."""
    found = [*OFFLINE, *ONLINE] if online else [*OFFLINE]
    if panel.views:
        found += [*AROUND, *AROUND_ONLINE] if online else AROUND
    return [*found, *OF_STUDENTS] if panel.students is not None else found


def features(panel: Panel, chosen: Sides, online: bool, temperature: float) -> Floats:
    """Features (n, F) of a panel's records; `online` adds those that need models trained on the record."""
    seen = _seen(panel, chosen, temperature)
    phi, values, loss, losses, ratio = seen
    outside = moments_of(values, chosen.outside)
    out, unknown = pooled(outside), predictive(outside)
    columns = [
        panel.labels.astype(np.float64),
        loss,
        phi,
        loss - mean_of(losses, chosen.outside),
        deviation(phi, out),
        unknown.log_odds(phi),
        loss - log_mean(losses, chosen.inside | chosen.outside),
        ratio,
        phi - out.centre,
        out.centre,
    ]
    if online:
        inside = moments_of(values, chosen.inside)
        within = pooled(inside)
        columns += [
            log_density(phi, within) - log_density(phi, out),
            predictive(inside).log_density(phi) - unknown.log_density(phi),
            phi - within.centre,
            within.centre,
            within.centre - out.centre,
        ]
    if panel.views:
        columns += _around(seen, panel.each_view()[1:], chosen, online, temperature)
    if panel.students is not None:
        columns += of_students(phi, panel.students)
    return np.stack(columns, axis=1)


def of_students(phi: Floats, students: Students) -> list[Floats]:
    """Features (n,) of the students: how sure of the label the model is, compared with students of either kind.

    A student that has not learned the answer shows roughly what this very model would answer if it had not been trained
    on the record.

    Args:
        phi: (n,) scaled logits of the model itself.
        students: for each record, some have learned the model's answer and some have not.
    """
    values = students.view.signal("scaled_logit")
    within, without = mean_of(values, students.taught), mean_of(values, ~students.taught)
    return [phi - without, without, phi - within, within, within - without]


class _Seen(NamedTuple):
    """What one view of the records shows."""

    phi: Floats  # (n,) scaled logits of the target
    values: Floats  # (R, n) and of the references
    loss: Floats  # (n,) which follows from the scaled logits
    losses: Floats  # (R, n)
    ratio: Floats  # (n,) to the mean probability, at the temperature asked for


def _seen(view: Panel, chosen: Sides, temperature: float) -> _Seen:
    soft = tempered(view, temperature)
    return _Seen(
        phi=view.target("scaled_logit"),
        values=view.references("scaled_logit"),
        loss=view.target("loss"),
        losses=view.references("loss"),
        ratio=soft.target("loss") - log_mean(soft.references("loss"), chosen.inside | chosen.outside),
    )


def _around(first: _Seen, others: Sequence[Panel], chosen: Sides, online: bool, temperature: float) -> list[Floats]:
    """Features (n,) of the further views: the loss around the record, and scores averaged over all views.

    The share of views with a larger loss is Merlin's score, of which Morgan asks beside the loss itself
    (Jayaraman et al. 2021, section 5).
    """
    phi, values, ratio = (of_first.copy() for of_first in (first.phi, first.values, first.ratio))
    around, mean_around = np.empty((len(others), len(phi))), np.zeros(values.shape)
    for v, other in enumerate(others):  # one view at a time is held
        seen = _seen(other, chosen, temperature)
        around[v] = seen.loss
        for total, of_view in ((phi, seen.phi), (values, seen.values), (ratio, seen.ratio), (mean_around, seen.losses)):
            total += of_view
    for total in (phi, values, ratio):
        total /= 1 + len(others)
    mean_around /= len(others)
    falls = (around - first.loss).mean(axis=0)
    out = pooled(moments_of(values, chosen.outside))
    columns = [
        falls,
        around.std(axis=0),
        (around < first.loss).mean(axis=0),
        falls - mean_of(mean_around - first.losses, chosen.outside),
        ratio,
        deviation(phi, out),
        phi - out.centre,
    ]
    if not online:
        return columns
    within = pooled(moments_of(values, chosen.inside))
    return [*columns, log_density(phi, within) - log_density(phi, out), phi - within.centre]
