"""Finished audits of known truth, made without a model: Gaussian scores beside a result of the right form."""

from functools import cache

import numpy as np
import pyarrow as pa

from miaudit.auditing.findings import findings
from miaudit.auditing.result import AuditResult
from miaudit.decisions.saved import SavedAudit
from report_example import Example


@cache
def template(attacks: tuple[str, ...], members: int, nonmembers: int) -> AuditResult:
    """A result whose controls passed; its numbers are of other scores than a world's."""
    example = Example(members, nonmembers, dict.fromkeys(attacks, 0.0), level="no_leak_found")
    found = findings(example.scores(), example.truths())
    return example.result().model_copy(update={"findings": found})


def gaussian_audit(
    rng: np.random.Generator, n: int = 400, shift: float = 0.0, attacks: tuple[str, ...] = ("a",), groups: int = 0
) -> SavedAudit:
    """An audit of n records, half of them members, whose scores are N(0, 1), higher by `shift` for members.

    With `groups`, the column `ward` holds one of so many values, each on its share of either kind of records.
    """
    member = np.arange(n) % 2 == 0
    columns = {"id": np.arange(n), "label": np.zeros(n, dtype=np.int64), "member": member}
    columns |= {name: rng.normal(size=n) + shift * member for name in attacks}
    if groups:
        columns["column.ward"] = np.array([f"ward {k}" for k in range(groups)])[(np.arange(n) // 2) % groups]
    return SavedAudit("world", template(attacks, int(member.sum()), int((~member).sum())), pa.table(columns))
