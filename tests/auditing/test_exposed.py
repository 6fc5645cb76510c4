from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.auditing.exposed import most_exposed
from miaudit.auditing.result import AuditResult
from report_example import Example


def audited(level: str = "leaks") -> AuditResult:
    return Example(members=5, nonmembers=2, strengths={"lira": 2.0}, level=level).result()


def scores(values: list[float]) -> pa.Table:
    """Five members and two non-members, whose scores are higher than any."""
    columns: dict[str, Any] = {
        "id": [*(f"PAT-{i}" for i in (4, 2, 0, 3, 1)), "PAT-8", "PAT-9"],
        "position": [0, 1, 2, 3, 4, 0, 1],
        "label": [1, 0, 1, 0, 1, 0, 0],
        "member": np.arange(7) < 5,
        "lira": [*values, 90.0, 99.0],
    }
    return pa.table(columns)


def test_the_highest_members_come_first() -> None:
    found = most_exposed(audited(), scores([1.0, 5.0, 3.0, 4.0, 2.0]), 2)
    assert found.attack == "lira"
    assert [(m.rank, m.id, m.position, m.label, m.score, m.tied) for m in found] == [
        (1, "PAT-2", 1, 0, 5.0, 0),
        (2, "PAT-3", 3, 0, 4.0, 0),
    ]
    assert found.note == ""


def test_ties_share_a_rank_and_those_at_the_cut_off_are_told() -> None:
    found = most_exposed(audited(), scores([7.0, 5.0, 5.0, 5.0, 7.0]), 3)
    assert [(m.rank, m.tied) for m in found] == [(1, 1), (1, 1), (3, 2)]
    assert found.note == ("3 members share the last score; an arbitrary 1 of them are shown. Ask for 5 to see all.")
    assert most_exposed(audited(), scores([7.0, 5.0, 5.0, 5.0, 7.0]), 5).note == ""


def test_it_prints_as_a_small_table() -> None:
    found = most_exposed(audited(), scores([7.0, 5.25, 5.25, 1.0, 0.0]), 3)
    assert repr(found) == str(found)
    assert str(found).splitlines() == [
        "Most exposed members by lira; = marks ties",
        "rank     id  position  class  score  tied with",
        "   1  PAT-4         0      1  7.000",
        "  2=  PAT-2         1      0  5.250   1 others",
        "  2=  PAT-0         2      1  5.250   1 others",
    ]


def test_classes_are_shown_by_their_names() -> None:
    result = audited()
    named = result.model_copy(update={"target": result.target.model_copy(update={"class_names": ("cat", "dog")})})
    found = most_exposed(named, scores([7.0, 5.25, 4.0, 1.0, 0.0]), 2)
    assert [(member.label, member.class_name) for member in found] == [(1, "dog"), (0, "cat")]
    assert str(found).splitlines()[2] == "   1  PAT-4         0    dog  7.000"
    assert found.to_arrow()["class_name"].to_pylist() == ["dog", "cat"]


def test_it_is_a_table_for_further_work() -> None:
    table = most_exposed(audited(), scores([7.0, 5.0, 5.0, 5.0, 7.0]), 3).to_arrow()
    assert table.column_names == ["rank", "id", "position", "label", "class_name", "score", "tied"]
    assert table["id"].to_pylist() == ["PAT-4", "PAT-1", "PAT-2"]


def test_nobody_is_named_where_no_leak_was_found() -> None:
    for level in ("no_leak_found", "too_few_records", "invalid"):
        found = most_exposed(audited(level), scores([1.0, 2.0, 3.0, 4.0, 5.0]), 3)
        assert len(found) == 0
        assert str(found).startswith("Nobody is named: ")
        assert "PAT" not in str(found)
        assert found.to_arrow().num_rows == 0
