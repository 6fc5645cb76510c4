"""Experiment files: how rows become audits, and what is refused."""

from pathlib import Path

import pytest
import yaml

from miaudit.errors import UserError
from miaudit.experiments.spec import load, merged, names

PARTS = {"target_in": 40, "target_out": 40, "shadow_in": 30, "shadow_out": 30, "reference": 40}
SETTINGS = {
    "digits": {
        "dataset": "digits",
        "split": {"name": "six_way", **PARTS},
        "recipe": {"model": {"name": "mlp", "hidden": [8]}, "epochs": 2},
    }
}
TABLE = {
    "title": "A table",
    "source": "A paper, Table 1",
    "measures": ["auc"],
    "attacks": ["loss"],
    "threshold": {"name": "precision", "alpha": 0.9},
    "seeds": 3,
    "rows": [
        {"name": "small", "setting": "digits"},
        {"name": "long", "setting": "digits", "change": {"recipe": {"epochs": 5}}, "attacks": ["gap"], "seeds": 1},
    ],
}


def write(folder: Path, table: str = "table1", changes: dict[str, object] | None = None) -> Path:
    (folder / "paper").mkdir(exist_ok=True)
    (folder / "paper" / "settings.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    (folder / "paper" / f"{table}.yaml").write_text(yaml.safe_dump(TABLE | (changes or {})), encoding="utf-8")
    return folder


def test_a_row_is_its_setting_with_its_changes_and_the_tables_attacks(tmp_path: Path) -> None:
    named = load(write(tmp_path), "paper/table1")
    small, long = (named.config(row, seed=4).as_dict() for row in named.experiment.rows)
    assert small["recipe"] == SETTINGS["digits"]["recipe"]
    assert long["recipe"] == {"model": {"name": "mlp", "hidden": [8]}, "epochs": 5}
    assert [attack["attack"] for attack in small["attacks"]] == ["loss"]
    assert [attack["attack"] for attack in long["attacks"]] == ["gap"]
    assert small["threshold"] == {"name": "precision", "alpha": 0.9}
    assert small["seed"] == long["seed"] == 4


def test_changes_do_not_reach_the_setting() -> None:
    base = {"a": {"b": 1}}
    assert merged(base, {"a": {"c": 2}, "d": [3]}) == {"a": {"b": 1, "c": 2}, "d": [3]}
    assert base == {"a": {"b": 1}}


def test_seeds_are_as_asked_or_the_rows_or_the_tables(tmp_path: Path) -> None:
    experiment = load(write(tmp_path), "paper/table1").experiment
    small, long = experiment.rows
    assert [experiment.seeds_of(small, None), experiment.seeds_of(long, None)] == [3, 1]
    assert [experiment.seeds_of(small, 2), experiment.seeds_of(long, 2)] == [2, 2]


def test_rows_are_selected_by_name(tmp_path: Path) -> None:
    named = load(write(tmp_path), "paper/table1")
    assert [row.name for row in named.only(("long", "other")).experiment.rows] == ["long"]


def test_experiments_come_in_the_order_of_their_numbers_tables_first(tmp_path: Path) -> None:
    for table in ("figure2", "table10", "table9"):
        write(tmp_path, table)
    assert names(tmp_path) == ["paper/table9", "paper/table10", "paper/figure2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": []}, "rows"),
        ({"colour": "red"}, "colour"),
        ({"series": ["rock"]}, "series"),
        ({"rows": [{"name": "a b", "setting": "digits"}]}, "name"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        load(write(tmp_path, changes=changes), "paper/table1")


def test_settings_that_are_none_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "paper" / "settings.yaml").write_text("digits: mnist\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"table1\.yaml or settings\.yaml: settings\.digits"):
        load(folder, "paper/table1")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there are no experiments in"):
        names(tmp_path)
    write(tmp_path, changes={"rows": [{"name": "a", "setting": "letters"}]})
    with pytest.raises(UserError, match="no experiment is called 'paper/table2': did you mean 'paper/table1'"):
        load(tmp_path, "paper/table2")
    named = load(tmp_path, "paper/table1")
    with pytest.raises(UserError, match="paper/table1: row a has no setting 'letters'"):
        named.config(named.experiment.rows[0], 0)
