"""Which rows are run within a time: those without a result first, tables before figures, then the shortest."""

from itertools import count
from pathlib import Path

import pytest

from miaudit.experiments.agenda import Entry, entries, listed, missing_rows, within
from miaudit.experiments.forecast import Model, Sum, total
from miaudit.experiments.paces import Paces
from miaudit.experiments.results import SCHEMA, ExperimentResult
from miaudit.experiments.running import Reproduction
from miaudit.experiments.spec import Experiment, Named, Row
from miaudit.store.local import LocalStore
from tiny import rows_of

SPLIT = {"name": "six_way", "target_in": 60, "target_out": 60, "shadow_in": 50, "shadow_out": 50, "reference": 60}
RECIPE = {"model": {"name": "mlp", "hidden": [8]}, "epochs": 2}
SETTINGS = {
    name: {"dataset": data, "split": SPLIT, "recipe": RECIPE}
    for name, data in (("digits", "digits"), ("absent", "mnist"), ("unknown", "user_file"))
}


def named(*rows: Row, table: str = "table1", seeds: int = 1) -> Named:
    content = {"title": "T", "source": "S", "attacks": ["loss", "calibrated"], "rows": rows, "seeds": seeds}
    return Named(paper="paper", table=table, experiment=Experiment.model_validate(content), settings=SETTINGS)


def entry(name: str, *seconds: float | None, table: str = "table1", done: bool = False) -> Entry:
    """A row whose models, `NAME0` and so on, take these seconds."""
    models = tuple(Model(f"{name}{k}", f"{name}{k}-outputs", each) for k, each in enumerate(seconds))
    row = Row(name=name, setting="digits")
    return Entry(named(row, table=table), row, 0, done, models)


def titles(waiting: list[Entry], store: LocalStore, seconds: float, passed: float = 0.0) -> list[str]:
    """The rows chosen, where each moment that is asked for lies so much later than the one before."""
    clock = count(0.0, passed)
    return [found.row.name for found, _ in within(waiting, store, seconds, 2, lambda: next(clock))]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_a_sum_counts_each_model_once_and_cores_that_have_work() -> None:
    one, two, unknown = Model("a", "", 6.0), Model("b", "", 4.0, measured=False), Model("c", "", None)
    assert total([one, one], 2) == Sum(6.0, measured=True)
    assert total([one, two], 2) == Sum(5.0, measured=False)
    assert total([one, two], 2) is not None
    assert total([one, unknown], 2) is None
    assert total([], 2) == Sum(0.0, measured=True)
    assert Sum(90.0, measured=False).times(2).text == "~3.0 min"


def test_rows_without_a_result_come_first_then_tables_then_the_shortest(store: LocalStore) -> None:
    waiting = [
        entry("again", 1.0, done=True),
        entry("curve", 1.0, table="figure2"),
        entry("long", 8.0),
        entry("short", 2.0),
        entry("whoknows", None),
    ]
    assert titles(waiting, store, 100) == ["short", "long", "curve", "again"]
    assert titles(waiting, store, 5) == ["short", "curve", "again"]


def test_what_fits_is_what_is_left_of_the_time(store: LocalStore) -> None:
    # Each look at the clock takes a second: the third row would still fit into 10 s, but not into what is left of them.
    assert titles([entry("a", 1.0), entry("b", 2.0), entry("c", 8.0)], store, 10, passed=1.0) == ["a", "b"]


def test_models_that_are_in_the_store_by_then_take_no_time(store: LocalStore) -> None:
    one, same = entry("a", 30.0), entry("b", 30.0)
    chosen = within([one, Entry(same.named, same.row, 0, False, one.models)], store, 40, 2)
    assert next(chosen)[1].seconds == 30
    store.put("a0", {}, {})
    assert next(chosen)[1].seconds == 0


def test_missing_are_rows_without_result_with_too_few_seeds_or_other_settings(store: LocalStore) -> None:
    table = named(Row(name="a", setting="digits"), Row(name="b", setting="digits"))
    done = ExperimentResult(
        schema=SCHEMA,
        experiment="paper/table1",
        scale="paper",
        rows=tuple(rows_of(Reproduction(store), table.only(("a",)))),
    )
    assert [row.name for row, _ in missing_rows(table, done)] == ["b"]
    assert [row.name for row, _ in missing_rows(table, done, seeds=2)] == ["a", "b"]
    changed = named(Row(name="a", setting="digits", change={"recipe": {"epochs": 3}}))
    assert [row.name for row, _ in missing_rows(changed, done)] == ["a"]
    (again,) = entries([(changed, done)], Paces())
    assert again.has_result
    assert len(again.models) == 3  # the target, a shadow and a reference
    states = [row.state for row in listed(named(*table.experiment.rows, seeds=2), done, Paces(), 2)]
    assert states == ["1 of 2 seeds", "not run"]


def test_rows_whose_data_is_not_on_disk_are_not_on_the_agenda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    table = named(Row(name="a", setting="absent"), Row(name="b", setting="digits"))
    nothing = ExperimentResult(schema=SCHEMA, experiment="paper/table1", scale="paper", rows=())
    assert [each.title for each in entries([(table, nothing)], Paces())] == ["paper/table1 b"]


def test_the_list_multiplies_the_first_seed() -> None:
    nothing = ExperimentResult(schema=SCHEMA, experiment="paper/table1", scale="paper", rows=())
    (once,) = listed(named(Row(name="a", setting="absent", title="A title")), nothing, Paces(), 1)
    (twice,) = listed(named(Row(name="a", setting="absent"), seeds=2), nothing, Paces(), 1)
    assert (once.title, once.state) == ("A title", "not run")
    assert float(twice.training.strip("~ s")) == pytest.approx(2 * float(once.training.strip("~ s")), rel=0.05)
