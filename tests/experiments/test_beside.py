"""Our numbers beside published ones: means, spreads, agreement, order."""

import math

import pytest

from miaudit.experiments.beside import Cell, Ours, beside, same_order
from miaudit.experiments.expected import Key
from miaudit.experiments.page import markdown_table
from miaudit.experiments.results import SCHEMA, ExperimentResult, Number, RowResult, Run
from miaudit.experiments.spec import Experiment, Named, Row

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
    return Run(seed=seed, target={"test_accuracy": 0.8}, attacks=numbers, controls_passed=True)


def result(*runs: Run) -> ExperimentResult:
    row = RowResult(name="a", state="done", config={}, runs=runs)
    return ExperimentResult(schema=SCHEMA, experiment="paper/table1", scale="paper", rows=(row,))


EXPECTED = {
    Key("table1", "a", "", "test_accuracy"): 0.9,
    Key("table1", "a", "loss", "auc"): 0.62,
    Key("table1", "a", "gap", "auc"): 0.55,
    Key("table2", "a", "gap", "auc"): 0.99,
}


def test_several_runs_give_mean_and_deviation() -> None:
    lines = beside(NAMED, result(run(0, 0.6, 0.5), run(1, 0.7, 0.5)), EXPECTED)
    assert [(line.row.name, line.attack) for line in lines[:3]] == [("a", ""), ("a", "loss"), ("a", "gap")]
    loss = lines[1].cells[0]
    assert loss.paper == 0.62
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
    assert "| a | loss |  | 0.620 / – | not run yet |" in markdown_table(lines)


@pytest.mark.parametrize(
    ("ours", "paper", "agrees"),
    [
        (0.62, 0.592, True),
        (0.63, 0.592, False),
        (0.02, 0.03, True),  # small: within a factor of 1.5
        (0.01, 0.03, False),  # near, but a third
        (0.0, 0.0, True),
        (0.12, 0.09, True),  # within 0.03
        (120.0, 100.0, True),
        (160.0, 100.0, False),
    ],
)
def test_agreement(ours: float, paper: float, agrees: bool) -> None:
    assert Cell("auc", Ours(ours, None), paper).agrees is agrees
    assert Cell("auc", None, paper).agrees is None
    assert Cell("auc", Ours(ours, None), None).agrees is None


def test_the_order_of_the_attacks_is_compared_in_each_row() -> None:
    assert same_order(beside(NAMED, result(run(0, 0.6, 0.5)), EXPECTED)) == {"a": True}
    assert same_order(beside(NAMED, result(run(0, 0.5, 0.6)), EXPECTED)) == {"a": False}
    assert same_order(beside(NAMED, result(run(0, 0.5, 0.6)), {})) == {}


def test_a_row_takes_the_place_of_its_older_self() -> None:
    newer = RowResult(name="a", state="not run", why="no data", config={})
    found = result(run(0, 0.6, 0.5)).with_row(newer)
    assert found.rows == (newer,)
    assert found.row("a", 0) == newer
    assert found.row("a", 1) is None
