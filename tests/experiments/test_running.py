"""Running rows: nothing is trained twice, what cannot be run says why, trials draw other known records."""

import math
from pathlib import Path

import numpy as np
import pytest

from miaudit.auditing.from_config import plan_of_config
from miaudit.config import PluginConfig, parse_config
from miaudit.datasets.base import Dataset
from miaudit.experiments import results, running
from miaudit.experiments.gpu import PASSES, RATE, gpu_seconds
from miaudit.experiments.quick import few_records
from miaudit.experiments.results import made
from miaudit.experiments.running import Reproduction, known_rows
from miaudit.experiments.spec import Experiment, KnownShares, Named, Row
from miaudit.splits.base import Split
from miaudit.store.local import LocalStore
from tiny import rows_of

SPLIT = {"name": "six_way", "target_in": 60, "target_out": 60, "shadow_in": 50, "shadow_out": 50, "reference": 60}
RECIPE = {"model": {"name": "mlp", "hidden": [8]}, "epochs": 2}


def named(*rows: Row, **changes: object) -> Named:
    experiment = Experiment.model_validate(
        {"title": "T", "source": "S", "measures": ["auc"], "attacks": ["loss", "calibrated"], "rows": rows, **changes}
    )
    settings = {
        "digits": {"dataset": "digits", "split": SPLIT, "recipe": RECIPE},
        "absent": {"dataset": "mnist", "split": SPLIT, "recipe": RECIPE},
        "images": {"dataset": "cinic10", "split": SPLIT, "recipe": {**RECIPE, "model": {"name": "vgg16"}}},
    }
    return Named(paper="paper", table="table1", experiment=experiment, settings=settings)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    return LocalStore(tmp_path_factory.mktemp("store"))


def test_a_second_run_trains_nothing_and_gives_the_same_numbers(store: LocalStore) -> None:
    table = named(Row(name="a", setting="digits"), seeds=2, series=["roc", "hardness"])
    (first,) = rows_of(Reproduction(store), table)
    (second,) = rows_of(Reproduction(store), table)
    assert first.made["training_seconds"] > 0
    assert second.made["training_seconds"] == first.made["training_seconds"]  # of all models, those of the store too
    assert first.state == "done"
    assert [run.seed for run in first.runs] == [0, 1]
    assert first.made["models_trained"] == 6
    assert second.made["models_trained"] == 0
    assert second.runs == first.runs
    assert set(first.runs[0].series) == {"roc", "hardness"}
    assert first.runs[1].series == {}
    assert first.runs[0].series["roc"]["loss"]["fpr"][0] == pytest.approx(1 / 60)  # no less with so many non-members
    assert first.runs[0].attacks["loss"]["auc"] != first.runs[1].attacks["loss"]["auc"]


def test_rows_of_one_name_are_its_parts(store: LocalStore) -> None:
    rows = (Row(name="a", setting="digits", attacks=("loss",)), Row(name="a", setting="digits", attacks=("gap",)))
    found = list(rows_of(Reproduction(store), named(*rows)))
    assert [(row.name, row.part, list(row.runs[0].attacks)) for row in found] == [("a", 0, ["loss"]), ("a", 1, ["gap"])]


