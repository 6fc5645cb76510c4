"""Which rows a figure shows, and how they are put together."""

from pathlib import Path
from typing import Any

from miaudit.experiments.figures import write_figures
from miaudit.experiments.results import SCHEMA, ExperimentResult, RowResult, Run
from miaudit.experiments.spec import Experiment, Named, Row

SETTINGS = {"s": {"dataset": "digits", "split": {"name": "pool"}, "recipe": {"model": "mlp"}}}
CURVE = {"fpr": [0.01, 1.0], "tpr": [0.1, 1.0]}


def drawn(tmp_path: Path, series: str, shown: dict[str, dict[str, Any]], config: dict[str, Any] | None = None) -> str:
    """The text of the figure of two rows, of which results may hold more."""
    rows = (Row(name="a", setting="s", title="Lambda 0"), Row(name="b", setting="s", title="Lambda 1"))
    experiment = Experiment.model_validate({"title": "All lambdas", "source": "S", "series": [series], "rows": rows})
    named = Named(paper="p", table="t", experiment=experiment, settings=SETTINGS)
    results = tuple(
        RowResult(
            name=name,
            state="done",
            config=named.config(rows[0], 0).as_dict() if config is None else config,
            runs=(Run(seed=0, target={}, attacks={}, series={series: of}, controls_passed=True),),
        )
        for name, of in shown.items()
    )
    found = ExperimentResult(schema=SCHEMA, experiment="p/t", scale="paper", rows=results)
    (path,) = write_figures(named, found, tmp_path)
    return path.read_text(encoding="utf-8")


def test_curves_of_one_attack_share_a_panel(tmp_path: Path) -> None:
    svg = drawn(tmp_path, "roc", {"b": {"ldc": CURVE}, "a": {"ldc": CURVE}})
    assert svg.count("false positive rate") == 1
    places = [svg.index(text) for text in ("All lambdas", "Lambda 0", "Lambda 1")]
    assert places[1] < places[2]  # in the experiment's order


def test_rows_of_other_settings_are_marked(tmp_path: Path) -> None:
    assert "older settings" not in drawn(tmp_path, "roc", {"a": {"ldc": CURVE}})
    assert "Lambda 0 (older settings)" in drawn(tmp_path, "roc", {"a": {"ldc": CURVE}}, config={})


def test_several_attacks_have_a_panel_a_row(tmp_path: Path) -> None:
    svg = drawn(tmp_path, "roc", {"a": {"ldc": CURVE, "loss": CURVE}, "b": {"ldc": CURVE, "loss": CURVE}})
    assert svg.count("false positive rate") == 2
    assert "All lambdas" not in svg


def test_attacks_without_content_are_left_out(tmp_path: Path) -> None:
    density = {"grid": [0.0, 1.0], "density_members": [1.0, 0.5], "density_nonmembers": [0.5, 1.0]}
    svg = drawn(tmp_path, "densities", {"a": {"kde": density, "loss": {}}})
    assert "kde, members" in svg
    assert "loss, members" not in svg


def test_rows_that_the_experiment_no_longer_has_are_not_drawn(tmp_path: Path) -> None:
    svg = drawn(tmp_path, "roc", {"a": {"ldc": CURVE}, "former": {"ldc": CURVE}})
    assert "Lambda 0" in svg
    assert "former" not in svg


def test_a_rate_that_is_not_resolved_is_no_rate_of_zero(tmp_path: Path) -> None:
    def bars(rate: float | None) -> str:
        groups = {"easy": [0.5, 0.4, 0.6], "hard": [rate, None, None], "easy_above": -5.0}
        return drawn(tmp_path, "hardness", {"a": {"ldc": groups}})

    assert bars(0.0) == bars(0.0)
    assert bars(None) != bars(0.0)
