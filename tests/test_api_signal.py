"""Audits from Python of models that are no classifiers."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeRegressor

import miaudit
from miaudit.auditing.by_signal import is_regressor
from miaudit.models.mlp import Mlp

RNG = np.random.default_rng(0)
N = 240
X = RNG.normal(size=(N, 40))
Y = X[:, 0] + RNG.normal(size=N)
INSIDE, OUTSIDE = slice(0, 100), slice(100, 200)
REST = slice(200, N)


def audited(model: Any, y: Any, folder: Path, **options: Any) -> miaudit.Audit:
    members, nonmembers = (X[INSIDE], y[INSIDE]), (X[OUTSIDE], y[OUTSIDE])
    usual: dict[str, Any] = {"models": 8, "shadows": 2, "jobs": 1, "store": folder / "store"}
    return miaudit.audit(model, members, nonmembers, **(usual | options))


def test_a_regressor_is_audited_by_its_residuals(tmp_path: Path) -> None:
    model = Ridge(0.1).fit(X[INSIDE], Y[INSIDE])
    found = audited(model, Y, tmp_path, population=(X[REST], Y[REST]), attacks=["loss", "lira", "attack_p"])
    assert found.result.target.description == "Ridge, known by a score per record (regression)"
    assert (found.result.target.classes, found.result.target.outputs) == (0, "score")
    assert found.result.references is not None
    assert found.result.references.models == 8
    assert found.result.controls.blind is not None
    assert found.result.controls.blind.columns == 41  # the truth among them
    lira, loss = (found.result.attacks[name].auc for name in ("lira", "loss"))
    assert min(lira.low or 0, loss.low or 0) > 0.5
    scores = found.scores.to_pandas().set_index("id")
    expected = -np.abs(Y[:200] - model.predict(X[:200]))
    ids = [f"members:{i}" for i in range(100)] + [f"nonmembers:{i}" for i in range(100)]
    order = scores.loc[ids, "loss"].to_numpy()
    np.testing.assert_array_equal(np.argsort(order), np.argsort(expected))
    np.testing.assert_allclose(scores.loc[ids, "column.label"], Y[:200])
    assert "one score per record" in found.to_html()


def test_what_a_tree_memorises_is_found_and_a_constant_leaks_nothing(tmp_path: Path) -> None:
    tree = DecisionTreeRegressor(random_state=0).fit(X[INSIDE], Y[INSIDE])
    assert audited(tree, Y, tmp_path, attacks=["loss"]).result.attacks["loss"].auc.value == 1.0
    constant = DecisionTreeRegressor(max_depth=1, min_samples_leaf=50).fit(X[INSIDE], Y[INSIDE])
    assert audited(constant, Y, tmp_path, attacks=["loss"]).result.verdict.level != "leaks"


def test_a_second_audit_trains_nothing(tmp_path: Path) -> None:
    model = Ridge(0.1).fit(X[INSIDE], Y[INSIDE])
    first, second = (audited(model, Y, tmp_path, attacks=["lira"]) for _ in range(2))
    assert (first.result.cost.models_trained, second.result.cost.models_trained) == (8, 0)
    assert first.result.attacks == second.result.attacks


def cross_entropy(model: Any, x: Any, y: Any) -> Any:
    return -np.log(model.predict_proba(x)[np.arange(len(x)), y])


def test_a_classifier_by_its_cross_entropy_has_the_same_scores(tmp_path: Path) -> None:
    """The references are the same models, too."""
    y = (Y > 0).astype(np.int64)
    model = LogisticRegression(C=0.5).fit(X[INSIDE], y[INSIDE])
    options: dict[str, Any] = {"attacks": ["loss", "calibrated", "attack_r", "lira", "bavaria"]}
    plain = audited(model, y, tmp_path, **options).scores
    by_loss = audited(model, y, tmp_path, **options, signal=cross_entropy, outputs="loss").scores
    assert plain["id"].to_pylist() == by_loss["id"].to_pylist()
    for name in options["attacks"]:
        np.testing.assert_allclose(by_loss[name].to_numpy(), plain[name].to_numpy(), rtol=1e-7, atol=1e-9)


def test_a_multi_label_model(tmp_path: Path) -> None:
    labels = (X[:, :3] + RNG.normal(size=(N, 3)) > 0).astype(np.int64)
    model = RandomForestClassifier(10, random_state=0).fit(X[INSIDE], labels[INSIDE])
    found = audited(model, labels, tmp_path, signal="multi_label", attacks=["loss", "base_ratio", "calibrated"])
    assert found.result.target.outputs == "loss"
    assert (found.result.attacks["calibrated"].auc.low or 0) > 0.7


def test_any_object_with_any_signal_and_no_truth(tmp_path: Path) -> None:
    known = {tuple(row) for row in X[INSIDE]}

    def remembers(model: Any, x: Any, y: Any) -> Any:
        assert y is None
        return [float(tuple(row) in model) for row in x]

    found = miaudit.audit(
        known, (X[INSIDE], None), (X[OUTSIDE], None), signal=remembers, attacks=["loss"], store=tmp_path, jobs=1
    )
    assert found.result.attacks["loss"].auc.value == 1.0
    assert found.result.references is None


def test_a_table_reaches_model_signal_and_references_as_it_is(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": np.where(X[:, 0] > 0, "a", "b"), "size": X[:, 1]})
    codes = make_column_transformer((OneHotEncoder(), ["kind"]), remainder="passthrough")
    model = make_pipeline(codes, DecisionTreeRegressor(random_state=0)).fit(frame[INSIDE], Y[INSIDE])
    members, nonmembers = (frame[INSIDE], Y[INSIDE]), (frame[OUTSIDE], Y[OUTSIDE])
    found = miaudit.audit(
        model, members, nonmembers, models=4, shadows=2, jobs=1, attacks=["loss", "calibrated"], store=tmp_path
    )
    assert found.result.attacks["loss"].auc.value == 1.0
    assert found.result.references is not None


def ridge(x: Any, y: Any, seed: int) -> Any:
    return Ridge(0.1 + seed * 0).fit(x, y)


def test_own_training_code_gives_the_clones_numbers(tmp_path: Path) -> None:
    model = Ridge(0.1).fit(X[INSIDE], Y[INSIDE])
    found = [
        audited(model, Y, tmp_path, attacks=["lira"], **options)
        for options in ({}, {"fit": ridge}, {"recipe": Ridge(0.1)})
    ]
    assert [each.result.cost.models_trained for each in found] == [8, 8, 0]
    scores = [each.scores["lira"].to_numpy() for each in found]
    np.testing.assert_allclose(scores[1], scores[0])
    np.testing.assert_array_equal(scores[2], scores[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"signal": "ranking"}, "signal: expected regression, multi_label or a function"),
        ({"signal": "regression", "outputs": "loss"}, "expected loss or score as `outputs` with a function"),
        ({"signal": cross_entropy, "outputs": "logits"}, "with a function as `signal`, got outputs='logits'"),
        ({"signal": "regression", "defence": "l2"}, "they cannot be combined with `signal`"),
        (
            {"signal": "regression", "recipe": miaudit.Recipe(model=Mlp())},
            "expected an estimator as `recipe`, got a Recipe: give a function that trains as `fit`",
        ),
        ({"signal": "regression", "attacks": ["gap"]}, "attack gap needs an output for every class"),
        ({"attacks": ["rmia"]}, "attack rmia needs likelihoods; a score has a unit of its own"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(miaudit.UserError, match=message):
        audited(Ridge().fit(X, Y), Y, tmp_path, **options)


def test_numbers_of_a_classifier_need_a_signal(tmp_path: Path) -> None:
    with pytest.raises(miaudit.UserError, match="outputs='loss' needs `signal`"):
        audited(LogisticRegression().fit(X, Y > 0), (Y > 0).astype(int), tmp_path, outputs="loss")


@pytest.mark.parametrize(
    ("members", "nonmembers", "message"),
    [
        ((X[:9], Y[:8]), (X[9:], Y[9:]), r"members: expected as many rows in y as in x, got \(8,\) beside 9"),
        ((X[:9], Y[:9]), (X[9:], None), "the truth y for every part or for none, got it for members only"),
        ((X[:9], Y[:9]), (X[9:], Y[9:, None]), "y must have one shape for all records"),
        ((X[:9], Y[:9]), X[9:], r"nonmembers: expected a pair \(x, y\), where y may be None"),
        (
            (X[:9], np.full(9, np.nan)),
            (X[9:], Y[9:]),
            "members: expected numbers or texts without gaps in y, got .nan, nan",
        ),
    ],
)
def test_records_that_do_not_fit(members: Any, nonmembers: Any, message: str) -> None:
    with pytest.raises(miaudit.UserError, match=message):
        miaudit.audit(Ridge().fit(X, Y), members, nonmembers, signal="regression")


def test_who_is_a_regressor() -> None:
    assert is_regressor(Ridge())
    assert not is_regressor(Ridge)
    assert not is_regressor(LogisticRegression())
    assert not is_regressor(lambda x: x)
