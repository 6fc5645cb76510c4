"""The numbers behind the advice on attacks are those of the page on strength."""

import re

from pages.blocks import pages

HEADER = ("attack", "---")
WORLDS = ("digits", "location30", "adult", "adult_forest")
ADVICE = pages()["which_attack.md"].read_text(encoding="utf-8")
STRENGTH = pages()["strength.md"].read_text(encoding="utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """Cells of each row of a table by its first one."""
    cells = [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line]
    return {first: rest for first, *rest in cells}


def measured(world: str) -> dict[str, list[str]]:
    """Rates at 1 % FPR by attack, for each number of reference models."""
    (section,) = re.findall(rf"^## {world}, .*?(?=^## |\Z)", STRENGTH, flags=re.MULTILINE | re.DOTALL)
    return {name: [cell.partition(" ")[0] for cell in cells] for name, cells in rows(section).items()}


def test_the_rates_are_those_that_were_measured() -> None:
    shown = rows(ADVICE.partition("<!-- strength")[2].partition("\n\n- ")[0])
    worlds = [measured(world) for world in WORLDS]
    attacks = {name: cells for name, cells in shown.items() if name in worlds[0] and name not in HEADER}
    assert len(attacks) == 15
    for name, cells in attacks.items():
        assert cells == [rate for world in worlds for rate in (world[name][1], world[name][4])], name


def test_the_ensemble_is_first_with_eight_models_or_more() -> None:
    for world in map(measured, WORLDS):
        for place in (2, 3, 4):
            best = max(float(cells[place]) for name, cells in world.items() if name not in HEADER)
            assert float(world["ensemble"][place]) == best
