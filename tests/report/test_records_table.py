import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from miaudit.decisions.release import release
from miaudit.decisions.saved import SavedAudit
from miaudit.report.columns import counts
from miaudit.report.html import render
from miaudit.report.records_table import EXPLAINED, MOST_COLUMNS, records_data
from report_example import Example, audited

EXAMPLE = Example(members=80, nonmembers=80)


def data(table: pa.Table, named: Any = None) -> dict[str, Any]:
    found = records_data(audited(EXAMPLE), table, ("two_stage", "lira"), named)
    assert found is not None
    return found


def test_it_carries_every_record_and_attack() -> None:
    found, audit = data(EXAMPLE.table()), audited(EXAMPLE)
    assert found["rows"] == 160
    assert len(found["attacks"]) == len(audit.scored)
    assert [audit.scored[place] for place in found["shown"]] == ["two_stage", "lira"]
    assert found["named"] is None
    json.dumps(found, allow_nan=False)


def test_the_first_records_are_explained() -> None:
    named = np.zeros(160, dtype=bool)
    named[7] = True
    table = EXAMPLE.table()
    why = data(table, named)["why"]
    highest = np.argsort(-table["two_stage"].to_numpy(), kind="stable")
    expected = [7, *(row for row in highest.tolist() if row != 7)][:EXPLAINED]
    assert set(why) == {str(row) for row in expected}
    assert f"Record {table['id'][7]} is a member" in why["7"][0]


def test_the_first_records_have_pictures_where_there_are_some() -> None:
    table, named = EXAMPLE.table(), np.zeros(160, dtype=bool)
    named[7] = True
    highest = int(np.argmax(table["two_stage"].to_numpy()))
    lowest = int(np.argmin(table["two_stage"].to_numpy()))
    drawn: list[bytes | None] = [None] * 160
    drawn[highest], drawn[7], drawn[lowest] = (bytes([1, 1, 2, grey, 255]) for grey in (10, 20, 30))
    with_pictures = table.append_column("picture", pa.array(drawn, pa.binary()))
    pictures = data(with_pictures, named)["pictures"]
    assert (pictures["rows"], pictures["size"]) == ([7, highest], [1, 1, 2])
    assert pictures["pixels"] == counts(np.array([20, 255, 10, 255])).as_json()
    assert data(table)["pictures"] is None
    assert data(table.append_column("picture", pa.nulls(160, pa.binary())))["pictures"] is None


def test_the_page_says_that_it_holds_pictures_where_it_does() -> None:
    pictures = pa.array([bytes([1, 1, 1, 200])] * 160, pa.binary())
    pictured = render(EXAMPLE.result(), EXAMPLE.table().append_column("picture", pictures))
    assert f"in this table (with small pictures of {EXPLAINED} of them), " in pictured
    plain = render(EXAMPLE.result(), EXAMPLE.table())
    assert "in this table, " in plain


def test_further_columns_are_carried_up_to_a_number() -> None:
    table = EXAMPLE.table()
    for place in range(MOST_COLUMNS + 3):
        table = table.append_column(f"column.c{place}", pa.array([place] * 160))
    assert [column["name"] for column in data(table)["columns"]] == [f"c{place}" for place in range(MOST_COLUMNS)]


def test_nobody_is_carried_where_nobody_is_shown() -> None:
    assert records_data(audited(EXAMPLE), EXAMPLE.table(), (), None) is None
    unknown = Example(members=60, nonmembers=50, truth=False)
    assert records_data(audited(unknown), unknown.table(), ("lira",), None) is None


@pytest.mark.parametrize("level", ["no_leak_found", "too_few_records", "weak_signs", "invalid"])
def test_the_page_carries_records_only_where_it_found_a_leak(level: str) -> None:
    example = Example(members=80, nonmembers=80, level=level)
    assert 'id="records-data"' not in render(example.result(), example.table())
    assert 'id="records-data"' in render(EXAMPLE.result(), EXAMPLE.table())


def test_a_page_for_release_carries_neither_records_nor_cuts() -> None:
    result = release(SavedAudit("the audit", EXAMPLE.result(), EXAMPLE.table()))
    page = render(result, None)
    assert "records-data" not in page.split("<script>")[0]
    assert 'id="records-data"' not in page
    assert 'id="cut-data"' not in page
