"""The results file of an experiment: every run of every row, with seeds, versions, machine and time."""

import math
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

import miaudit
from miaudit.auditing.provenance import provenance
from miaudit.auditing.result import AttackResult, AuditResult, TargetFacts
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.experiments.spec import FilePart, KnownShares
from miaudit.files import write_atomically
from miaudit.metrics.quantity import Quantity
from miaudit.reading.json_file import MOST_BYTES
from miaudit.reading.path import read_bytes
from miaudit.training.device import name_of

SCHEMA = "miaudit.experiment/1"
DIGITS = 6
Scale = Literal["quick", "paper"]
Number = tuple[float | None, float | None, float | None]  # value, ends of its interval at 95 % confidence


class Run(FilePart):
    """One audit of a row."""

    seed: int
    """The seed of the audit."""
    trial: int = 0
    """Which draw of the known records this is, from 0."""
    target: dict[str, Number]
    """Measures of the target, its accuracies for instance."""
    attacks: dict[str, dict[str, Number]]
    """Title of the attack -> its measures."""
    series: dict[str, Any] = Field(default_factory=dict)
    """Series that figures draw; kept for the first run only."""
    controls_passed: bool
    """Whether the audit passed its own checks."""
    unmet: tuple[str, ...] = ()
    """Attacks whose cut misses the condition of its rule."""
    skipped: dict[str, str] = Field(default_factory=dict)
    """Title of the attack -> why it does not apply."""


class RowResult(FilePart):
    """The result of a row, or the reason why it was not run."""

    name: str
    """Name of the row."""
    part: int = 0
    """Which of several rows of that name it is, from 0."""
    state: Literal["done", "not run"]
    """Whether it was run."""
    why: str = ""
    """Why it was not run."""
    config: dict[str, Any]
    """The configuration of its audit."""
    known: KnownShares | None = None
    """The known records, where the row says how many there are."""
    runs: tuple[Run, ...] = ()
    """One run for each seed and trial."""
    data: str = ""
    """Fingerprint of the data set."""
    made: dict[str, Any] = Field(default_factory=dict)
    """Date, seconds, machine and versions."""

    @property
    def is_done(self) -> bool:
        """Whether the row was run and has results."""
        return self.state == "done"

    @property
    def seeds(self) -> int:
        """Number of seeds that it was run with."""
        return len({run.seed for run in self.runs})

    def is_same_audit(self, other: "RowResult") -> bool:
        """Do both have the same configuration, known records and data? A configuration that cannot be read differs."""
        try:
            same = parse_config(self.config) == parse_config(other.config)
        except UserError:
            return False
        return same and (self.known, self.data) == (other.known, other.data)


