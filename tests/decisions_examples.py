"""Made-up audits with scores whose standings are easy to work out."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from miaudit.decisions.saved import SavedAudit
from report_example import Example

EXAMPLE = replace(Example(members=300, nonmembers=300), strengths={"loss": 0.6, "lira": 3.0})


def saved(example: Example = EXAMPLE, **columns: object) -> SavedAudit:
    """The example as an audit, with columns of its scores replaced."""
    table = example.table()
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(values))
    return SavedAudit("an example", example.result(), table)


def with_odds(audit: SavedAudit, attack: str, slope: float, intercept: float) -> SavedAudit:
    """The audit with an attack that has estimated what its scores are worth."""
    learned = {"log_ratio": {"slope": slope, "intercept": intercept}}
    changed = {attack: audit.result.attacks[attack].model_copy(update={"learned": learned})}
    return audit._replace(result=audit.result.model_copy(update={"attacks": audit.result.attacks | changed}))


def texts(n: int) -> list[str]:
    """Ids that are texts."""
    return [f"PAT-{place}" for place in range(n)]


def graded(members: int = 300, others: int = 300) -> np.ndarray:
    """Scores by which every member lies above every other record."""
    return np.r_[np.arange(members) + 1000.0, np.arange(others) * 1.0]
