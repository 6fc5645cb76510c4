"""Our numbers beside published ones: means, spreads, agreement, order."""

import math
from typing import Any

import pytest

from miaudit.experiments.beside import beside, rankings, tally, unplaced
from miaudit.experiments.expected import Key, published
from miaudit.experiments.marks import Ours
from miaudit.experiments.page import markdown_table
from miaudit.experiments.results import SCHEMA, ExperimentResult, Number, RowResult, Run
from miaudit.experiments.spec import Experiment, KnownShares, Named, Row

NAMED = Named(
    paper="paper",
    table="table1",
    experiment=Experiment(
        title="A table",
        source="A paper",
        measures=("test_accuracy", "auc"),
        attacks=("loss", "gap"),
        rows=(Row(name="a", setting="digits"), Row(name="b", setting="digits", stand_in="c")),
    ),
    settings={"digits": {"dataset": "digits", "split": {"name": "pool"}, "recipe": {"model": "mlp"}}},
)


def run(seed: int, loss: float, gap: float) -> Run:
    numbers: dict[str, dict[str, Number]] = {"loss": {"auc": (loss, 0.4, 0.9)}, "gap": {"auc": (gap, None, None)}}
    return Run(seed=seed, target={"test_accuracy": (0.8, 0.75, 0.85)}, attacks=numbers, controls_passed=True)


def result(*runs: Run) -> ExperimentResult:
    config = NAMED.config(NAMED.experiment.rows[0], 0).as_dict()
    row = RowResult(name="a", state="done", config=config, runs=runs)
    return ExperimentResult(schema=SCHEMA, experiment="paper/table1", scale="paper", rows=(row,))


EXPECTED = {
    Key("table1", "a", "", "test_accuracy"): published("0.9"),
    Key("table1", "a", "loss", "auc"): published("0.62"),
    Key("table1", "a", "gap", "auc"): published("0.55"),
    Key("table2", "a", "gap", "auc"): published("0.99"),
}


def test_several_runs_give_mean_and_deviation() -> None:
    lines = beside(NAMED, result(run(0, 0.6, 0.5), run(1, 0.7, 0.5)), EXPECTED)
    assert [(line.row.name, line.attack) for line in lines[:3]] == [("a", ""), ("a", "loss"), ("a", "gap")]
    loss = lines[1].cells[0]
    assert loss.paper == published("0.62")
    assert loss.ours is not None
    assert loss.ours.value == pytest.approx(0.65)
    assert loss.ours.spread == pytest.approx(math.sqrt(0.005))


def test_one_run_gives_its_interval() -> None:
    (cell,) = beside(NAMED, result(run(0, 0.6, 0.5)), EXPECTED)[1].cells
    assert cell.ours == Ours(0.6, None, 0.4, 0.9)


def test_rows_that_were_not_run_are_shown_with_what_was_published() -> None:
    empty = ExperimentResult(schema=SCHEMA, experiment="paper/table1", scale="paper", rows=())
    lines = beside(NAMED, empty, EXPECTED)
    assert {line.state for line in lines} == {"not run yet"}
    assert [line.attack for line in lines] == ["", "loss", "gap"] * 2
    assert "| a | loss |  | 0.62 / – | not run yet |" in markdown_table(lines)


def test_the_order_of_the_attacks_is_compared_in_each_row() -> None:
    (same,) = rankings(beside(NAMED, result(run(0, 0.6, 0.5)), EXPECTED))
    assert same.is_same
    assert same == ("a", {"loss": 0.62, "gap": 0.55}, {"loss": 0.6, "gap": 0.5})
    (other,) = rankings(beside(NAMED, result(run(0, 0.5, 0.6)), EXPECTED))
    assert not other.is_same
    assert rankings(beside(NAMED, result(run(0, 0.5, 0.6)), {})) == []


def test_what_differs_little_here_or_not_at_all_there_is_not_ranked() -> None:
    (near,) = rankings(beside(NAMED, result(run(0, 0.6, 0.609)), EXPECTED))
    assert near.is_same
    ties = {**EXPECTED, Key("table1", "a", "gap", "auc"): published("0.62")}
    for numbers in ((0.6, 0.5), (0.5, 0.6)):
        assert rankings(beside(NAMED, result(run(0, *numbers)), ties))[0].is_same


def test_published_numbers_are_counted_by_whether_they_hold() -> None:
    lines = beside(NAMED, result(run(0, 0.61, 0.56)), EXPECTED)
    # test accuracy 0.8 for 0.9; the interval of 0.61 is wide, 0.56 has none
    assert tally("table1", lines, EXPECTED) == (3, 1, 1, 1)
    assert tally("table1", lines, EXPECTED).measured == 3