class ExperimentResult(FilePart):
    """All rows of an experiment."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    experiment: str
    """Name of the experiment, `PAPER/TABLE`."""
    scale: Scale
    """Whether it was run as in the paper, or quickly with few records."""
    rows: tuple[RowResult, ...]
    """The rows that were run or tried."""

    def with_row(self, row: RowResult) -> "ExperimentResult":
        """This result with a row added, in the place of an earlier result of the same row."""
        rows = {(old.name, old.part): old for old in self.rows} | {(row.name, row.part): row}
        return self.model_copy(update={"rows": tuple(rows.values())})

    def holds_more_than(self, row: RowResult) -> bool:
        """Does this file hold more runs of the same audit, or any where the new row has none?"""
        older = self.row(row.name, row.part)
        if older is None or not older.is_done:
            return False
        return not row.is_done or (older.is_same_audit(row) and len(older.runs) > len(row.runs))

    def row(self, name: str, part: int) -> RowResult | None:
        """The row of that name and part; None where there is none."""
        return next((row for row in self.rows if (row.name, row.part) == (name, part)), None)


def path_of(folder: Path, name: str, scale: Scale) -> Path:
    """Path of the results of `PAPER/TABLE`; those of quick runs are kept apart, as their numbers mean nothing."""
    paper, _, table = name.partition("/")
    return folder / paper / "results" / (f"{table}.json" if scale == "paper" else f"quick/{table}.json")


def read(folder: Path, name: str, scale: Scale) -> ExperimentResult:
    """Read the results so far, empty at first; raises UserError where the file is damaged."""
    path = path_of(folder, name, scale)
    if not path.exists():
        return ExperimentResult(schema=SCHEMA, experiment=name, scale=scale, rows=())
    try:
        return ExperimentResult.model_validate_json(read_bytes(path, "results of an experiment", MOST_BYTES))
    except ValidationError as error:
        raise UserError(
            f"{path} is not a results file ({error.error_count()} errors): remove it and run again"
        ) from None


def write(folder: Path, result: ExperimentResult) -> Path:
    """Write the results file and give its path; raises UserError where that fails."""
    path = path_of(folder, result.experiment, result.scale)
    write_atomically(path, (result.model_dump_json(by_alias=True, indent=1, exclude_defaults=False) + "\n").encode())
    return path


def run_of(
    result: AuditResult, seed: int, trial: int, series: dict[str, Any], more: Mapping[str, Mapping[str, Number]]
) -> Run:
    """The numbers of an audit as an experiment keeps them, with `more` measures of some attacks."""
    facts, attacks = result.target, result.attacks
    return Run(
        seed=seed,
        trial=trial,
        target=_target(facts),
        attacks={name: numbers_of(attack) | dict(more.get(name, {})) for name, attack in attacks.items()},
        series=series,
        controls_passed=result.controls.null_passed and result.controls.positive_passed,
        unmet=tuple(name for name, attack in attacks.items() if not attack.decision.constraint_met),
        skipped=result.skipped,
    )


def _target(facts: TargetFacts) -> dict[str, Number]:
    train, test = facts.train_accuracy, facts.test_accuracy
    gap = None if train.value is None or test.value is None else train.value - test.value
    promised = None if facts.guarantee is None else facts.guarantee.epsilon
    return {
        "train_accuracy": _number(train),
        "test_accuracy": _number(test),
        "accuracy_gap": (_short(gap), None, None),
        "members": (facts.members, None, None),
        "nonmembers": (facts.nonmembers, None, None),
        "epsilon": (math.inf if promised is None else promised, None, None),  # without a guarantee, and without noise
    }


def numbers_of(attack: AttackResult) -> dict[str, Number]:
    """Every number of an attack by name: `auc`, `tpr_at_fpr_0.01`, `true_positives`, ..."""
    found = {"auc": _number(attack.auc), "balanced_accuracy": _number(attack.balanced_accuracy)}
    found |= {f"tpr_at_fpr_{fpr}": _number(quantity) for fpr, quantity in attack.tpr_at_fpr.items()}
    found |= {f"precision_at_recall_{at}": _number(quantity) for at, quantity in attack.precision_at_recall.items()}
    decision = attack.decision
    if decision.tp is not None and decision.fp is not None:
        found["true_positives"] = (decision.tp, *_counts(decision.recall))
        found["false_positives"] = (decision.fp, None, None)
    for name, quantity in (("recall", decision.recall), ("precision", decision.precision)):
        if quantity is not None:
            found[name] = _number(quantity)
    return found | _learned(attack.learned)


def _learned(learned: dict[str, Any]) -> dict[str, Number]:
    """The slides' measures of a density attack: divergence, and counts on the sample and on the rest."""
    found: dict[str, Number] = {}
    if "kl_divergence" in learned:
        found["kl_divergence"] = (_short(learned["kl_divergence"]), None, None)
    for of in ("sample", "rest"):
        for kind, count in learned.get(f"confusion_{of}", {}).items():
            found[f"{of}_{kind}"] = (count, None, None)
    return found


def _number(quantity: Quantity) -> Number:
    return _short(quantity.value), _short(quantity.low), _short(quantity.high)


def _counts(recall: Quantity | None) -> tuple[float | None, float | None]:
    """The ends of the recall's interval as numbers of members."""
    if recall is None or recall.low is None or recall.high is None:
        return None, None
    return round(recall.low * recall.n, 1), round(recall.high * recall.n, 1)


def _short(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, DIGITS)


def made(seconds: float, models_trained: int, training_seconds: float | None, device: str = "cpu") -> dict[str, Any]:
    """Date, time and machine of a row that was just run.

    Args:
        seconds: wall time of the row.
        models_trained: number of models that were trained for it, and not found in the store.
        training_seconds: of all its models, also of those from earlier runs; None where unknown.
        device: the device that networks were trained on.
    """
    facts = provenance(0, "", None, {})
    beside = "" if device == "cpu" else f", {name_of(device)}"
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": round(seconds, 1),
        "models_trained": models_trained,
        "training_seconds": None if training_seconds is None else round(training_seconds, 3),
        "miaudit": miaudit.__version__,
        "commit": facts.git_commit,
        "dirty": facts.git_dirty,
        "python": facts.python,
        "libraries": facts.libraries,
        "machine": f"{facts.machine}, {processor()}, {os.cpu_count()} cores{beside}",
    }


def processor() -> str:
    """The processor's name; empty where the system does not give it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
