"""The numbers behind the advice on attacks are those that the benchmark kept."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages.blocks import pages

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "strength"
ADVICE = pages()["which_attack.md"].read_text(encoding="utf-8")
STRENGTH = pages()["strength.md"].read_text(encoding="utf-8")
WORLDS = sorted(file.stem for file in RESULTS.glob("*.json"))


def results(world: str) -> dict[str, Any]:
    """What the benchmark found in a world."""
    found: dict[str, Any] = json.loads((RESULTS / f"{world}.json").read_text(encoding="utf-8"))
    return found


def cells(line: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip(" `*") for cell in line.strip("|").split("|")]


def tables(text: str) -> list[list[list[str]]]:
    """Cells of every table of a page: rows without the line below the head."""
    found = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    return [[row for row in map(cells, table.splitlines()) if set("".join(row)) - {"-"}] for table in found]


def rate(world: str, size: str, attack: str) -> str:
    """Mean TPR at 1 % FPR in per cent."""
    found = results(world)["rates"].get(size, {}).get(attack)
    return f"{100 * np.mean(found['tpr'][0]):.1f}" if found else "-"


def test_the_rates_of_the_advice_are_those_that_were_measured() -> None:
    shown = tables(ADVICE.partition("<!-- strength: begin")[2].partition("<!-- strength: end")[0])
    assert shown
    for head, sizes, *rows in shown:
        worlds = head[1::2]
        assert len(rows) == 15
        for attack, *numbers in rows:
            places = zip(np.repeat(worlds, 2), sizes[1:], strict=True)
            assert numbers == [rate(world, size, attack) for world, size in places], attack


@pytest.mark.parametrize("world", WORLDS)
def test_the_page_shows_what_was_measured(world: str) -> None:
    (section,) = re.findall(rf"^## {world}, .*?(?=^## |\Z)", STRENGTH, flags=re.MULTILINE | re.DOTALL)
    head, *rows = tables(section)[0]
    sizes = [title.removeprefix("N = ").replace("1 shadow, 1 reference", "apart") for title in head[1:]]
    assert sizes == list(results(world)["rates"])
    for attack, *numbers in rows:
        if any(attack in rates for rates in results(world)["rates"].values()):
            assert [number.partition(" ")[0] for number in numbers] == [rate(world, s, attack) for s in sizes], attack


@pytest.mark.parametrize("world", WORLDS)
def test_the_ensemble_is_first_or_within_noise_with_eight_models_or_more(world: str) -> None:
    for size, (at_one_per_cent, *_) in results(world)["against_best"].items():
        if size != "apart" and int(size) >= 8:
            is_first = at_one_per_cent["first"] >= at_one_per_cent["second"]
            highest_ends = (at_one_per_cent["over_targets"][1], at_one_per_cent["over_records"][1])
            assert is_first or min(highest_ends) >= 0, size
