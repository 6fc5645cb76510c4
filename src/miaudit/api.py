"""The Python entry: audit a model and its records in one call."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import ValidationError

from miaudit import registry
from miaudit.arrays import Ints
from miaudit.attacks.base import Attack
from miaudit.auditing.files import save, scores_table
from miaudit.auditing.from_config import all_attacks
from miaudit.auditing.plan import Plan, Questions, applicable, auxiliary_works, available, choose_known, unmet
from miaudit.auditing.result import AuditResult
from miaudit.auditing.run import Finished, run, silent
from miaudit.config import AttackConfig, AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.models._like import Like
from miaudit.report.html import render, write_report
from miaudit.seeds import generator
from miaudit.splits.base import Split
from miaudit.splits.pool import Pool, pool_over
from miaudit.targets.base import Target
from miaudit.targets.estimator import Estimator
from miaudit.targets.predictions import Predictions
from miaudit.targets.torch_module import TorchModule
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.training.checkpoints import Store, default_store
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import AnyRecipe
from miaudit.training.recipe import Recipe
from miaudit.training.run_local import Progress

FEWEST = 2  # records of a kind, below which nothing can be measured
Records = tuple[Any, Any]  # x (n, ...) and y (n,): anything that NumPy can read


@dataclass(frozen=True, eq=False)
class Audit:
    """What `audit()` found: the result, and a row a record."""

    result: AuditResult
    scores: pa.Table
    _finished: Finished

    def __str__(self) -> str:
        lines = [self.result.verdict.headline, *self.result.verdict.sentences, ""]
        width = max((len(name) for name in self.result.attacks), default=0)
        lines += [f"{name:{width}}  AUC {attack.auc.text()}" for name, attack in self.result.attacks.items()]
        return "\n".join(lines)

    def table(self) -> pa.Table:
        """A row an attack: AUC and TPR at the low false-positive rates with their intervals, epsilon's bound."""
        rows = []
        for name, attack in self.result.attacks.items():
            row: dict[str, Any] = {"attack": name, "epsilon_bound": attack.epsilon.low}
            named = {"auc": attack.auc, **{f"tpr_at_fpr_{fpr}": q for fpr, q in attack.tpr_at_fpr.items()}}
            for key, quantity in named.items():
                row |= {key: quantity.value, f"{key}_low": quantity.low, f"{key}_high": quantity.high}
            rows.append(row)
        return pa.Table.from_pylist(rows)

    def most_exposed(self, n: int = 20) -> pa.Table:
        """The n members that the strongest attack is surest of, most exposed first."""
        strongest = max(self.result.attacks, key=lambda name: self.result.attacks[name].auc.value or 0.0)
        members = self.scores.filter(self.scores["member"])
        return members.sort_by([(strongest, "descending")]).slice(0, n)

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one offline page; written to `path` where one is given."""
        page = render(self.result, self.scores)
        if path is not None:
            write_report(self.result, self.scores, Path(path))
        return page

    def save(self, folder: str | Path) -> Path:
        """Write result, scores, evidence, configuration and report; returns the report's path."""
        save(self._finished, Path(folder))
        report = Path(folder) / "report.html"
        write_report(self.result, self.scores, report)
        return report


