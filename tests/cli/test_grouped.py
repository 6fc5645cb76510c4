"""The groups on the terminal."""

from miaudit.cli.console import PlainConsole
from miaudit.cli.grouped import show_groups
from report_groups import EXAMPLE, grouping, result


def shown(width: int) -> list[str]:
    console = PlainConsole()
    console.width = width
    with console.capture() as captured:
        show_groups(result(grouping()), console)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_each_group_has_one_line_with_the_numbers_of_the_strongest_attack() -> None:
    lines = shown(120)
    assert "Groups by sex, as lira finds them" in lines
    cells = {line.split()[0]: line.split()[1:] for line in lines if line[:3] in ("<f>", "m  ", "x  ")}
    assert cells["<f>"] == ["100", "90", "0.800", "0.750\u20130.850", "25.0", "%", "16.5\u201333.5", "1.00", "%", "4"]
    assert cells["m"][:3] == ["95", "100", "0.800"]
    assert set(cells["x"]) == {"\u2013"}  # suppressed
    assert "Not shown, with fewer than 10 members or non-members: x." in lines


def test_it_fits_narrow_screens() -> None:
    for width in (30, 40, 60, 80):
        assert max(map(len, shown(width))) <= width
    assert sum(line.startswith("m ") and "0.800" in line for line in shown(40)) == 1


def test_without_groups_nothing_is_printed() -> None:
    console = PlainConsole()
    with console.capture() as captured:
        show_groups(EXAMPLE.result(), console)
    assert captured.get() == ""
