"""The command `reproduce` as it is typed."""

from pathlib import Path

import pytest

from tiny import Call, Called

FOLDER = Path(__file__).parents[2] / "experiments"
SETTINGS = """
digits:
  dataset: digits
  split: {name: six_way, target_in: 60, target_out: 60, shadow_in: 50, shadow_out: 50, reference: 60}
  recipe: {model: {name: mlp, hidden: [8]}, epochs: 2}
"""
TABLE = """
title: A small table
source: A paper, Table 1
measures: [auc]
series: [roc]
attacks: [loss]
rows:
  - {name: first, setting: digits, title: The first}
  - {name: second, setting: digits, change: {recipe: {epochs: 3}}, note: Trained longer.}
"""
EXPECTED = """experiment,row,attack,measure,value,source
table1,first,loss,auc,0.5,"A paper, Table 1"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one experiment of two rows."""
    paper = tmp_path / "experiments" / "paper"
    paper.mkdir(parents=True)
    for name, text in (("settings.yaml", SETTINGS), ("table1.yaml", TABLE), ("expected.csv", EXPECTED)):
        (paper / name).write_text(text, encoding="utf-8")
    return paper.parent


def test_rows_are_run_saved_and_shown_beside_the_published_numbers(call: Call, folder: Path, tmp_path: Path) -> None:
    store = ("--folder", str(folder), "--store", str(tmp_path / "store"))
    called = call("reproduce", "paper/table1", "--rows", "first", "--seeds", "2", *store)
    assert called.code == 0, called.err
    assert "A paper, Table 1: A small table" in called.out
    assert "| The first | loss | 0.5 / **" in called.out
    assert "second" not in called.out
    assert "1 of 2 rows" in call("reproduce", "--list", "--folder", str(folder)).out
    called = call("reproduce", "paper/table1", "--rows", "second", *store)
    assert called.code == 0
    assert "2 of 2 rows" in call("reproduce", "--list", "--folder", str(folder)).out


def test_a_paper_alone_means_all_of_it(call: Call, folder: Path, tmp_path: Path) -> None:
    other = TABLE.replace("Table 1", "Table 2").replace("name: first", "name: third")
    (folder / "paper" / "table2.yaml").write_text(other, encoding="utf-8")
    quick = ("--scale", "quick", "--folder", str(folder), "--store", str(tmp_path / "store"))
    called = call("reproduce", "paper", *quick)
    assert called.code == 0, called.err
    assert called.out.index("A paper, Table 1") < called.out.index("A paper, Table 2")
    called = call("reproduce", "paper", "--rows", "third", *quick)
    assert called.code == 0, called.err
    assert "Table 1" not in called.out
    assert "second" not in called.err
    assert "third: done" in called.err


def test_a_quick_run_says_that_its_numbers_say_nothing(call: Call, folder: Path, tmp_path: Path) -> None:
    called = call("reproduce", "paper/table1", "--scale", "quick", "--folder", str(folder), "--store", str(tmp_path))
    assert called.code == 0
    assert "the numbers below say nothing" in called.out
    assert not (folder / "paper" / "results" / "table1.json").exists()
    assert "0 of 2 rows" in call("reproduce", "--list", "--folder", str(folder)).out