def audit(
    target: Any,
    members: Records,
    nonmembers: Records,
    population: Records | None = None,
    recipe: Recipe | None = None,
    attacks: Sequence[str | Attack] | None = None,
    models: int = 32,
    shadows: int = 16,
    known_fraction: float = 0.1,
    seed: int = 0,
    store: str | Path | None = None,
    jobs: int | None = None,
    progress: Progress = silent,
) -> Audit:
    """Audit a trained model on records that it was trained on and records that it was not.

    Args:
        target: a torch module that gives logits, a fitted scikit-learn classifier, `Predictions`, or anything with
            `logits(x) -> (n, C)` and `description`.
        members: x (n, ...) and y (n,) with labels 0..C-1, from the target's training data.
        nonmembers: records of the same distribution that it was not trained on.
        population: more such records, for attacks that compare with a population.
        recipe: how the target was trained. Without it a torch module's architecture is trained by the default
            recipe and a scikit-learn classifier's own parameters are used; predictions alone are audited without
            reference models.
        attacks: names or attacks; None for all that apply.
        models: size of the pool of reference models, even.
        shadows: how many of them also stand as shadows.
        known_fraction: share of the members given to attacks that know some; these are not audited.
        seed: everything random follows from it.
        store: folder of trained models; None for `MIAUDIT_STORE` or the user's cache.
        jobs: processes that train; None for one a core.
        progress: called with stage, done, total.

    Raises:
        UserError: the records do not fit together, or an attack does not apply.
    """
    _check_numbers(models, shadows, known_fraction, seed, jobs)
    single = _is_torch(target) or isinstance(recipe, Recipe)  # torch reads single precision
    data, split = _records(members, nonmembers, population, np.float32 if single else np.float64, seed)
    data = replace(data, classes=_classes(target, data))
    _check_members_labels(target, data.y[split.members])
    asked = _as_target(target, data.classes)
    if isinstance(asked, Predictions):
        _check_counts(asked, split)
    how = recipe if recipe is not None else _recipe_of(target)
    if how is not None:
        pooled = pool_over(split.members, split.nonmembers, models, shadows, seed, population=split.population)
        split = pooled
    asked_for = _attacks(attacks)
    skipped = unmet(asked_for, available(split, known=True))
    chosen = applicable(asked_for, skipped, named=attacks is not None)
    plan = Plan(
        data=data,
        split=split,
        target=asked,
        auxiliary=() if how is None else auxiliary_works(data, split, how, how, seed),
        recipe=how,
        known=choose_known(split, chosen, known_fraction, seed),
        questions=Questions(chosen, BestAccuracy(), seed, skipped, _config(chosen, attacks is not None, seed)),
    )
    where = Path(store) if store is not None else default_store()
    finished = run(plan, Store(where), jobs, progress)
    return Audit(finished.result, scores_table(finished), finished)


def _check_numbers(models: int, shadows: int, known_fraction: float, seed: int, jobs: int | None) -> None:
    try:
        Pool(models=models, shadows=shadows)
        AuditConfig(evidence=Path("evidence.safetensors"), known_fraction=known_fraction, seed=seed)
    except ValidationError as error:
        raise UserError(f"audit(): {registry.explain(error)}") from None
    if jobs is not None and jobs < 1:
        raise UserError(f"audit(): expected jobs of 1 or more, got {jobs}")


def _records(
    members: Records, nonmembers: Records, population: Records | None, dtype: type, seed: int
) -> tuple[Dataset, Split]:
    """All records in one data set, in an order that tells nothing; `ids` are their places as they were given."""
    named = {"members": members, "nonmembers": nonmembers}
    if population is not None:
        named["population"] = population
    parts = {name: _part(name, records, dtype) for name, records in named.items()}
    shapes = {name: x.shape[1:] for name, (x, _) in parts.items()}
    if len(set(shapes.values())) > 1:
        raise UserError(f"all records must have one shape, got {shapes}")
    x: Any = np.concatenate([x for x, _ in parts.values()])
    y = np.concatenate([y for _, y in parts.values()])
    ends = np.cumsum([0, *(len(y) for _, y in parts.values())])
    order = generator(seed, "order").permutation(len(y))
    rows = np.argsort(order)  # where each given record now lies
    inside, outside, *rest = (rows[start:end] for start, end in pairwise(ends))
    data = Dataset(name="the given records", x=x[order], y=y[order], classes=max(int(y.max()) + 1, 2), ids=order)
    return data, Split(members=inside, nonmembers=outside, population=rest[0] if rest else np.arange(0))


def _part(name: str, records: Records, dtype: type) -> tuple[Any, Ints]:
    if not isinstance(records, tuple | list) or len(records) != 2:
        raise UserError(f"{name}: expected a pair (x, y), got {type(records).__name__}")
    try:
        x: Any = np.asarray(records[0], dtype=dtype)
        y = np.asarray(records[1])
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected numbers in x, got {error}") from None
    if x.ndim < 1 or y.ndim != 1 or len(x) != len(y) or len(y) < FEWEST:
        raise UserError(f"{name}: expected x (n, ...) and y (n,) with n >= {FEWEST}, got {x.shape} and {y.shape}")
    if y.dtype.kind not in "iu" or y.min() < 0:
        raise UserError(f"{name}: expected labels 0..C-1 as integers, got {y.dtype} from {y.min()}")
    return x, y.astype(np.int64)


