"""Configurations on models that are no classifiers make the audits that calls from Python make."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import miaudit
from miaudit.auditing.conductor import conduct
from miaudit.auditing.execution import Execution
from miaudit.auditing.files import scores_table
from miaudit.auditing.from_config import request_of
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.running.runners import open_runner
from miaudit.store.places import open_store

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(60, 12)), columns=[f"f{i}" for i in range(12)])
Y = X["f0"].to_numpy() + RNG.normal(size=60)
CODE = """
import numpy as np
from sklearn.linear_model import LinearRegression, Ridge


def make():
    table = np.loadtxt(__file__.replace("fit.py", "in.csv"), delimiter=",", skiprows=1)
    return Ridge(0.1).fit(table[:, :-1], table[:, -1])


def labels():
    return lambda x: 1 / (1 + np.exp(-np.asarray(x)[:, :2]))


def train(x, y, seed):
    return Ridge(0.1).fit(np.asarray(x), y)


def squared(model, x, y):
    return (np.asarray(y) - model.predict(np.asarray(x))) ** 2
"""
TARGET = {"model": "fit.py:make", "members": "in.csv", "nonmembers": "out.csv"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in (("in", slice(0, 30)), ("out", slice(30, 60))):
        X[rows].assign(target=Y[rows]).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "fit.py").write_text(CODE)
    return tmp_path


def audited(folder: Path, content: dict[str, Any]) -> pd.DataFrame:
    config = parse_config({"attacks": ["loss", "lira"], "split": {"name": "pool", "models": 4}, **content}, folder)
    execution = Execution(store=open_store(folder / "store"), runner=open_runner(1))
    (finished,) = conduct(request_of(config), execution)
    return scores_table(finished).to_pandas()


def expected(folder: Path, **options: Any) -> pd.DataFrame:
    parts = [(X[rows], Y[rows]) for rows in (slice(0, 30), slice(30, 60))]
    options = {"attacks": ["loss", "lira"], "models": 4, "shadows": 4, "jobs": 1, "store": folder / "other", **options}
    model = Ridge(0.1).fit(X[:30].to_numpy(), Y[:30])
    return miaudit.audit(model, *parts, **options).scores.to_pandas()


def assert_same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    for name in ("loss", "lira"):
        np.testing.assert_allclose(np.sort(found[name]), np.sort(wanted[name]), rtol=1e-6, atol=1e-8)


def test_a_regressor_is_recognised(folder: Path) -> None:
    assert_same(audited(folder, {"target": TARGET}), expected(folder))


def test_own_functions_for_the_signal_and_the_training(folder: Path) -> None:
    target = {**TARGET, "signal": "fit.py:squared", "outputs": "loss"}
    found = audited(folder, {"target": target, "recipe": {"train": "fit.py:train"}})
    assert_same(found, expected(folder, signal=str(folder / "fit.py:squared"), outputs="loss"))


def test_a_recipe_names_a_regressor(folder: Path) -> None:
    recipe = {"estimator": "sklearn.linear_model.Ridge", "alpha": 0.1}
    assert_same(audited(folder, {"target": TARGET, "recipe": recipe}), expected(folder))


def test_several_labels_stand_in_several_columns(folder: Path) -> None:
    for name in ("in", "out"):
        table = pd.read_csv(folder / f"{name}.csv")
        table.assign(rain=table["f0"] > 0, snow=table["f1"] > 0).to_csv(folder / f"{name}.csv", index=False)
    target = {**TARGET, "model": "fit.py:labels", "signal": "multi_label", "label": "rain,snow"}
    found = audited(folder, {"target": target, "attacks": ["loss"]})
    shown = np.log(1 / (1 + np.exp(-np.abs(X[["f0", "f1"]].to_numpy())))).sum(axis=1)
    np.testing.assert_allclose(np.sort(found["signal.loss"]), np.sort(shown), rtol=1e-6)


def test_ids_name_the_records_of_a_model(folder: Path) -> None:
    for name, start in (("in", 500), ("out", 900)):
        table = pd.read_csv(folder / f"{name}.csv")
        table.assign(id=range(start, start + len(table))).to_csv(folder / f"{name}2.csv", index=False)
    target = {**TARGET, "members": "in2.csv", "nonmembers": "out2.csv"}
    found = audited(folder, {"target": {**target, "ids": "id"}, "attacks": ["loss"]})
    assert sorted(found["id"]) == [*range(500, 530), *range(900, 930)]
    with pytest.raises(UserError, match=r"in2\.csv: column id seems to name the records"):
        audited(folder, {"target": target})


@pytest.mark.parametrize(
    ("target", "rest", "message"),
    [
        (
            {"signal": "mse"},
            {},
            "signal: expected regression, multi_label or a function .* such as fit.py:fn; got 'mse'",
        ),
        ({"signal": "fit.py:nothing"}, {}, "there is no function nothing in .*fit.py"),
        ({"signal": "regression", "outputs": "loss"}, {}, "expected loss or score as `outputs` with a function"),
        ({"signal": "fit.py:squared", "outputs": "logits"}, {}, "got outputs='logits' with '.*fit.py:squared'"),
        ({"model": "fit.py:labels", "outputs": "loss"}, {}, "outputs='loss' needs `signal`"),
        ({}, {"surrogates": "always"}, "leave `surrogates: always` out"),
        ({}, {"defence": "l2"}, "defences change the outputs of classifiers"),
        ({}, {"recipe": {"model": "mlp"}}, "beside `signal`, expected an estimator as `recipe`"),
        ({"signal": "multi_label"}, {}, r"expected y \(n, k\) of 0 and 1 for k labels, got \(60,\)"),
        ({"label": "f0,rain"}, {}, "there is no column 'rain' of labels"),
    ],
)
def test_what_does_not_go_together(folder: Path, target: dict[str, Any], rest: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        audited(folder, {"target": {**TARGET, **target}, **rest})