def test_what_cannot_be_run_now_does_not_replace_a_result(
    call: Call, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ("reproduce", "paper/table1", "--rows", "first", "--folder", str(folder), "--store", str(tmp_path / "store"))
    assert call(*run).code == 0
    results = folder / "paper" / "results" / "table1.json"
    before = results.read_bytes()
    absent = SETTINGS.replace("dataset: digits", "dataset: mnist")
    (folder / "paper" / "settings.yaml").write_text(absent, encoding="utf-8")
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    called = call(*run)
    assert called.code == 0
    assert "first: not run" in called.err
    assert "its older result stays" in called.err
    assert results.read_bytes() == before
    assert "1, with older settings" in called.out


def test_fewer_runs_do_not_replace_more(call: Call, folder: Path, tmp_path: Path) -> None:
    run = ("reproduce", "paper/table1", "--rows", "first", "--folder", str(folder), "--store", str(tmp_path / "store"))
    assert call(*run, "--seeds", "2").code == 0
    called = call(*run, "--seeds", "1")
    assert "first: done: fewer runs than before; its older result stays" in called.err
    assert "| 2 |" in called.out


def run_with(call: Call, folder: Path, old: str, new: str) -> Called:
    """The paper's run after a change in its table."""
    (folder / "paper" / "table1.yaml").write_text(TABLE.replace(old, new), encoding="utf-8")
    return call("reproduce", "paper", "--folder", str(folder), "--store", str(folder.parent / "store"))


def test_a_row_that_fails_does_not_keep_the_others_from_being_run(call: Call, folder: Path) -> None:
    called = run_with(call, folder, "first, setting: digits", "first, setting: digits, attacks: [lasso]")
    assert called.code == 2
    assert "first: failed: no attack is called 'lasso'" in called.err
    assert "second: done" in called.err
    assert "1 of the rows could not be run (paper/table1 first); the reasons are above" in called.err


def test_wrong_rows_are_told_before_the_work(call: Call, folder: Path) -> None:
    called = run_with(call, folder, "second, setting: digits", "second, setting: letters")
    assert called.code == 2
    assert "paper/table1: row second has no setting 'letters'" in called.err
    assert "first" not in called.err


@pytest.mark.parametrize("damaged", ["expected.csv", "results/table1.json"])
def test_damaged_files_are_told_before_the_work(call: Call, folder: Path, tmp_path: Path, damaged: str) -> None:
    path = folder / "paper" / damaged
    path.parent.mkdir(exist_ok=True)
    path.write_text("damaged", encoding="utf-8")
    called = call("reproduce", "paper", "--folder", str(folder), "--store", str(tmp_path / "store"))
    assert called.code == 2
    assert str(path) in called.err.replace("\n", "")
    assert "models" not in called.err


def test_pages_are_written_into_a_new_folder(call: Call, folder: Path, tmp_path: Path) -> None:
    called = call("reproduce", "--pages", str(tmp_path / "new" / "docs"), "--folder", str(folder))
    assert called.code == 0, called.err
    page = (tmp_path / "new" / "docs" / "paper.md").read_text(encoding="utf-8")
    assert "| A paper, Table 1: A small table | 0 of 2 rows | 1 | 0 | 0 | 0 | 0 | – |" in page


def test_every_published_experiment_is_listed(call: Call) -> None:
    listed = call("reproduce", "--list", "--folder", str(FOLDER))
    assert listed.code == 0
    for name in ("ldc_mia/table2", "ldc_mia/figure14", "hp_mia/table6", "hp_mia/figure17", "kde_slides/sampling"):
        assert name in listed.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected PAPER or PAPER/TABLE, --budget for what is missing of all, or --list"),
        (("papers",), "no experiment is called 'papers': expected one of paper/table1"),
        (("paper", "--rows", "third"), "no row is called 'third': expected one of first, second"),
        (("paper/table2",), "no experiment is called 'paper/table2': did you mean 'paper/table1'?"),
        (("paper", "--pages", "docs"), "expected PAPER[/TABLE] or --list, or --pages: one at a time"),
        (("--list", "--pages", "docs"), "expected PAPER[/TABLE] or --list, or --pages: one at a time"),
        (
            ("paper", "--scale", "quick", "--seeds", "3"),
            "a quick run has one seed and takes seconds: leave out --seeds",
        ),
        (("paper/table1", "--rows", "third"), "no row is called 'third': expected one of first, second"),
    ],
)
def test_mistakes_are_told(call: Call, folder: Path, arguments: tuple[str, ...], message: str) -> None:
    called = call("reproduce", *arguments, "--folder", str(folder))
    assert called.code == 2
    assert message in " ".join(called.err.split())


def test_a_budget_runs_what_is_missing_and_fits(call: Call, folder: Path, tmp_path: Path) -> None:
    store = ("--folder", str(folder), "--store", str(tmp_path / "store"))
    assert call("reproduce", "paper", "--rows", "first", *store).code == 0
    called = call("reproduce", "--budget", "10m", *store)
    assert called.code == 0, called.err
    assert "paper/table1 second: about " in called.err
    assert "first" not in called.err
    assert "2 of 2 rows" in call("reproduce", "--list", "--folder", str(folder)).out
    assert (tmp_path / "store" / "paces.json").is_file()
    assert call("reproduce", "--budget", "10m", *store).out == ""


def test_the_rows_of_an_experiment_are_listed_with_the_time_that_they_take(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    called = call("reproduce", "paper/table1", "--list", "--folder", str(folder), "--store", str(tmp_path))
    assert called.code == 0, called.err
    assert "The first" in called.out
    assert "not run" in called.out
    assert "with nothing in the store" in called.out