def test_draws_on_one_target_are_runs_of_the_attacks_alone() -> None:
    trials = tuple(run(0, 0.6 + trial / 100, 0.5).model_copy(update={"trial": trial}) for trial in range(3))
    target, loss, _ = beside(NAMED, result(*trials), EXPECTED)[:3]
    assert target.cells[0].ours == Ours(0.8, None, 0.75, 0.85)
    assert target.runs == 1
    assert loss.runs == 3
    assert loss.cells[0].ours is not None
    assert loss.cells[0].ours.spread == pytest.approx(0.01)


def test_the_interval_is_that_of_the_run_that_has_the_number() -> None:
    without = run(0, 0.6, 0.5).model_copy(update={"attacks": {"loss": {}}})
    lines = beside(NAMED, result(without, run(1, 0.6, 0.5)), EXPECTED)
    loss = lines[1]
    assert loss.attack == "loss"
    assert loss.cells[0].ours == Ours(0.6, None, 0.4, 0.9)


def test_rows_with_fewer_seeds_than_asked_for_are_marked() -> None:
    experiment = NAMED.experiment.model_copy(update={"seeds": 3})
    lines = beside(NAMED.model_copy(update={"experiment": experiment}), result(run(0, 0.6, 0.5), run(1, 0.6, 0.5)), {})
    assert "| 2 so far |" in markdown_table(lines)
    assert "so far" not in markdown_table(beside(NAMED, result(run(0, 0.6, 0.5)), {}))
    quick = result(run(0, 0.6, 0.5)).model_copy(update={"scale": "quick"})
    assert "so far" not in markdown_table(beside(NAMED.model_copy(update={"experiment": experiment}), quick, {}))


def test_what_no_line_shows_is_found() -> None:
    more = {**EXPECTED, Key("table1", "c", "", "range"): published("0.01")}
    lines = beside(NAMED, result(run(0, 0.6, 0.5)), more)
    assert unplaced("table1", lines, more) == {Key("table1", "c", "", "range"): published("0.01")}
    assert unplaced("table1", lines, EXPECTED) == {}


def test_results_of_older_settings_are_told_apart() -> None:
    found = result(run(0, 0.6, 0.5))
    assert not any(line.is_outdated for line in beside(NAMED, found, {}))
    recipe = {"recipe": {"model": "mlp", "epochs": 3}}
    changed = NAMED.model_copy(update={"settings": {"digits": {**NAMED.settings["digits"], **recipe}}})
    lines = beside(changed, found, EXPECTED)
    assert tally("table1", lines, EXPECTED).measured == 0
    assert rankings(lines) == []
    assert [line.is_outdated for line in lines if line.row.name == "a"] == [True] * 3
    assert not any(line.is_outdated for line in lines if line.row.name == "b")
    assert "| a | loss |  | 0.62 / **0.600** [0.400, 0.900] ? | 1, with older settings |" in markdown_table(lines)
    known = NAMED.experiment.rows[0].model_copy(update={"known": KnownShares(share=0.5)})
    experiment = NAMED.experiment.model_copy(update={"rows": (known,)})
    lines = beside(NAMED.model_copy(update={"experiment": experiment}), found, {})
    assert all(line.is_outdated for line in lines)


def test_attacks_that_do_not_apply_say_why() -> None:
    skipped = run(0, 0.6, 0.5).model_copy(update={"skipped": {"lira": "needs references"}})
    (line,) = [line for line in beside(NAMED, result(skipped), {}) if line.attack == "lira"]
    assert line.state == "not run: needs references"


def test_a_row_takes_the_place_of_its_older_self() -> None:
    newer = RowResult(name="a", state="not run", why="no data", config={})
    fewer, more = result(run(0, 0.6, 0.5)).rows[0], result(run(0, 0.6, 0.5), run(1, 0.6, 0.5))
    assert more.holds_more_than(fewer)
    others: list[dict[str, Any]] = [
        {"known": KnownShares(share=0.5)},
        {"data": "another"},
        {"config": {**fewer.config, "seed": 5}},
        {"config": {}},
    ]
    for other in others:
        assert not more.holds_more_than(fewer.model_copy(update=other))
    assert not more.holds_more_than(more.rows[0])
    found = result(run(0, 0.6, 0.5)).with_row(newer)
    assert result(run(0, 0.6, 0.5)).holds_more_than(newer)
    assert not found.holds_more_than(newer)
    assert found.rows == (newer,)
    assert found.row("a", 0) == newer
    assert found.row("a", 1) is None
