"""The Python entry: audit a model and its records in one call."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit import registry
from miaudit.attacks.base import Attack
from miaudit.auditing.exposed import MostExposed, most_exposed
from miaudit.auditing.files import REPORT, scores_table
from miaudit.auditing.from_config import all_attacks
from miaudit.auditing.needed import only_needed
from miaudit.auditing.origin import origin_of
from miaudit.auditing.plan import Plan, Questions, applicable, auxiliary_works, unmet
from miaudit.auditing.remarks import remarks
from miaudit.auditing.result import AuditResult
from miaudit.auditing.run import Finished, run
from miaudit.config import AttackConfig, AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.given import (
    Records,
    as_target,
    check_columns,
    check_counts,
    check_labels,
    check_numbers,
    check_store,
    classes_of,
    is_torch,
    recipe_of,
    records_of,
)
from miaudit.messages import shortened
from miaudit.report.folder import write_folder
from miaudit.report.html import render, write_report
from miaudit.running.base import Progress, silent
from miaudit.running.local import LocalRunner
from miaudit.splits.base import Split
from miaudit.splits.pool import pool_over
from miaudit.store.remote import open_store
from miaudit.targets.base import Target
from miaudit.targets.predictions import Predictions
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.training.defended import DefendedRecipe, network_recipe
from miaudit.training.device import resolve
from miaudit.training.fresh import check_fresh
from miaudit.training.precision import decided
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Audit:
    """What `audit()` found: the result, and one row per record."""

    result: AuditResult
    scores: pa.Table
    _finished: Finished

    def __repr__(self) -> str:
        target = self.result.target
        return (
            f"<Audit of {target.members:,} members and {target.nonmembers:,} non-members by "
            f"{len(self.result.attacks)} attacks: {self.result.verdict.level}>"
        )

    def __str__(self) -> str:
        lines = [self.result.verdict.headline, *self.result.verdict.sentences, ""]
        width = max((len(name) for name in self.result.attacks), default=0)
        lines += [f"{name:{width}}  AUC {attack.auc.text()}" for name, attack in self.result.attacks.items()]
        notes = remarks(self.result)
        return "\n".join([*lines, "", *notes] if notes else lines)

    def table(self) -> pa.Table:
        """One row per attack: AUC and TPR at the low false-positive rates with their intervals, epsilon's bound."""
        rows = []
        for name, attack in self.result.attacks.items():
            row: dict[str, Any] = {"attack": name, "epsilon_bound": attack.epsilon.low}
            named = {"auc": attack.auc, **{f"tpr_at_fpr_{fpr}": q for fpr, q in attack.tpr_at_fpr.items()}}
            for key, quantity in named.items():
                row |= {key: quantity.value, f"{key}_low": quantity.low, f"{key}_high": quantity.high}
            rows.append(row)
        return pa.Table.from_pylist(rows)

    def most_exposed(self, n: int = 20) -> MostExposed:
        """The n members that the strongest attack is surest of, ties marked; nobody where no leak was found.

        It prints as a table, and is iterated over member by member; `to_arrow()` and `to_pandas()` give it as one.
        """
        return most_exposed(self.result, self.scores, n)

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one offline page; written to `path` where one is given."""
        page = render(self.result, self.scores)
        if path is not None:
            write_report(self.result, self.scores, Path(path))
        return page

    def save(self, folder: str | Path) -> Path:
        """Write result, scores, evidence, configuration and report; returns the report's path."""
        write_folder(self._finished, Path(folder))
        return Path(folder) / REPORT


