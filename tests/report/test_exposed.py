from miaudit.auditing.scored_records import ScoredRecords
from miaudit.presenter import score
from miaudit.report.exposed import exposed_rows
from report_example import Example


def test_the_most_exposed_have_the_highest_scores() -> None:
    example = Example(members=40, nonmembers=40, strengths={"lira": 2.0, "loss": 0.5})
    table = example.table()
    records = ScoredRecords.from_table(table, ("lira", "loss"))
    rows = exposed_rows(records, ("lira", "loss"), count=5)
    best = sorted(table["lira"].to_pylist(), reverse=True)[:5]
    assert [row.scores[0] for row in rows] == [score(value) for value in best]
    assert [row.rank for row in rows] == ["1", "2", "3", "4", "5"]
    truth = dict(zip(map(str, table["id"].to_pylist()), table["member"].to_pylist(), strict=True))
    assert all((row.truth == "member") == truth[row.id] for row in rows)


def test_records_of_one_score_share_a_rank() -> None:
    table = Example(members=2, nonmembers=2, strengths={"lira": 2.0}).table()
    tied = table.set_column(table.column_names.index("lira"), "lira", [[1.0, 3.0, 3.0, 2.0]])
    rows = exposed_rows(ScoredRecords.from_table(tied, ("lira",)), ("lira",))
    assert [(row.rank, row.id) for row in rows] == [("1=", "10001"), ("1=", "10002"), ("3", "10003"), ("4", "10000")]


def test_classes_are_shown_by_their_names() -> None:
    table = Example(members=2, nonmembers=2, strengths={"lira": 2.0}).table()
    rows = exposed_rows(ScoredRecords.from_table(table, ("lira",)), ("lira",), class_name="class {}".format)
    shown = dict(zip(map(str, table["id"].to_pylist()), table["label"].to_pylist(), strict=True))
    assert [row.class_name for row in rows] == [f"class {shown[row.id]}" for row in rows]
