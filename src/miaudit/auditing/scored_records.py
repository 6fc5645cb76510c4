"""Reads the table of records (`scores.parquet`) as arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Bools, Floats, Ids, Ints
from miaudit.errors import UserError


@dataclass(frozen=True, eq=False)
class ScoredRecords:
    """The audited records: their truth where it is known, and each attack's scores of them."""

    ids: Ids  # (n,)
    labels: Ints  # (n,)
    known: Bools  # (n,) whether it is known if the record is a member
    member: Bools  # (n,) False where unknown
    scores: dict[str, Floats]  # attack -> (n,)
    called: dict[str, Bools]  # attack -> (n,) called a member at the attack's cut
    loss: Floats | None  # (n,) log p_y on the target
    reference_loss: Floats | None  # (n,) mean log p_y over the references that did not see the record

    @classmethod
    def from_table(cls, table: pa.Table | None, attacks: tuple[str, ...]) -> "ScoredRecords":
        """Read the columns; attacks without a column are left out. Without a table there are no records."""
        if table is None:
            table = pa.table({"id": [], "label": []})
        absent = [name for name in ("id", "label") if name not in table.column_names]
        if absent:
            raise UserError(
                f"expected a scores table with columns id and label, found {table.column_names}; "
                f"{' and '.join(absent)} missing: use the scores.parquet of the audit"
            )
        member = _truth(table)
        return cls(
            ids=_column(table, "id"),
            labels=_column(table, "label"),
            known=np.array([value is not None for value in member], dtype=bool),
            member=np.array([bool(value) for value in member], dtype=bool),
            scores={name: _column(table, name) for name in attacks if name in table.column_names},
            called={
                name: _column(table, f"{name}.member").astype(bool)
                for name in attacks
                if f"{name}.member" in table.column_names and not table[f"{name}.member"].null_count
            },
            loss=_optional(table, "signal.loss"),
            reference_loss=_optional(table, "signal.reference_loss"),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def has_both(self) -> bool:
        """Are there known members and known non-members, so that rates can be drawn?"""
        return bool(self.member.any() and (self.known & ~self.member).any())

    def groups(self) -> dict[str, Bools]:
        """Masks (n,) of the members and the non-members, or of all records where the truth is unknown."""
        if not self.known.any():
            return {"all records": np.ones(len(self), dtype=bool)}
        return {"members": self.member, "non-members": self.known & ~self.member}


def _truth(table: pa.Table) -> list[Any]:
    if "member" not in table.column_names:
        return [None] * table.num_rows
    return list(table["member"].to_pylist())


def _column(table: pa.Table, name: str) -> Any:
    return table[name].to_numpy()


def _optional(table: pa.Table, name: str) -> Floats | None:
    return _column(table, name) if name in table.column_names else None
