"""Finds the audits below a folder, and reads what the list shows of each one."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from miaudit.auditing.files import GATE, RESULT, load_result
from miaudit.auditing.grading import graded
from miaudit.auditing.result import AuditResult
from miaudit.decisions.plain import grade_name
from miaudit.decisions.saved_gate import load_decision
from miaudit.errors import UserError
from miaudit.presenter import NOTHING, Printed, quantity, rate
from miaudit.report.decided import SUMMED_UP
from miaudit.report.tables import by_strength
from miaudit.report.words import LEVELS, day

DEEPEST = 6  # folders below the given one
MOST = 2000  # audits


class Listed(NamedTuple):
    """One audit in the list."""

    key: str  # its address; made from the place, which it does not show
    place: str  # its folder, relative to the one that is viewed
    title: str
    model: str
    finished: str  # ISO 8601; empty where it is not known
    date: str
    level: str
    verdict: str
    grade: str
    strongest: str
    auc: Printed
    auc_value: float
    tpr: Printed
    decision: str
    running: str  # how many models an early result rests on; empty for the last one


class Unreadable(NamedTuple):
    """A folder whose result cannot be read, with the reason."""

    place: str
    why: str


class Found(NamedTuple):
    """What lies below the folder."""

    audits: tuple[Listed, ...]
    unreadable: tuple[Unreadable, ...]


class _AsRead(NamedTuple):
    """What was read in a folder, and when its files had changed last."""

    changed: tuple[float, float]  # result and decision
    shown: Listed | Unreadable


class Catalogue:
    """The audits below a folder. It is searched anew for each page, and only results that changed are read again."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._read: dict[str, _AsRead] = {}  # place -> what was read there last

    def found(self) -> Found:
        """All audits and the folders that look like one but cannot be read."""
        listed = [self._listed(folder) for folder in sorted(self._folders())]
        return Found(
            tuple(each for each in listed if isinstance(each, Listed)),
            tuple(each for each in listed if isinstance(each, Unreadable)),
        )

    def earliest_first(self) -> list[Listed]:
        """All audits in the order in which they were finished."""
        return sorted(self.found().audits, key=lambda audit: audit.finished)

    def folder(self, key: str) -> Path | None:
        """The folder of an audit by its address; None where there is none. No part of a path comes from outside."""
        return next((folder for folder in self._folders() if _key(self._place(folder)) == key), None)

    def _folders(self) -> list[Path]:
        found = []
        for here, below, names in os.walk(self.root):
            folder = Path(here)
            deep = len(folder.relative_to(self.root).parts)
            below[:] = sorted(name for name in below if not name.startswith(".") and deep < DEEPEST)
            if RESULT in names and self.holds(folder / RESULT):
                found.append(folder)
            if len(found) == MOST:
                break
        return found

    def holds(self, path: Path) -> bool:
        """Does the file lie below the folder, wherever links lead?"""
        return path.is_file() and path.resolve().is_relative_to(self.root)

    def _place(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()

    def _listed(self, folder: Path) -> Listed | Unreadable:
        place = self._place(folder)
        changed = (_changed(folder / RESULT), _changed(folder / GATE))
        known = self._read.get(place)
        if known is None or known.changed != changed:
            known = self._read[place] = _AsRead(changed, _read(folder, place))
        return known.shown


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _key(place: str) -> str:
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _read(folder: Path, place: str) -> Listed | Unreadable:
    try:
        result, decision = load_result(folder), load_decision(folder)
    except UserError as error:
        return Unreadable(place, str(error))
    finished = result.cost.finished or ""
    strongest = next(iter(by_strength(result)), "")
    attack = result.attacks.get(strongest)
    early = result.preliminary
    grade = result.grade or graded(result.verdict.level, result.findings, result.controls)
    return Listed(
        key=_key(place),
        place=place,
        title=str(result.provenance.config.get("title") or (folder.name if place == "." else place)),
        model=result.target.description,
        finished=finished,
        date=day(finished) if finished else NOTHING,
        level=result.verdict.level,
        verdict=LEVELS[result.verdict.level],
        grade=NOTHING if grade is None else grade_name(grade),
        strongest=strongest,
        auc=Printed(note=NOTHING) if attack is None else quantity(attack.auc),
        auc_value=0.0 if attack is None else attack.auc.value or 0.0,
        tpr=_best_rate(result),
        decision="" if decision is None else SUMMED_UP[decision.outcome],
        running="" if early is None else f"{early.models} of {early.of} models",
    )


def _best_rate(result: AuditResult) -> Printed:
    """The highest TPR at 1 % FPR."""
    rates = (attack.tpr_at_fpr.get("0.01") for attack in result.attacks.values())
    measured = [each for each in rates if each is not None and each.value is not None]
    return rate(max(measured, key=lambda each: each.value or 0.0, default=None), NOTHING)
