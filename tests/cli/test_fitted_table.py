from miaudit.cli.console import PlainConsole
from miaudit.cli.fitted_table import Column, fitted_table, measured
from miaudit.presenter import Printed

COLUMNS = (
    Column("kind", ("a", "b"), 1, "left"),
    Column("value", ("0.5", "10.25"), 0),
    Column("of\nlittle use", ("1", "2"), 2),
)


def printed(width: int, *names: str) -> list[str]:
    console = PlainConsole()
    console.width = width
    with console.capture() as captured:
        console.print(fitted_table("name", names, COLUMNS, width))
    return [line.rstrip() for line in captured.get().splitlines() if line.strip(" \u2500")]


def test_every_column_that_fits_is_shown_in_its_order() -> None:
    assert printed(60, "first", "second") == [
        "                             of",
        "name    kind  value  little use",
        "first   a       0.5           1",
        "second  b     10.25           2",
    ]


def test_what_does_not_fit_goes_by_rank_and_whole() -> None:
    # 8 for the names, 6 and 7 for kind and value, 12 for the third
    assert printed(33, "first", "second")[1] == "name    kind  value  little use"
    assert printed(32, "first", "second")[0] == "name    kind  value"
    assert printed(20, "first", "second")[0] == "name    value"
    assert printed(15, "first", "second")[0] == "name    value"


def test_long_names_are_folded_to_let_the_first_columns_in() -> None:
    lines = printed(41, "x" * 27, "y")
    assert lines[0].split() == ["of"]
    assert [line.split()[0] for line in lines[1:]] == ["name", "x" * 14, "x" * 13, "y"]


def test_wide_letters_count_twice() -> None:
    column = Column("value", ("\u8a9e\u8a9e\u8a9e",), 0)
    assert column.width == 2 + 6


def test_a_measured_value_and_its_interval_are_two_columns() -> None:
    values, intervals = measured("AUC", [Printed("0.812", "0.790", "0.834"), Printed(note="no truth")], 0, 3)
    assert values == Column("AUC", ("0.812", "\u2013"), 0)
    assert intervals == Column("95 %\ninterval", ("0.790\u20130.834", ""), 3)
