from pathlib import Path

import pytest

from miaudit.errors import UserError
from miaudit.experiments.chosen import chosen, rows_asked_for
from miaudit.experiments.spec import Row

ROWS = [
    Row(name="adult_mlp", setting="a", title="Adult, MLP"),
    Row(name="adult_mlp", setting="b", title="Adult, MLP"),
    Row(name="adult_last", setting="a", title="Adult, MLP, last epoch"),
    Row(name="credit", setting="c"),
    Row(name="one", setting="c", title="Twice"),
    Row(name="other", setting="c", title="Twice"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("credit", ("credit",)),
        ("credit,adult_mlp", ("credit", "adult_mlp")),
        ("Adult, MLP", ("adult_mlp",)),
        ("adult,  mlp , credit", ("adult_mlp", "credit")),
        ("Adult, MLP, last epoch", ("adult_last",)),  # the longest title that fits
        ("Adult, MLP, Adult, MLP, last epoch,other", ("adult_mlp", "adult_last", "other")),
    ],
)
def test_names_and_titles_are_found(text: str, found: tuple[str, ...]) -> None:
    assert rows_asked_for(text, ROWS) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("credits", "no row is called 'credits': did you mean 'credit'"),
        ("credit,", "no row is called ''"),
        ("Adult", "no row is called 'Adult'"),
        ("twice", "2 rows have the title 'twice'; ask for one by its name: one, other"),
    ],
)
def test_what_is_unknown_or_ambiguous_is_named(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        rows_asked_for(text, ROWS)


def test_a_paper_is_all_of_its_experiments_that_have_the_rows(tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "settings.yaml").write_text("a: {dataset: digits}\n")
    for table, rows in (("table1", ("x", "y")), ("table2", ("y", "z"))):
        lines = "".join(f"  - {{name: {row}, setting: a, title: 'Row, {row}'}}\n" for row in rows)
        (tmp_path / "paper" / f"{table}.yaml").write_text(f"title: T\nsource: S\nrows:\n{lines}")

    def found(name: str, rows: str | None) -> dict[str, list[str]]:
        return {each.name: each.experiment.row_names for each in chosen(tmp_path, name, rows)}

    assert found("paper", None) == {"paper/table1": ["x", "y"], "paper/table2": ["y", "z"]}
    assert found("paper", "Row, z, x") == {"paper/table1": ["x"], "paper/table2": ["z"]}
    assert found("paper", "x") == {"paper/table1": ["x"]}
    assert found("paper/table2", None) == {"paper/table2": ["y", "z"]}
    with pytest.raises(UserError, match="no row is called 'x'"):
        found("paper/table2", "x")
    with pytest.raises(UserError, match="no experiment is called"):
        found("paper/table3", None)


def test_a_name_is_that_of_its_row_although_another_row_has_it_as_title() -> None:
    rows = [Row(name="b", setting="b", title="Credit"), Row(name="credit", setting="a")]
    for order in (rows, rows[::-1]):
        assert rows_asked_for("credit, b", order) == ("credit", "b")
