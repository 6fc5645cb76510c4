"""Do quick attacks win where nothing leaks? Many worlds, by kind of split and number of records. For `coverage.py`."""

from typing import NamedTuple

import numpy as np

from _coverage_attacks import Form, applies, null_world, rows_of_attacks
from _page import Section, percent
from miaudit.metrics.roc import auc
from miaudit.seeds import generator

WORLDS = 1800
RECORDS = (100, 300, 1000)
QUICK = (
    "attack_p",
    "attack_r",
    "base_ratio",
    "bavaria",
    "calibrated",
    "confidence",
    "entropy",
    "gap",
    "kde",
    "lira",
    "loss",
    "modified_entropy",
    "rmia",
    "two_stage",
)
FORMS: dict[Form, str] = {"other records": "six-way", "half": "half", "pool": "pool"}


class World(NamedTuple):
    """A world, and which attacks' intervals hold one half in it."""

    form: Form
    records: int
    holds: dict[str, bool]

    @property
    def share(self) -> float:
        """Of the attacks whose intervals hold one half."""
        return float(np.mean(list(self.holds.values())))


def quick_attacks() -> Section:
    worlds = [_world(number) for number in range(WORLDS)]
    columns = [worlds]
    columns += [[world for world in worlds if world.form == form] for form in FORMS]
    columns += [[world for world in worlds if world.records == records] for records in RECORDS]
    rows = [(name, *(percent(world.holds[name] for world in column) for column in columns)) for name in QUICK]
    means = [100 * float(np.mean([world.share for world in column])) for column in columns]
    rows.append(("all of them", *(f"{mean:.1f} %" for mean in means)))
    error = 2 * float(np.std([world.share for world in worlds], ddof=1)) / WORLDS**0.5
    text = (
        f"{WORLDS:,} further worlds of the same kinds, for the attacks that take milliseconds. Each kind of split is "
        f"drawn {WORLDS // len(FORMS)} times, and so is each number of records. In how many does the 95 % interval of "
        f"the AUC hold 0.5? Two standard errors are {_error(WORLDS):.1f} percentage points in the first column and "
        f"{_error(WORLDS // 3):.1f} in the others; of the first column's last row they are {100 * error:.1f}, computed "
        "over worlds, since attacks on one world agree. Where the scores have no ties and say nothing about "
        "membership, the ranks of the members are a random draw whatever the attack: the true shares are the same for "
        "all such attacks."
    )
    header = ("attack", "all worlds", *FORMS.values(), *(f"{n:,} records" for n in RECORDS))
    return Section("No leakage, quick attacks by split and number of records", text, header, rows)


def _world(number: int) -> World:
    form, records = list(FORMS)[number % 3], RECORDS[number // 3 % 3]
    evidence, member = null_world(generator(0, "many null worlds", number), form, records)
    holds = {}
    for name, attack in rows_of_attacks().items():
        if name in QUICK and applies(name, attack, evidence):
            area = auc(attack.score(evidence, generator(number, "attack", name)), member)
            holds[name] = (area.low or 0.0) <= 0.5 <= (area.high or 1.0)
    return World(form, records, holds)


def _error(worlds: int) -> float:
    """Two standard errors of a share of 95 %, in percentage points."""
    return float(200 * np.sqrt(0.95 * 0.05 / worlds))
