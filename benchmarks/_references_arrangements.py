"""Which references a panel has: functions of a bank, the model under attack, and the pool's models in its panel."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import _references_tables as tables
from _references_bank import Bank
from miaudit.arrays import Bools, Ints
from miaudit.evidence import Outputs, Panel, View


class Arranged(NamedTuple):
    """References of a panel, and who of them was trained on which record."""

    view: View
    inside: Bools  # (R, n)
    target: Outputs | None = None  # a table with the model under attack, if not that of its answers


Arrangement = Callable[[Bank, int, Ints], Arranged]


def as_they_are(bank: Bank, model: int, among: Ints) -> Arranged:
    """The models of the pool."""
    del model
    return Arranged(_view(bank.final, among), bank.inside[among])


def outsiders(bank: Bank, model: int, among: Ints) -> Arranged:
    """Of two models trained on complementary halves, for each record the one that was not trained on it."""
    del model
    return _unseen(bank, tables.without(bank, [bank.final.values[m] for m in among], among))


def on_population(bank: Bank, model: int, among: Ints) -> Arranged:
    """As many models, trained on the labels of the population."""
    del model
    return _unseen(bank, tables.population_models(bank), len(among))


def students(bank: Bank, model: int, among: Ints) -> Arranged:
    """As many students, which learn what the model under attack answers about the population."""
    return _unseen(bank, tables.students_on_population(bank, model), len(among))


def students_without(bank: Bank, model: int, among: Ints) -> Arranged:
    """Students that learn what the model answers about a half; each record is compared with those without it."""
    return _unseen(bank, tables.students_without(bank, model, tuple(among.tolist())))


def students_of_halves(count: int, bank: Bank, model: int, among: Ints) -> Arranged:
    """So many students on halves that no model of a small pool was trained on, as if they were models of a pool."""
    halves = np.arange(len(among), len(among) + count)
    return Arranged(_view(tables.students_of_halves(bank, model), halves), bank.inside[halves])


def checkpoints(steps: tuple[int, ...], bank: Bank, model: int, among: Ints) -> Arranged:
    """Each checkpoint of a reference as one more reference."""
    del model
    places = (among[:, None] * len(steps) + np.arange(len(steps))).reshape(-1)
    return Arranged(_view(tables.interleaved(bank, steps), places), np.repeat(bank.inside[among], len(steps), axis=0))


def mean_checkpoint(steps: tuple[int, ...], bank: Bank, model: int, among: Ints) -> Arranged:
    """The mean logits of a reference's checkpoints."""
    del model
    return Arranged(_view(tables.mean_of_checkpoints(bank, steps), among), bank.inside[among])


def owners(name: str, bank: Bank, model: int, among: Ints) -> Arranged:
    """All models known by one of the owner's signals."""
    del model
    table = tables.owners_scores(bank, name)
    return Arranged(_view(table, among), bank.inside[among], table)


def panel(bank: Bank, model: int, among: Ints, arrangement: Arrangement) -> Panel:
    """The panel in which a model is under attack; without references if the arrangement finds none."""
    arranged = arrangement(bank, model, among)
    target = _view(arranged.target or bank.final, np.array([model]))
    has_references = len(arranged.view.models) > 0
    return Panel(target, arranged.view if has_references else None, arranged.inside, ids=bank.rows)


def _view(outputs: Outputs, models: Ints) -> View:
    return View(outputs, models, np.arange(len(outputs.labels)))


def _unseen(bank: Bank, outputs: Outputs, count: int | None = None) -> Arranged:
    """References that were trained on none of the records: the first of a table, or all."""
    models = np.arange(outputs.models if count is None else count)
    return Arranged(_view(outputs, models), np.zeros((len(models), len(bank.rows)), dtype=bool))
