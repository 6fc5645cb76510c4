"""The Python entry to comparisons of finished audits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from miaudit.decisions.compare import Compared
from miaudit.decisions.compare import compare as compared
from miaudit.decisions.comparison import AuditComparison
from miaudit.decisions.saved import SavedAudit, open_audit
from miaudit.errors import UserError
from miaudit.report.card import comparison_card
from miaudit.report.comparison import render_audit_comparison
from miaudit.report.folder import COMPARED_PAGE, write_compared_folder


class _Finished(Protocol):
    """A finished audit, as `miaudit.audit` returns it."""

    @property
    def _saved(self) -> SavedAudit: ...


AnyAudit = str | Path | _Finished


@dataclass(frozen=True, eq=False)
class ComparedAudits:
    """What `compare()` found: every test, and the members that became exposed or safe."""

    result: AuditComparison
    records: pa.Table  # columns audit, attack, id and now; a row for each attack and member that changed sides

    def __str__(self) -> str:
        lines = []
        for each in self.result.against:
            lines += [f"{each.headline}: {each.detail}.", *each.sentences, ""]
        return "\n".join(lines).rstrip()

    def _repr_html_(self) -> str:
        """A card for each compared audit, which notebooks show."""
        return "".join(comparison_card(each) for each in self.result.against)

    def table(self) -> pa.Table:
        """One row per test: both numbers, their difference with its interval, and p-values alone and corrected."""
        names = ("measure", "fpr", "attack", "attack_after", "before", "after", "p", "p_corrected", "direction")
        rows = [
            {"audit": against.name}
            | {name: getattr(each, name) for name in names}
            | {"difference": each.change.value, "low": each.change.low, "high": each.change.high}
            for against in self.result.against
            for each in against.differences
        ]
        return pa.Table.from_pylist(rows)

    def to_html(self) -> str:
        """The comparison as one page that needs no network."""
        return render_audit_comparison(self.result)

    def save(self, folder: str | Path) -> Path:
        """Write comparison.json, comparison.html and records.csv to a folder; returns the page's path."""
        write_compared_folder(Compared(self.result, self.records), Path(folder))
        return Path(folder) / COMPARED_PAGE


def compare(
    first: AnyAudit,
    *others: AnyAudit,
    names: Sequence[str] | None = None,
    seed: int = 0,
    unpaired: bool = False,
) -> ComparedAudits:
    """Compare finished audits with a first one: what leaks less or more, beyond chance, and who became exposed.

    Records that two audits share are matched by their ids, so that what they have in common cancels. Intervals and
    p-values are corrected for the number of tests (Bonferroni).

    Args:
        first: the audit that the others are compared with: what `audit()` returned, or the folder of a saved audit.
        others: one audit or more.
        names: how the comparison calls the audits, the first one first; folders are called by their own names.
        seed: of the bootstrap behind the intervals of rates.
        unpaired: take all records to be different ones, whatever their ids.

    Raises:
        UserError: there is no other audit, one is given twice or has no scores, two have no attack in common, or ids
            stand for different records.

    Example:
        >>> import miaudit
        >>> print(miaudit.compare("before", "after"))  # doctest: +SKIP
    """
    given = (first, *others)
    if names is not None and len(names) != len(given):
        raise UserError(f"expected {len(given)} names, one for each audit, got {len(names)}")
    if len({id(each) for each in given}) < len(given):
        raise UserError("expected different audits, got the same one twice")
    audits = [_saved(each, f"audit {place}") for place, each in enumerate(given, 1)]
    if names is not None:
        audits = [audit._replace(name=name) for audit, name in zip(audits, names, strict=True)]
    return ComparedAudits(*compared(audits[0], audits[1:], seed, unpaired))


def _saved(given: AnyAudit, name: str) -> SavedAudit:
    return open_audit(Path(given)) if isinstance(given, str | Path) else given._saved._replace(name=name)


__all__ = ["ComparedAudits", "compare"]
