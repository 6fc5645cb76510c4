"""Further features of the ensemble: functions of a bank, a panel, the sides of its references, and the pool's size."""

from collections.abc import Callable

import numpy as np

from _references_arrangements import Arrangement
from _references_bank import Bank
from _references_tables import course_of_student, owners_signal
from _references_training import CHECKPOINTS
from miaudit.arrays import Floats, Ints
from miaudit.attacks._ensemble_features import Sides
from miaudit.attacks._mean_probability import log_mean_of_all
from miaudit.evidence import Panel
from miaudit.maths.moments import mean_of

EARLIER = tuple(range(1, CHECKPOINTS - 1, 2))  # checkpoints

Features = Callable[[Bank, Panel, Sides], list[Floats]]  # each (n,)


def from_students(arrangement: Arrangement, most: int | None, bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """How the model compares with its students, or with at most so many of them."""
    del chosen
    model, among, records = _of(panel)
    view = arrangement(bank, model, among[:most]).view.select(records)
    centre = view.signal("scaled_logit").mean(axis=0)
    ratio = panel.target("loss") - log_mean_of_all(view.signal("loss"))
    return [panel.target("scaled_logit") - centre, ratio, centre]


def trajectory_of_references(bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """How well references knew the record before they were finished."""
    _, among, records = _of(panel)
    values = [bank.checkpoint(step).signal("scaled_logit", among, records) for step in EARLIER]
    sides = [chosen.outside, chosen.inside] if chosen.both else [chosen.outside]
    return [mean_of(one, side) for one in values for side in sides]


def trajectory_of_student(bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """The label's log odds at each checkpoint of a student's training, and the model's own (Liu et al. 2022)."""
    del chosen
    model, _, records = _of(panel)
    return [*course_of_student(bank, model)[:, records], panel.target("scaled_logit")]


def own_trajectory(bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """How the model compared with the references at earlier checkpoints of its own training."""
    model, among, records = _of(panel)
    columns = []
    for step in EARLIER:
        table = bank.checkpoint(step)
        own = table.signal("scaled_logit", [model], records)[0]
        columns.append(own - mean_of(table.signal("scaled_logit", among, records), chosen.outside))
    return columns


def from_owner(signals: tuple[str, ...], bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """Signals of the owner, by themselves and compared with the references."""
    model, among, records = _of(panel)
    columns = []
    for name in signals:
        values = owners_signal(bank, name)
        own, others = values[model][records], values[np.ix_(among, records)]
        columns += [own, own - mean_of(others, chosen.outside)]
        if chosen.both:
            columns.append(own - mean_of(others, chosen.inside))
    return columns


def _of(panel: Panel) -> tuple[int, Ints, Ints]:
    """The model under attack, its references, and the records, as the bank numbers them."""
    among = np.zeros(0, dtype=np.int64) if panel.reference_view is None else panel.reference_view.models
    return int(panel.target_view.models[0]), among, panel.target_view.records
