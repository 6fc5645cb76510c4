"""Where a gate takes its intervals from: the scores, or the result alone where its confidence suffices."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from miaudit.arrays import Bools, Floats
from miaudit.auditing.groups import LABEL, Groups, classes_of, groups_by
from miaudit.decisions.rules import Ends, Rule
from miaudit.decisions.saved import SavedAudit
from miaudit.defences.base import Guarantee
from miaudit.metrics.quantity import Quantity

FURTHER = "column."  # start of the columns of scores.parquet that may form groups


class Part(NamedTuple):
    """The records that a check is about."""

    group: str | None  # value of the rule's column; None for all records
    rows: Bools | None  # (n,); None where the scores are not at hand
    members: int
    nonmembers: int


class Sides(NamedTuple):
    """One-sided confidences of the two ends of every interval."""

    low: float
    high: float


def parts_of(saved: SavedAudit, rule: Rule) -> tuple[Part, ...]:
    """All records or, for a rule on groups, those of each value of its column.

    Raises:
        UserError: the scores are needed and not at hand, there is no such column, or it does not make groups.
    """
    if rule.group_by is None:
        target = saved.result.target
        everyone = None if saved.scores is None else np.ones(len(saved.scores), dtype=bool)
        return (Part(None, everyone, target.members, target.nonmembers),)
    table = saved.needs_scores(f"a rule for each {rule.group_by}")
    member = table["member"].to_numpy()
    groups = _groups(saved, table, rule.group_by)
    parts = ((name, groups.of == place) for place, name in enumerate(groups.names))
    return tuple(Part(name, rows, int(member[rows].sum()), int((~member[rows]).sum())) for name, rows in parts)


def _groups(saved: SavedAudit, table: pa.Table, group_by: str) -> Groups:
    """The records in groups, as an audit with `--group-by` would form them."""
    names = saved.result.target.class_names
    classes = None if saved.result.target.classes == 0 else classes_of(table[LABEL].to_numpy(), names)
    kept = (name.removeprefix(FURTHER) for name in table.column_names if name.startswith(FURTHER))
    return groups_by([group_by], classes, {name: table[FURTHER + name].to_numpy() for name in kept})[group_by]


def ends_from_scores(rule: Rule, part: Part, scores: Floats, member: Bools, sides: Sides) -> Ends:
    """The measure of one attack's scores (n,) on a part of the records, each end at its own confidence."""
    if min(part.members, part.nonmembers) == 0:
        note = f"needs members and non-members, has {part.members:,} and {part.nonmembers:,}"
        return Ends(None, None, sides.low, None, sides.high, note)
    chosen = scores if part.rows is None else scores[part.rows]
    truth = member if part.rows is None else member[part.rows]
    strict = rule.measured(chosen, truth, rule.asked(sides.low))
    single = strict if sides.low == sides.high else rule.measured(chosen, truth, rule.asked(sides.high))
    return Ends(strict.value, strict.low, sides.low, single.high, sides.high, strict.note)


def ends_from_result(rule: Rule, saved: SavedAudit, attack: str, sides: Sides) -> Ends:
    """The measure as the result holds it; an end whose confidence is too low for this gate is left out.

    Raises:
        UserError: the ends that decide are not in the result, so that scores are needed.
    """
    finding = next((each for each in saved.result.findings if each.name == attack), None)
    held = sorted(rule.stored(saved.result.attacks[attack], finding), key=lambda quantity: quantity.confidence)
    strict, single = _first(rule, held, sides.low), _first(rule, held, sides.high)
    if single is None or (strict is None and rule.decides_by_low(single)):
        saved.needs_scores(f"a limit on {rule.title} at this policy's confidence")
    known = single or held[0]
    low = None if strict is None else strict.low
    low_side = sides.low if strict is None else rule.side(strict.confidence)
    return Ends(known.value, low, low_side, known.high, rule.side(known.confidence), known.note)


def _first(rule: Rule, held: list[Quantity], side: float) -> Quantity | None:
    """The quantity of lowest confidence that still suffices; None if none does."""
    return next((quantity for quantity in held if rule.side(quantity.confidence) >= side - 1e-12), None)


def with_guarantee(rule: Rule, ends: Ends, guarantee: Guarantee | None) -> Ends:
    """The ends, with the upper one of a measure that only a proof can bound from above."""
    if not rule.by_proof:
        return ends
    if guarantee is None or guarantee.epsilon is None:
        return ends._replace(high=None, note=ends.note or "no audit bounds epsilon from above; a guarantee of DP would")
    return ends._replace(high=guarantee.epsilon, high_side=1.0, note=f"guaranteed: {guarantee.text}")
