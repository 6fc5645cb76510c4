"""Further features of the ensemble: functions of a bank, a panel, the sides of its references, and the pool's size."""

from collections.abc import Callable

import numpy as np

from _references_bank import Bank
from _references_tables import course_of_student, owners_signal, students_of_halves, students_on_population
from _references_training import CHECKPOINTS
from miaudit.arrays import Floats, Ints
from miaudit.attacks._ensemble_features import Sides
from miaudit.evidence import Panel
from miaudit.maths.moments import mean_of

EARLIER = tuple(range(1, CHECKPOINTS - 1, 2))  # checkpoints

Features = Callable[[Bank, Panel, Sides], list[Floats]]  # each (n,)


def from_students(bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """How the model compares with its students on the population."""
    del chosen
    model, among, records = _of(panel)
    values = students_on_population(bank, model).signal("scaled_logit", range(len(among)), records)
    centre = values.mean(axis=0)
    return [panel.target("scaled_logit") - centre, centre]


def from_students_of_halves(most: int | None, bank: Bank, panel: Panel, chosen: Sides) -> list[Floats]:
    """How the model compares with its students that learned its answer about the record, and with the others.

    Args:
        most: the most students of a model, an even number; None for those on all halves.
        bank: the models.
        panel: the panel; halves are those of its references.
        chosen: not read: of two students on complementary halves each record has one of both kinds.
    """
    del chosen
    model, among, records = _of(panel)
    values = students_of_halves(bank, model).signal("scaled_logit", among[:most], records)
    taught = bank.inside[np.ix_(among[:most], records)]
    within, without = mean_of(values, taught), mean_of(values, ~taught)
    phi = panel.target("scaled_logit")
    return [phi - without, without, phi - within, within, within - without]


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
