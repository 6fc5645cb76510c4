"""Finds the columns of a table that hold the outputs of the model."""

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.evidence.io.candidates import Candidates
from miaudit.evidence.io.given_outputs import given_outputs
from miaudit.evidence.io.groups import DOCUMENTED, Group, matched, named, numbered, single, some
from miaudit.evidence.io.likeliest import is_of_predicted, likeliest, top_of
from miaudit.evidence.io.outs import Outs, formed
from miaudit.evidence.io.pair import names_in
from miaudit.messages import listed

ALIKE = 0.02  # rows sum to 1 within this where all of a model's classes are there


def outputs_in(among: Candidates) -> Outs:
    """The outputs among the free columns; raises UserError where there are none, or where they could be several."""
    if among.hints.probabilities:
        return formed(among, given_outputs(among.hints, among.labels))
    if among.hints.outputs == "labels":
        return likeliest(among)
    _check_gaps(among)
    families = numbered(among.numeric, among.label)
    if groups := _matched(among, families):
        return formed(among, _best(groups))
    if top_of(among.free):
        return likeliest(among)
    if families:
        return _unmatched(among, families)
    return _one_or_none(among)


def _matched(among: Candidates, families: list[Group]) -> list[Group]:
    """The groups of columns that match the labels, by number or by name."""
    groups = [group for group in (matched(family, among.labels) for family in families) if group is not None]
    for group in named(among.numeric, among.labels, among.label):
        whole = _completed(among, group)
        if not any(set(whole.columns) <= set(other.columns) for other in groups):
            groups.append(whole)
    return groups


def _best(groups: list[Group]) -> Group:
    """The group of the lowest rank; raises UserError where there are two."""
    best = min(group.rank for group in groups)
    first, *others = [group for group in groups if group.rank == best]
    if others:
        raise UserError(
            f"the columns {listed(first.columns)} and the columns {listed(others[0].columns)} could each hold the "
            "outputs of the model: name those to be read by --probabilities COLUMN,COLUMN,..."
        )
    return first


def _completed(among: Candidates, group: Group) -> Group:
    """The group with the columns that no label names, unless those of the labels sum to 1 without them."""
    if group.whole:
        return group
    own = [c for c, text in enumerate(group.classes) if text in among.labels]
    values = np.stack([among.columns.numbers(name) for name in group.columns], axis=1)
    if _sums_to_one(values) or (group.known and not _sums_to_one(values[:, own])):
        return group
    kept = tuple(group.classes[c] for c in own)
    columns = tuple(group.columns[c] for c in own)
    return group._replace(columns=columns, classes=kept, codes={text: c for c, text in enumerate(kept)})


def _sums_to_one(values: Floats) -> bool:
    """Do most rows sum to 1, or to 100 per cent?"""
    sums = values.sum(axis=1)
    off = np.minimum(np.abs(sums - 1), np.abs(sums / 100 - 1))
    return bool(len(off)) and bool((off <= ALIKE).mean() > 0.5)


def _one_or_none(among: Candidates) -> Outs:
    """Outputs in one column, of the positive or of the predicted class; or the predicted class alone."""
    many = len(among.labels) > 2
    if among.predicted and among.confidences and (many or is_of_predicted(among)):
        return likeliest(among)
    if groups := single(among.numeric, among.labels):
        return formed(among, _best(groups))
    if among.predicted:
        return likeliest(among)
    raise UserError(
        f"expected a column 'p0' (2 columns are missing), got {names_in(among.columns)}; no column is named after "
        f"the labels either, {some(among.labels)}: write a column of probabilities for each class, or name the columns "
        f"of the outputs by --probabilities, as COLUMN={next(reversed(among.labels), 'CLASS')},..."
    )


def _unmatched(among: Candidates, families: list[Group]) -> Outs:
    """Numbered columns that do not match the labels: the documented form, whose labels are checked later; else fail."""
    family = next((one for one in families if all(map(DOCUMENTED.fullmatch, one.columns))), families[0])
    first, last = family.columns[0], family.columns[-1]
    if first == "p0":
        return formed(among, family)
    raise UserError(
        f"expected labels {family.classes[0]} to {family.classes[-1]} beside the columns {first} to {last}, got "
        f"{some(among.labels)}; number both from 0, or say which column is of which class by --probabilities "
        f"'{first}=CLASS,...' ({len(family.columns):,} columns)"
    )


def _check_gaps(among: Candidates) -> None:
    """Raise UserError where columns p0, p1, ... in the documented form are not all there."""
    names = among.columns.names
    numbers = [int(match[1]) for name in among.free if (match := DOCUMENTED.fullmatch(name))]
    if 0 not in numbers:
        return
    classes = max(2, 1 + max(numbers))
    if classes > 2 * len(names):  # the number must be a mistake
        raise UserError(
            f"expected columns p0, p1, ... without a gap, got {len(names):,} columns for {classes:,} classes; number "
            "the classes from 0"
        )
    missing = [f"p{c}" for c in range(classes) if f"p{c}" not in among.columns.arrays]
    if missing:
        raise UserError(f"expected a column {missing[0]!r} ({len(missing):,} columns are missing), got {listed(names)}")
