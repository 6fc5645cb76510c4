"""Audits of models whose outputs are no smooth softmax: steps, one column, margins, what is no logits at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

import miaudit
from miaudit.arrays import Floats, Ints
from miaudit.auditing.result import AuditResult
from miaudit.cli.attack_table import notes
from miaudit.errors import UserError
from miaudit.report.summary import headline_numbers
from miaudit.report.tables import attack_rows
from tiny import recipe

Records = tuple[Floats, Ints]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path))


def records(n: int, features: int = 8) -> tuple[Records, Records]:
    """Members and non-members of one noisy linear problem, n of each."""
    rng = default_rng(0)
    x = rng.normal(size=(2 * n, features))
    y = (x @ rng.normal(size=features) + rng.logistic(size=2 * n) > 0).astype(np.int64)
    return (x[:n], y[:n]), (x[n:], y[n:])


def audited(model: Any, members: Records, nonmembers: Records, attacks: list[str], models: int = 4) -> AuditResult:
    return miaudit.audit(model, members, nonmembers, attacks=attacks, models=models, shadows=2, jobs=1).result


class OneColumn(GradientBoostingClassifier):  # type: ignore[misc]
    """Gives the probability of class 1 alone, as many wrappers do."""

    def predict_proba(self, X: Floats) -> Floats:
        column: Floats = super().predict_proba(X)[:, 1:]
        return column


class Margins(GradientBoostingClassifier):  # type: ignore[misc]
    """Gives (1 - margin, margin), as XGBoost's binary:logitraw does."""

    def predict_proba(self, X: Floats) -> Floats:
        margin = self.decision_function(X)
        return np.stack([1 - margin, margin], axis=1)


class SoftmaxAsLogits:
    """A target of the user's own that forgets what it should give."""

    description = "mine"

    def logits(self, x: Floats) -> Floats:
        p = 1 / (1 + np.exp(-x[:, 0]))
        return np.stack([1 - p, p], axis=1)


class Diverged:
    description = "mine"

    def logits(self, x: Floats) -> Floats:
        return np.full((len(x), 2), np.nan)


def test_a_forest_is_attacked_through_its_steps() -> None:
    members, nonmembers = records(250)
    model = RandomForestClassifier(50, random_state=0).fit(*members)
    result = audited(model, members, nonmembers, ["loss", "lira", "bavaria", "base_ratio"], models=16)
    auc = {name: attack.auc.value or 0.0 for name, attack in result.attacks.items()}
    for name in ("lira", "bavaria"):
        assert auc[name] > auc["base_ratio"] - 0.02
        assert auc[name] > auc["loss"] + 0.05
    assert result.target.probability_floor == pytest.approx(0.01)  # half of 1/50
    assert result.target.saturated > 0


def test_ties_are_told_in_result_table_and_page() -> None:
    """Trees on numbers that repeat: many records of both kinds share the top score."""
    rng = default_rng(0)
    x = rng.integers(0, 3, size=(600, 6)).astype(np.float64)
    y = (x.sum(axis=1) + rng.logistic(0, 0.5, size=600) > 6).astype(np.int64)
    model = RandomForestClassifier(10, random_state=0).fit(x[:300], y[:300])
    found = miaudit.audit(model, (x[:300], y[:300]), (x[300:], y[300:]), attacks=["loss"], models=2, shadows=1, jobs=1)
    attack = found.result.attacks["loss"]
    assert attack.first_cut is not None
    assert attack.first_cut.fpr > 0.05
    assert attack.tpr_at_fpr["0.01"].value == 0
    assert 0 < (attack.randomised_tpr_at_fpr["0.01"].value or 0.0) < attack.first_cut.tpr
    (row,) = attack_rows(found.result)
    assert "ties: the first cut finds" in row.tprs[0].note
    said = "\n".join(notes(found.result))
    assert "loss at 1 % FPR: ties: the first cut finds" in said
    assert "a 0 is read as 0.05" in said or "exactly 0 or 1" in said
    page = found.to_html()
    assert "with ties broken at random" in page
    assert "Probability floor" in page
    assert "loss has ties: the first cut finds" in headline_numbers(found.result)[1].explained


def test_one_column_is_read_as_the_second_class() -> None:
    members, nonmembers = records(100)
    whole, column = (
        audited(kind(n_estimators=40, random_state=0).fit(*members), members, nonmembers, ["loss", "lira"])
        for kind in (GradientBoostingClassifier, OneColumn)
    )
    for name, attack in whole.attacks.items():
        assert column.attacks[name].auc.value == pytest.approx(attack.auc.value, abs=1e-3)
        assert (attack.auc.value or 0.0) > 0.6


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            SoftmaxAsLogits(),
            r"the SoftmaxAsLogits, asked about 80 records: expected logits, got probabilities",
        ),
        (Diverged(), r"the Diverged, asked about 80 records: expected finite numbers, got nan"),
    ],
)
def test_what_a_target_gives_is_checked_before_anything_is_trained(target: Any, message: str, tmp_path: Path) -> None:
    members, nonmembers = records(40)
    with pytest.raises(UserError, match=message):
        miaudit.audit(target, members, nonmembers, recipe=recipe(), attacks=["base_ratio"], models=4, shadows=2, jobs=1)
    assert not list(tmp_path.rglob("*.safetensors"))


def test_margins_are_refused() -> None:
    members, nonmembers = records(40)
    model = Margins(n_estimators=40, random_state=0).fit(*members)
    with pytest.raises(UserError, match=r"predict_proba of the Margins, .* expected probabilities in \[0, 1\], got"):
        audited(model, members, nonmembers, ["loss"])


def test_raw_scores_of_xgboost_are_refused() -> None:
    xgboost = pytest.importorskip("xgboost")
    members, nonmembers = records(40)
    model = xgboost.XGBClassifier(n_estimators=20, objective="binary:logitraw", n_jobs=1).fit(*members)
    with pytest.raises(UserError, match=r"predict_proba of the XGBClassifier, .* expected probabilities in \[0, 1\]"):
        audited(model, members, nonmembers, ["loss"])


def test_a_reference_that_gives_no_probabilities_is_named() -> None:
    """The target is fine; the models that are fitted like it are not."""
    members, nonmembers = records(40)
    model = Halved(n_estimators=10, random_state=0).fit(*members)
    model.share = 1.0
    with pytest.raises(
        UserError, match=r"of the Halved, asked about 40 records: .*, got 0\.5 at record 0[^;]*; give the [a-z ]*$"
    ):
        audited(model, members, nonmembers, ["base_ratio"])


class Halved(GradientBoostingClassifier):  # type: ignore[misc]
    """Rows that sum to 0.5 once it was fitted anew."""

    def fit(self, X: Floats, y: Ints) -> "Halved":
        self.share = 0.5
        return super().fit(X, y)

    def predict_proba(self, X: Floats) -> Floats:
        shown: Floats = self.share * super().predict_proba(X)
        return shown