def test_what_cannot_be_run_says_why(store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    monkeypatch.setattr(running, "has_gpu", lambda: False)
    monkeypatch.setattr(running, "usable_cores", lambda: 2)
    change = {"split": {"target_in": 20_000}, "recipe": {"epochs": 100}}
    large = Row(name="large", setting="images", gpu=True, change=change)
    absent, gpu = rows_of(Reproduction(store), named(Row(name="absent", setting="absent"), large))
    assert absent.state == gpu.state == "not run"
    assert absent.why == "data set mnist is not on disk; `miaudit datasets` says how to get it"
    # 626.4 million operations x (3 x 100 epochs x (20,000 + 50 + 60) + 60,380 questions) at 10^13 a second: 381.7 s.
    # Two cores at 5 x 10^10 a second take a hundred times as long.
    assert gpu.why == "about 10.6 h on 2 cores, about 6.4 min on a GPU; `--gpu-rows` runs it without one"
    (tried,) = rows_of(Reproduction(store, large=True), named(large))
    assert tried.why == "data set cinic10 is not on disk; `miaudit datasets` says how to get it"
    monkeypatch.setattr(running, "has_gpu", lambda: True)
    (tried,) = rows_of(Reproduction(store), named(large))
    assert tried.why == "data set cinic10 is not on disk; `miaudit datasets` says how to get it"


def test_gpu_time_counts_validation_and_what_a_defence_trains() -> None:
    plan = plan_of_config(parse_config({"dataset": "digits", "split": {**SPLIT, "test": 30}, "recipe": RECIPE}))
    stops = {"recipe": {**RECIPE, "early_stopping": True}}
    stopped = plan_of_config(parse_config({"dataset": "digits", "split": {**SPLIT, "test": 30}, **stops}))
    # forward operations of a record (64 x 8 + 8 x 10, each two) for 30 records after each of two epochs, of 3 models
    assert (gpu_seconds(stopped) - gpu_seconds(plan)) * RATE == pytest.approx(2 * (64 * 8 + 8 * 10) * 30 * 2 * 3)
    plain, defended = (
        plan_of_config(parse_config({"dataset": "digits", "split": SPLIT, "recipe": RECIPE, **more}))
        for more in ({}, {"defence": {"name": "selena", "models": 3, "left_out": 1}})
    )
    # The target alone has the defence: in each of two epochs, its sub-models pass over two records more per member.
    more = PASSES * 2 * 2 * len(plain.split.members)
    assert (gpu_seconds(defended) - gpu_seconds(plain)) * RATE == pytest.approx(2 * (64 * 8 + 8 * 10) * more)


def test_the_few_records_of_quick_runs_are_drawn_once(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def few(source: PluginConfig, count: int) -> Dataset:
        drawn.append(source.name)
        return few_records(source, count)

    monkeypatch.setattr(running, "few_records", few)
    rows_of(Reproduction(store, "quick"), named(Row(name="a", setting="absent"), Row(name="b", setting="absent")))
    assert drawn == ["mnist"]


def test_known_records_are_drawn_anew_each_trial(store: LocalStore) -> None:
    row = Row(
        name="a", setting="digits", attacks=({"attack": "kde", "name": "kde"},), known=KnownShares(share=0.5, trials=2)
    )
    (found,) = rows_of(Reproduction(store), named(row, series=["densities"]))
    assert [run.trial for run in found.runs] == [0, 1]
    counts = found.runs[0].attacks["kde"]
    sample = sum(counts[f"sample_{kind}"][0] or 0 for kind in ("tp", "fp", "tn", "fn"))
    rest = sum(counts[f"rest_{kind}"][0] or 0 for kind in ("tp", "fp", "tn", "fn"))
    assert (sample, rest) == (60, 60)
    assert found.runs[0].attacks["kde"]["kl_divergence"] != found.runs[1].attacks["kde"]["kl_divergence"]


def test_shares_are_of_each_side() -> None:
    split = Split(members=np.arange(100), nonmembers=np.arange(100, 140))
    known = known_rows(split, 0.25, trial=0)
    assert int(np.sum(known < 100)) == 25
    assert len(known) == 35
    assert np.array_equal(known, known_rows(split, 0.25, trial=0))
    assert not np.array_equal(known, known_rows(split, 0.25, trial=1))


def test_a_cut_that_does_not_meet_its_condition_is_told(store: LocalStore) -> None:
    row = Row(name="a", setting="digits", attacks=("loss", "gap"))
    (found,) = rows_of(Reproduction(store), named(row, threshold={"name": "precision", "alpha": 1.0}))
    assert found.runs[0].unmet == ("gap",)  # it is right on many non-members, too


def test_counts_and_accuracies_have_the_intervals_of_their_records(store: LocalStore) -> None:
    (found,) = rows_of(Reproduction(store), named(Row(name="a", setting="digits")))
    run = found.runs[0]
    assert run.target["members"] == (60, None, None)
    assert run.target["epsilon"] == (math.inf, None, None)  # nothing is guaranteed
    value, low, high = run.target["train_accuracy"]
    assert low is not None
    assert high is not None
    assert value is not None
    assert low <= value <= high
    count, recall = run.attacks["loss"]["true_positives"], run.attacks["loss"]["recall"]
    assert count == pytest.approx(tuple(60 * (end or 0) for end in recall), abs=0.06)


def test_a_training_without_noise_guarantees_nothing(store: LocalStore) -> None:
    private = {"defence": {"name": "dp_sgd", "noise": 0}}
    (found,) = rows_of(Reproduction(store), named(Row(name="a", setting="digits", attacks=("loss",), change=private)))
    assert found.runs[0].target["epsilon"] == (math.inf, None, None)


def test_infinite_numbers_are_kept(tmp_path: Path) -> None:
    run = results.Run(seed=0, target={"epsilon": (math.inf, None, None)}, attacks={}, controls_passed=True)
    row = results.RowResult(name="a", state="done", config={}, runs=(run,))
    written = results.read(tmp_path, "paper/table1", "paper").with_row(row)
    results.write(tmp_path, written)
    assert results.read(tmp_path, "paper/table1", "paper") == written


def test_results_files_are_read_as_they_were_written(store: LocalStore, tmp_path: Path) -> None:
    (row,) = rows_of(Reproduction(store), named(Row(name="a", setting="digits"), series=["precision_recall"]))
    empty = results.read(tmp_path, "paper/table1", "paper")
    assert empty.rows == ()
    written = empty.with_row(row)
    path = results.write(tmp_path, written)
    assert path == tmp_path / "paper" / "results" / "table1.json"
    assert results.read(tmp_path, "paper/table1", "paper") == written
    assert set(row.made) >= {"date", "seconds", "machine", "libraries", "commit", "miaudit"}


def test_the_machine_of_a_row_names_its_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.experiments.results.name_of", lambda device: f"{device} (a GPU)")
    assert made(1.0, 2, None, "cuda")["machine"] == made(1.0, 2, None)["machine"] + ", cuda (a GPU)"
