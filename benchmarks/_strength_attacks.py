"""Runs attacks on the evidence of a world, and keeps their scores."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from _strength_models import APART, SEED, TARGETS, Models, Setting
from _strength_worlds import SIZES, World
from miaudit import registry
from miaudit.arrays import Bools, Floats
from miaudit.attacks._temperature import GRID
from miaudit.attacks.base import Attack, check_needs
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.seeds import generator

VARIANCES = ("pooled", "per_record", "global")
LEFT_OUT = {"kde", "label_only"}  # known members would leave fewer to audit; and there are no views


@dataclass(frozen=True)
class Candidate:
    """An attack with options, and its name in the tables."""

    name: str
    attack: str
    options: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, attack: str, **options: Any) -> "Candidate":
        """The attack with these options, which its name shows."""
        shown = ",".join(f"{key}={value}" for key, value in options.items())
        return cls(f"{attack}[{shown}]" if shown else attack, attack, tuple(options.items()))

    def build(self) -> Attack:
        """The attack."""
        attack: Attack = registry.build("attacks", self.attack, dict(self.options))
        return attack

    def applies(self, evidence: Evidence) -> bool:
        """Does the evidence hold what the attack needs?"""
        try:
            check_needs(self.name, self.build(), evidence)
        except UserError:
            return False
        return True


def candidates(names: list[str], setting: Setting) -> list[Candidate]:
    """The attacks of these names as an audit runs them, and with each option that could make them stronger."""
    if isinstance(setting, int) and setting > SIZES[-1]:
        names = [name for name in names if name == "lira"]
    found = [Candidate.of(name) for name in names]
    if "lira" in names:
        found += [Candidate.of("lira", mode=m, variance=v) for m in ("online", "offline") for v in VARIANCES]
        found.append(Candidate.of("lira", mode="offline"))
    found += [Candidate.of(name, temperature=t) for name in ("rmia", "base_ratio") if name in names for t in GRID]
    return found


def attack_names() -> list[str]:
    """All attacks that the benchmark compares."""
    return [name for name in registry.names("attacks") if name not in LEFT_OUT]


def settings_of(world: World) -> list[Setting]:
    """Numbers of models in the pool, then the two models apart."""
    large: list[Setting] = [world.largest] if world.largest else []
    return [*world.sizes, *large, *([APART] if world.is_apart else [])]


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores (targets, n) by setting and attack, each in a file of its own, and the truth (targets, n)."""

    folder: Path
    fresh: dict[tuple[str, str], Floats] = field(default_factory=dict)  # of this run

    def put(self, setting: Setting, attack: str, scores: Floats) -> None:
        """Keep the scores of an attack."""
        self.fresh[str(setting), attack] = scores
        self._write(self._file(setting, attack), scores)

    def get(self, setting: Setting, attack: str) -> Floats | None:
        """The scores of this run, else those of an earlier one; None if there are none."""
        found = self.fresh.get((str(setting), attack))
        file = self._file(setting, attack)
        if found is None and file.exists():
            found = np.load(file)
        return found

    def put_truth(self, truth: Bools) -> None:
        """Keep which records are members (targets, n)."""
        self._write(self.folder / "truth.npy", truth)

    @property
    def truth(self) -> Bools:
        """Which records are members of each target (targets, n)."""
        truth: Bools = np.load(self.folder / "truth.npy")
        return truth

    def attacks(self, setting: Setting) -> list[str]:
        """Names of the attacks with scores."""
        kept = {file.stem for file in (self.folder / str(setting)).glob("*.npy")}
        return sorted(kept | {name for place, name in self.fresh if place == str(setting)})

    def _file(self, setting: Setting, attack: str) -> Path:
        return self.folder / str(setting) / f"{attack}.npy"

    @staticmethod
    def _write(file: Path, values: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{os.getpid()}.npy")
        np.save(beside, values)
        beside.replace(file)


def attack_all(models: Models, setting: Setting, names: list[str], scores: Scores) -> list[str]:
    """Run the attacks against every target and keep their scores; returns the names of those that could run."""
    found: dict[str, list[Floats]] = {}
    truth: list[Bools] = []
    for target in range(TARGETS):
        evidence, members = models.evidence(setting, target)
        truth.append(members)
        for name, values in _scored(evidence, candidates(names, setting)):
            found.setdefault(name, []).append(values)
    scores.put_truth(np.stack(truth))
    for name, values_of_targets in found.items():
        scores.put(setting, name, np.stack(values_of_targets))
    return list(found)


def _scored(evidence: Evidence, attacks: list[Candidate]) -> Iterator[tuple[str, Floats]]:
    for candidate in attacks:
        if candidate.applies(evidence):
            yield candidate.name, candidate.build().score(evidence, generator(SEED, "attack", candidate.name))
