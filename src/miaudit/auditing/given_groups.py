"""Finds the columns to group by among the records that a user gives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from miaudit import registry
from miaudit.arrays import Ints
from miaudit.auditing.from_model import GivenRecords
from miaudit.auditing.groups import LABEL, GroupBy, check_known, grouped
from miaudit.auditing.request import Request
from miaudit.config import AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.records.names import columns_of
from miaudit.targets.estimator import fitted_columns

GroupColumns = str | Sequence[str] | Mapping[str, tuple[Any, Any]]


def group_by_of(group_by: GroupColumns, least: int) -> GroupBy:
    """The columns that a call from Python names; raises UserError if they are not names, or `least` is below 2."""
    try:
        config = AuditConfig(evidence=Path("evidence.safetensors"), group_by=_names(group_by), min_group=least)
    except ValidationError as error:
        raise UserError(f"audit(): {registry.explain(error)}") from None
    return GroupBy(config.group_by, config.min_group)


def set_aside(records: GivenRecords, model: Any, group_by: GroupColumns) -> GivenRecords:
    """Remove the columns to group by that the model was not fitted on, if the model has kept the names of its features.

    Args:
        records: what the user gives.
        model: the model, or a target.
        group_by: names of columns.
    """
    fitted = fitted_columns(model)
    beside = [name for name in _names(group_by) if name not in fitted] if fitted else []
    parts = (records.members, records.nonmembers, records.population, records.validation)
    return GivenRecords(*(_without(part, beside) for part in parts))


def _without(records: Any, columns: list[str]) -> Any:
    table = table_of(records)
    found = [name for name in columns if table is not None and name in columns_of(table)]
    return (nw.from_native(table).drop(found).to_native(), records[1]) if found else records


def with_columns(request: Request, records: GivenRecords, group_by: GroupColumns) -> Request:
    """The request with the columns to group by beside its records.

    Args:
        request: the audit of the records.
        records: tables with these columns, unless `group_by` has the values.
        group_by: names of columns, or name -> (values of the members, values of the non-members).

    Raises:
        UserError: there is no such column, or it does not have a value for each record.
    """
    found = {name: pair for name, pair in _pairs(records, group_by).items() if pair is not None}
    if not found:
        return request
    split = request.splitter.split(len(request.data), request.wanted.seed)
    sides = split.members, split.nonmembers
    columns = {name: _column(name, pair, sides, request.data) for name, pair in found.items()}
    return replace(request, data=replace(request.data, further={**request.data.further, **columns}))


def check_columns(data: Dataset, rows: Ints, groups: GroupBy) -> None:
    """Raise UserError where audited rows (n,) cannot be put into the groups that are asked for."""
    check_known(groups.columns, (*data.columns, LABEL))
    for name in groups.columns:
        if (values := data.column(name)) is not None:
            grouped(name, values[rows])


def table_of(records: Any) -> Any:
    """The features, where records are a pair whose features are a table; else None."""
    x = records[0] if isinstance(records, tuple | list) and len(records) == 2 else None
    return x if nw.dependencies.is_into_dataframe(x) else None


def _pairs(records: GivenRecords, group_by: GroupColumns) -> dict[str, tuple[Any, Any] | None]:
    """The values of members and non-members by column; None where the data set itself has them."""
    if isinstance(group_by, Mapping):
        return dict(group_by)
    tables = [table_of(part) for part in (records.members, records.nonmembers)]
    return {name: _of_tables(name, tables) for name in _names(group_by)}


def _names(group_by: GroupColumns) -> tuple[str, ...]:
    return (group_by,) if isinstance(group_by, str) else tuple(group_by)


def _of_tables(name: str, tables: list[Any]) -> tuple[Any, Any] | None:
    members, nonmembers = (name in columns_of(table) for table in tables)
    if name == LABEL and not (members and nonmembers):
        return None
    if not (members and nonmembers):
        check_known([name], [*dict.fromkeys(column for table in tables for column in columns_of(table)), LABEL])
        raise UserError(f"column {shortened(name)}: expected it in both tables, members and non-members; got one only")
    first, second = (nw.from_native(table).get_column(name).to_arrow() for table in tables)
    return first, second


def _column(name: str, pair: tuple[Any, Any], sides: tuple[Ints, Ints], data: Dataset) -> npt.NDArray[Any]:
    """(N,) values in the order of the data set; None for records that are not audited."""
    if not isinstance(pair, tuple | list) or len(pair) != len(sides):
        raise UserError(
            f"group_by: expected {shortened(name)}: (values of the members, values of the non-members), got "
            f"{type(pair).__name__}"
        )
    column = np.full(len(data), None, dtype=object)
    for whose, values, rows in zip(("members", "non-members"), pair, sides, strict=True):
        given = list(values.to_pylist() if hasattr(values, "to_pylist") else values)
        if len(given) != len(rows):
            raise UserError(
                f"column {shortened(name)}: expected a value for each of {len(rows):,} {whose}, got {len(given):,}"
            )
        one = np.empty(len(given), dtype=object)
        one[:] = given
        column[rows] = one[data.record_positions[rows]]
    return column
