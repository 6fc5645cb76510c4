"""What students of the target and of the shadows add to `ensemble`, by the number of trainings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np
from scipy import stats

from _references_results import Line, line
from _strength_models import SEED, TARGETS, Models
from miaudit.attacks.ensemble import Ensemble
from miaudit.auditing.plan import Teaching
from miaudit.auditing.students import cohorts_of, with_students
from miaudit.evidence import Evidence
from miaudit.running.local import run_local
from miaudit.seeds import generator
from miaudit.training.base import AnyRecipe
from miaudit.training.job import Method
from miaudit.training.student import StudentRecipe


class Lineup(NamedTuple):
    """The models that are trained to audit one target: a pool, and students of the target and of each shadow."""

    pool: int
    students: int = 0
    shadows: int = 0  # models of the pool that are shadows; 0 for all

    @classmethod
    def of(cls, word: str) -> Self:
        """A number of models; with students `MODELS+STUDENTS`, such as 4+2; with few shadows, such as 4+4/2."""
        return cls(*map(int, word.replace("/", "+").split("+")))

    @property
    def stand_in(self) -> int:
        """Number of shadows."""
        return self.shadows or self.pool

    @property
    def trainings(self) -> int:
        """Number of models that are trained."""
        return self.pool + self.students * (1 + self.stand_in)


def measure_students(models: Models, recipe: AnyRecipe, lineups: list[Lineup]) -> dict[Lineup, Line]:
    """Attack every target with each of these lineups; students are trained where the store has none."""
    network = recipe.network
    if network is None:
        raise SystemExit("students learn from probabilities, which only networks can: choose another world")
    method = Method.of(StudentRecipe(base=network), models.data)
    found = {}
    for lineup in lineups:
        scores, truths = [], []
        for target in range(TARGETS):
            evidence, truth = models.evidence(lineup.pool, target)
            evidence = replace(evidence, shadows=evidence.shadows[: lineup.stand_in])
            if lineup.students:
                evidence = _taught(models, Teaching(lineup.students, method, SEED), evidence)
            scores.append(Ensemble().score(evidence, generator(SEED, "attack", "ensemble")))
            truths.append(truth)
        found[lineup] = line((str(lineup), "ensemble"), lineup.pool, 0.0, np.stack(scores), np.stack(truths))
        print("  {}: {:.2f} {:.2f} {:.4f}".format(lineup, *found[lineup].mean()), flush=True)
    return found


def students_table(world: str, found: dict[Lineup, Line]) -> Iterator[str]:
    """Markdown: a row for each lineup, by the number of trainings; gains are over the same pool alone."""
    for lineup in sorted(found, key=lambda lineup: lineup.trainings):
        first, second, auc = found[lineup].mean()
        alone = found.get(Lineup(lineup.pool))
        gain = _gain(found[lineup], alone) if lineup.students and alone is not None else "–"
        counts = f"{lineup.trainings} | {lineup.pool} ({lineup.stand_in}) | {lineup.students or '–'}"
        yield f"| {world} | {counts} | {first:.1f} | {gain} | {second:.1f} | {auc:.3f} |"


def _taught(models: Models, teaching: Teaching, evidence: Evidence) -> Evidence:
    cohorts = cohorts_of(teaching, evidence)
    run_local([work for each in cohorts for work in each.works], models.data, models.store, jobs=1)
    return with_students(evidence, cohorts, models.store, None)


def _gain(one: Line, alone: Line) -> str:
    """Points at 1 % FPR ± standard error over the targets, in bold if the 95 % interval (Student's t) lies above 0."""
    value, error = one.gain(alone)
    text = f"{value:+.1f} ± {error:.1f}"
    return f"**{text}**" if value > error * stats.t.isf(0.025, len(one.auc) - 1) else text
