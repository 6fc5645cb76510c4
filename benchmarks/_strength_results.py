"""What the benchmark finds in a world: rates, comparisons and provenance, kept as a JSON file."""

import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

import miaudit
from _kept import keep, kept
from _page import processor
from _strength_attacks import Scores
from _strength_models import APART, Setting
from _strength_tests import FPRS, Difference, Found, difference, found_by
from miaudit.arrays import Bools, Floats
from miaudit.auditing.provenance import library_versions
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.metrics.roc import placements

FOLDER = Path(__file__).parent / "results" / "strength"
ENSEMBLE = "ensemble"


class Rates(NamedTuple):
    """How strong an attack is: a list of rates per limit, and the AUC, a value for each target."""

    tpr: list[list[float]]  # (FPRS, targets); with fewer than 1/FPR non-members, without a false positive
    auc: list[float]

    @classmethod
    def of(cls, scores: Floats, truth: Bools) -> "Rates":
        """The rates of scores (targets, n)."""
        pairs = [(row[inside], row[~inside]) for row, inside in zip(scores, truth, strict=True)]
        tpr = [[rate_at_limit(*pair, fpr).above / len(pair[0]) for pair in pairs] for fpr in FPRS]
        return cls(tpr, [placements(row, inside).area for row, inside in zip(scores, truth, strict=True)])

    def mean(self, fpr: float) -> float:
        """Mean TPR over the targets."""
        return float(np.mean(self.tpr[FPRS.index(fpr)]))


@dataclass
class Results:
    """Everything measured in a world."""

    world: str
    records: int
    models: str  # how they are trained
    rates: dict[str, dict[str, Rates]] = field(default_factory=dict)  # by setting and attack
    against_best: dict[str, list[Difference]] = field(default_factory=dict)  # `ensemble`, by setting: one per FPR
    few: list[Difference] = field(default_factory=list)  # `ensemble` with 2 models against others
    fewer: list[Difference] = field(default_factory=list)  # `ensemble` with fewer models than LiRA
    found: dict[str, Found] = field(default_factory=dict)  # by setting
    made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, world: str) -> "Results | None":
        """What earlier runs found; None if there was none."""
        told = kept(FOLDER / f"{world}.json")
        if told is None:
            return None
        told["rates"] = {s: {a: Rates(**rates) for a, rates in attacks.items()} for s, attacks in told["rates"].items()}
        told["against_best"] = {s: [Difference(**d) for d in rows] for s, rows in told["against_best"].items()}
        for name in ("few", "fewer"):
            told[name] = [Difference(**d) for d in told[name]]
        told["found"] = {s: Found(**found) for s, found in told["found"].items()}
        return cls(**told)

    def write(self) -> None:
        """Keep the results in the world's file."""
        told = asdict(self)
        told["rates"] = {
            s: {a: _short(rates._asdict()) for a, rates in sorted(attacks.items())} for s, attacks in self.rates.items()
        }
        told["against_best"] = {s: [_short(d._asdict()) for d in rows] for s, rows in self.against_best.items()}
        told |= {name: [_short(d._asdict()) for d in getattr(self, name)] for name in ("few", "fewer")}
        told["found"] = {s: found._asdict() for s, found in self.found.items()}
        for name in ("rates", "against_best", "found"):
            told[name] = dict(sorted(told[name].items(), key=_place))
        keep(FOLDER / f"{self.world}.json", told)

    def best(self, setting: Setting, fpr: float, names: Iterable[str] = (), but: str = ENSEMBLE) -> str | None:
        """The attack with the highest mean TPR, of those whose names begin with one of `names` if any are given."""
        prefixes = tuple(names)
        able = {
            name: rates.mean(fpr)
            for name, rates in self.rates.get(str(setting), {}).items()
            if name != but and (not prefixes or name.startswith(prefixes))
        }
        return max(able, key=lambda name: able[name]) if able else None


def _place(measured: tuple[str, object]) -> tuple[bool, int]:
    """Sizes in rising order, then the models apart."""
    setting, _ = measured
    return (True, 0) if setting == APART else (False, int(setting))


def measure(results: Results, scores: Scores, setting: Setting, attacks: list[str]) -> None:
    """Put the rates of these attacks, and how `ensemble` compares with the best of all, among the results."""
    place, truth = str(setting), scores.truth
    rates = results.rates.setdefault(place, {})
    for name in attacks:
        values = scores.get(setting, name)
        if values is not None:
            rates[name] = Rates.of(values, truth)
    own = scores.get(setting, ENSEMBLE)
    rivals = [results.best(setting, fpr) for fpr in FPRS]
    if own is None or None in rivals:
        return
    results.against_best[place] = [
        _compared(scores, truth, (setting, ENSEMBLE), (setting, rival), fpr)
        for fpr, rival in zip(FPRS, rivals, strict=True)
        if rival is not None
    ]
    others = {name: scores.get(setting, name) for name in rates if name != ENSEMBLE and "[" not in name}
    results.found[place] = found_by(own, {n: s for n, s in others.items() if s is not None}, truth, rivals[0] or "")


def compare_settings(results: Results, scores: Scores, sizes: tuple[int, ...], largest: int, apart: bool) -> None:
    """Compare `ensemble` with few models with other attacks that have others, or more."""
    fpr, truth = FPRS[0], scores.truth
    with_two: list[tuple[Setting, str | None]] = [
        (2, results.best(2, fpr, [n])) for n in ("lira", "rmia", "base_ratio")
    ]
    with_two += [("apart", "ldc")] if apart else []
    results.few = [
        _compared(scores, truth, (2, ENSEMBLE), (setting, rival), fpr)
        for setting, rival in with_two
        if rival is not None and scores.get(setting, rival) is not None and scores.get(2, ENSEMBLE) is not None
    ]
    more = [(few, many) for few, many in ((8, sizes[-1]), (16, largest)) if many > few]
    pairs = [(few, many, results.best(many, fpr, ["lira"])) for few, many in more]
    results.fewer = [
        _compared(scores, truth, (few, ENSEMBLE), (many, rival), fpr)
        for few, many, rival in pairs
        if rival is not None and scores.get(many, rival) is not None and scores.get(few, ENSEMBLE) is not None
    ]


def _compared(
    scores: Scores, truth: Bools, own: tuple[Setting, str], other: tuple[Setting, str], fpr: float
) -> Difference:
    first, second = scores.get(*own), scores.get(*other)
    if first is None or second is None:
        raise ValueError(f"{own} or {other} was not measured")
    return difference(first, second, truth, fpr, (_titled(own), _titled(other)))


def _titled(place: tuple[Setting, str]) -> tuple[str, str]:
    return str(place[0]), place[1]


def provenance(command: str, seed: int, seconds: float) -> dict[str, str]:
    """Where, when and with what the results were measured."""
    return {
        "command": command,
        "seed": str(seed),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
        "miaudit": miaudit.__version__,
        "libraries": ", ".join(f"{name} {version}" for name, version in library_versions().items()),
        "seconds": f"{seconds:.0f} s",
    }


def _short(told: dict[str, object]) -> dict[str, object]:
    """The same with numbers rounded to six digits after the point, so that files differ where results do."""

    def cut(value: object) -> object:
        if isinstance(value, float):
            return round(value, 6)
        if isinstance(value, list | tuple):
            return [cut(part) for part in value]
        return value

    return {name: cut(value) for name, value in told.items()}
