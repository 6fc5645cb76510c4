"""The members that are most exposed, as a small table."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import AuditResult
from miaudit.maths.ranks import standing
from miaudit.presenter import count, score


@dataclass(frozen=True)
class ExposedMember:
    """One of the members with the highest scores of an attack."""

    rank: int  # 1 for the highest score; members with the same score share a rank
    id: int | str  # as the user calls the record
    position: int  # its row in the data that was given
    label: int
    class_name: str  # of the label; its number where classes have no names
    score: float
    tied: int  # number of other members with the same score


@dataclass(frozen=True)
class MostExposed:
    """The members with the highest scores of the strongest attack; empty if the audit found no leak."""

    attack: str  # empty where no attack was run
    members: tuple[ExposedMember, ...]
    note: str  # a caveat; empty if there is none

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[ExposedMember]:
        return iter(self.members)

    def __getitem__(self, place: int) -> ExposedMember:
        return self.members[place]

    def __str__(self) -> str:
        if not self.members:
            return self.note
        lines = [f"Most exposed members by {self.attack}; = marks ties", *_table(self.members)]
        return "\n".join([*lines, self.note] if self.note else lines)

    __repr__ = __str__

    def to_arrow(self) -> pa.Table:
        """A table with one row per member: rank, id, position, label, class_name, score, tied."""
        kind = pa.int64() if all(isinstance(member.id, int) for member in self.members) else pa.string()
        fields = [("rank", pa.int64()), ("id", kind), ("position", pa.int64()), ("label", pa.int64())]
        fields += [("class_name", pa.string()), ("score", pa.float64()), ("tied", pa.int64())]
        return pa.Table.from_pylist([asdict(member) for member in self.members], schema=pa.schema(fields))

    def to_pandas(self) -> Any:
        """A DataFrame with the columns of `to_arrow`; needs pandas."""
        return self.to_arrow().to_pandas()


def most_exposed(result: AuditResult, scores: pa.Table, n: int) -> MostExposed:
    """The n members that the strongest attack ranks highest; nobody is named if no leak was found.

    Args:
        result: the result of the audit.
        scores: its table of scores, one row per record.
        n: largest number of members to name.
    """
    strongest = max(result.attacks, key=lambda name: result.attacks[name].auc.value or 0.0, default="")
    if result.verdict.level != "leaks":
        return MostExposed(strongest, (), f"Nobody is named: {result.verdict.headline} A ranking would be mere chance.")
    members = scores.filter(scores["member"])
    values = members[strongest].to_numpy()
    order = np.argsort(-values, kind="stable")[: max(n, 0)]
    columns = {name: members[name].to_pylist() for name in ("id", "position", "label")}
    chosen = tuple(
        ExposedMember(
            score=float(values[row]),
            class_name=result.target.class_name(columns["label"][row]),
            **standing(values, row)._asdict(),
            **{name: column[row] for name, column in columns.items()},
        )
        for row in order
    )
    return MostExposed(strongest, chosen, _cut_off(values, order))


def _cut_off(values: Floats, order: Any) -> str:
    """A caveat if members that are not shown have the same score as the last one shown; otherwise empty."""
    if not len(order):
        return ""
    last: Bools = values == values[order[-1]]
    shown = int(last[order].sum())
    if shown == last.sum():
        return ""
    return (
        f"{int(last.sum()):,} members share the last score; an arbitrary {shown:,} of them are shown. "
        f"Ask for {int((values >= values[order[-1]]).sum()):,} to see all."
    )


def _table(members: tuple[ExposedMember, ...]) -> list[str]:
    heads = ("rank", "id", "position", "class", "score", "tied with")
    rows = [heads]
    for member in members:
        tied = f"{count(member.tied)} others" if member.tied else ""
        rank = f"{member.rank}=" if member.tied else f"{member.rank}"
        rows.append((rank, str(member.id), str(member.position), member.class_name, score(member.score), tied))
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
