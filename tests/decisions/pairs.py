"""Made-up pairs of audits: the same records under two targets, with a shift of the scores that is known."""

from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Floats
from miaudit.auditing.result import AuditResult
from miaudit.decisions.saved import SavedAudit
from miaudit.metrics.intervals import proportion
from miaudit.metrics.summary import summarise
from report_example import Example

ONE = Example(members=60, nonmembers=60, strengths={"loss": 1.0})  # for all that a comparison does not read


def scores_of(shift: float, seed: int, n: int = 800, alike: float = 0.9) -> Floats:
    """Scores (n,), members first and `shift` higher; pairs of any seeds correlate by `alike`."""
    hard = np.random.default_rng(100).normal(size=n)
    own = np.random.default_rng(seed).normal(size=n)
    return np.sqrt(alike) * hard + np.sqrt(1 - alike) * own + shift * (np.arange(n) < n // 2)


def saved(name: str, scores: dict[str, Floats], **columns: Any) -> SavedAudit:
    """An audit with these scores, half of the records members; further columns replace or add to the usual ones."""
    n = len(next(iter(scores.values())))
    member = np.arange(n) < n // 2
    table: dict[str, Any] = {"id": np.arange(n), "label": np.arange(n) % 10, "member": member}
    for title, values in scores.items():
        table |= {title: values, f"{title}.member": values > 1.5}
    return SavedAudit(name, result_of(scores), pa.table(table | columns))


def result_of(scores: dict[str, Floats], train: float = 0.99, test: float = 0.9) -> AuditResult:
    """The result that goes with these scores."""
    example = ONE.result()
    n = len(next(iter(scores.values())))
    member = np.arange(n) < n // 2
    attacks = {
        title: example.attacks["loss"].model_copy(update=dict(summarise(values, member)))
        for title, values in scores.items()
    }
    facts = {
        "members": n // 2,
        "nonmembers": n - n // 2,
        "train_accuracy": proportion(round(train * (n // 2)), n // 2),
        "test_accuracy": proportion(round(test * (n - n // 2)), n - n // 2),
    }
    return example.model_copy(update={"attacks": attacks, "target": example.target.model_copy(update=facts)})