def _is_torch(target: Any) -> bool:
    torch = sys.modules.get("torch")  # who has a torch module has imported torch
    return torch is not None and isinstance(target, torch.nn.Module)


def _as_target(target: Any, classes: int) -> Target:
    if _is_torch(target):
        return TorchModule(target)
    if hasattr(target, "predict_proba"):
        return Estimator(target, classes)
    if hasattr(target, "logits") and hasattr(target, "description"):
        wrapped: Target = target
        return wrapped
    raise UserError(
        f"cannot audit a {type(target).__name__}: expected a torch module, a fitted scikit-learn classifier, "
        "Predictions, or an object with `logits(x)` and `description`"
    )


def _recipe_of(target: Any) -> AnyRecipe | None:
    if _is_torch(target):
        return Recipe(model=Like.of(target))
    if hasattr(target, "predict_proba"):
        return EstimatorRecipe.of(target)
    return None


def _classes(target: Any, data: Dataset) -> int:
    """C: the target may know more classes than the records show; raises UserError where it knows fewer."""
    highest = int(data.y.max())
    if _is_torch(target):
        known = TorchModule(target).logits(data.x[:1]).shape[1]
    elif isinstance(target, Predictions):
        known = np.asarray(target.members).shape[-1]
    elif hasattr(target, "predict_proba"):
        classes = max(data.classes, _highest_class(target) + 1)
        Estimator(target, classes).logits(data.x[:1])  # what is wrong with it is told before anything is trained
        return classes
    else:
        return data.classes
    if highest >= known:
        raise UserError(f"expected labels 0..{known - 1}, as the target knows {known} classes; got {highest}")
    return known


def _check_members_labels(target: Any, y: Ints) -> None:
    unknown = np.setdiff1d(y, np.asarray(getattr(target, "classes_", y)))
    if unknown.size:
        raise UserError(
            f"the classifier was not fitted on the labels {unknown.tolist()[:5]} of members: are labels or records "
            "mixed up?"
        )


def _highest_class(estimator: Any) -> int:
    known = np.asarray(getattr(estimator, "classes_", ()))
    return int(known.max()) if known.size and known.dtype.kind in "iuf" else -1


def _check_counts(predictions: Predictions, split: Split) -> None:
    given = (len(predictions.members), len(predictions.nonmembers))
    if given != (len(split.members), len(split.nonmembers)) or len(split.population):
        raise UserError(
            f"there are predictions for {given[0]:,} members and {given[1]:,} non-members: expected as many as the "
            f"{len(split.members):,} + {len(split.nonmembers):,} records, and no population"
        )


def _attacks(chosen: Sequence[str | Attack] | None) -> dict[str, Attack]:
    if chosen is None:
        return all_attacks()
    if isinstance(chosen, str):
        raise UserError(f"expected a list of attacks, got {chosen!r}: write [{chosen!r}]")
    if len(chosen) == 0:
        raise UserError("expected at least one attack, got none: leave `attacks` out for all that apply")
    for a in chosen:
        if not isinstance(a, str) and (isinstance(a, type) or not hasattr(a, "score")):
            raise UserError(f"expected names or attacks such as 'lira' or Lira(mode='offline'), got {a!r}")
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


def _config(chosen: dict[str, Attack], named: bool, seed: int) -> dict[str, Any]:
    """A configuration that repeats the attacks on the saved evidence."""
    attacks = [_attack_config(attack) for attack in chosen.values()] if named else []
    repeated = tuple(attack for attack in attacks if attack is not None)
    return AuditConfig(evidence=Path("evidence.safetensors"), attacks=repeated, seed=seed).as_dict()


__all__ = ["Audit", "Predictions", "audit"]