def audit(
    target: Any,
    members: Records,
    nonmembers: Records,
    population: Records | None = None,
    recipe: Recipe | DefendedRecipe | None = None,
    attacks: Sequence[str | Attack] | None = None,
    models: int = 32,
    shadows: int = 16,
    known_fraction: float = 0.1,
    seed: int = 0,
    store: str | Path | None = None,
    jobs: int | None = None,
    device: str = "auto",
    progress: Progress = silent,
) -> Audit:
    """Audit a trained model on records that it was trained on and records that it was not.

    Args:
        target: a torch module that gives logits, a fitted scikit-learn classifier, `Predictions`, or anything with
            `logits(x) -> (n, C)` and `description`.
        members: x (n, ...) and y (n,) with labels 0..C-1, from the target's training data. Records are named by the
            index of the DataFrames or Series if both parts have one and no label occurs twice; otherwise by their
            places, such as "members:17". For `Predictions`, (None, y) or the labels alone suffice.
        nonmembers: records of the same distribution that it was not trained on.
        population: more such records, for attacks that compare with a population.
        recipe: how the target was trained. Without it a torch module's architecture is trained by the default
            recipe and a scikit-learn classifier's own parameters are used; predictions alone are audited without
            reference models.
        attacks: names or attacks; None for all that apply.
        models: size of the pool of reference models, even.
        shadows: how many of them also stand as shadows.
        known_fraction: share of the members and of the non-members that attacks like `kde` may know; each record is
            judged by an attacker who does not know it.
        seed: everything random follows from it.
        store: folder or URL of trained models; None for the folder `MIAUDIT_STORE` or one in the user's cache.
        jobs: processes that train, and then attack; None for one per core.
        device: where networks are trained: auto (CUDA, else the CPU), cpu, cuda or mps.
        progress: called with stage, done, total.

    Raises:
        UserError: the records do not fit together, or an attack does not apply.
    """
    check_numbers(models, shadows, known_fraction, seed, jobs)
    check_store(store)
    if recipe is not None and network_recipe(recipe) is None:
        raise UserError(f"audit(): expected a miaudit.Recipe as recipe, got {shortened(recipe)}")
    trains_network = is_torch(target) or network_recipe(recipe) is not None  # torch reads single precision
    data, split = records_of(
        members,
        nonmembers,
        population,
        np.float32 if trains_network else np.float64,
        seed,
        may_lack_x=isinstance(target, Predictions) and recipe is None,  # nothing is trained: x is never looked at
    )
    data, asked = _asked(target, data, split)
    how = recipe if recipe is not None else recipe_of(target)
    if recipe is None and is_torch(target):
        check_fresh(target, data.x[split.members], data.y[split.members])
    where_trained = resolve(device) if network_recipe(how) is not None else "cpu"
    how = None if how is None else decided(how, where_trained)
    if how is not None:
        split = pool_over(split.members, split.nonmembers, models, shadows, seed, population=split.population)
    plan = Plan(
        data=data,
        split=split,
        target=asked,
        auxiliary=() if how is None else auxiliary_works(data, split, how, how, seed, where_trained),
        device=where_trained,
        recipe=how,
        questions=_questions(attacks, split, known_fraction, seed),
        origin=origin_of(target, recipe),
    )
    finished = run(only_needed(plan), open_store(store), LocalRunner(jobs), progress)
    return Audit(finished.result, scores_table(finished), finished)


def _asked(target: Any, data: Dataset, split: Split) -> tuple[Dataset, Target]:
    """The data with the target's number of classes, and the target, once they are known to fit together."""
    data = replace(data, classes=classes_of(target, data))
    check_columns(target, data)
    check_labels(target, data.y[split.members])
    asked = as_target(target, data.classes)
    if isinstance(asked, Predictions):
        check_counts(asked, split)
    return data, asked


def _questions(attacks: Sequence[str | Attack] | None, split: Split, known_fraction: float, seed: int) -> Questions:
    asked, named = _attacks(attacks), attacks is not None
    skipped = unmet(asked, split, known_fraction)
    chosen = applicable(asked, skipped, named)
    return Questions(
        attacks=chosen,
        threshold=BestAccuracy(),
        seed=seed,
        known_fraction=known_fraction,
        skipped=skipped,
        config=_config(chosen, named, known_fraction, seed),
    )


def _attacks(chosen: Sequence[str | Attack] | None) -> dict[str, Attack]:
    if chosen is None:
        return all_attacks()
    if isinstance(chosen, str):
        raise UserError(f"expected a list of attacks, got {shortened(chosen)}: write [{shortened(chosen)}]")
    if not isinstance(chosen, Sequence):
        raise UserError(f"expected a list of attacks, got {shortened(chosen)}")
    if len(chosen) == 0:
        raise UserError("expected at least one attack, got none: leave `attacks` out for all that apply")
    for a in chosen:
        if not isinstance(a, str) and (isinstance(a, type) or not hasattr(a, "score")):
            raise UserError(f"expected names or attacks such as 'lira' or Lira(mode='offline'), got {shortened(a)}")
    built = [registry.build("attacks", a, {}) if isinstance(a, str) else a for a in chosen]
    titles = [_title(attack) for attack in built]
    if len(set(titles)) < len(titles):
        raise UserError(f"an attack is given twice: {', '.join(titles)}")
    return dict(zip(titles, built, strict=True))


def _title(attack: Attack) -> str:
    config = _attack_config(attack)
    return repr(attack) if config is None else config.title


def _attack_config(attack: Attack) -> AttackConfig | None:
    """The attack as a configuration names it; None for one that is no plug-in."""
    kind = type(attack)
    for plugin in registry.names("attacks"):
        if registry.find("attacks", plugin) is kind:
            usual = kind()
            values = {field.name: getattr(attack, field.name) for field in fields(kind)}
            changed = {name: _plain(value) for name, value in values.items() if value != getattr(usual, name)}
            return AttackConfig.model_validate({"attack": plugin, **changed})
    return None


def _plain(value: Any) -> Any:
    """As YAML would give the value back, so that a title is the same after a round trip."""
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _config(chosen: dict[str, Attack], named: bool, known_fraction: float, seed: int) -> dict[str, Any]:
    """A configuration that repeats the attacks on the saved evidence."""
    attacks = [_attack_config(attack) for attack in chosen.values()] if named else []
    repeated = tuple(attack for attack in attacks if attack is not None)
    saved = Path("evidence.safetensors")
    return AuditConfig(evidence=saved, attacks=repeated, known_fraction=known_fraction, seed=seed).as_dict()


__all__ = ["Audit", "Predictions", "audit"]
