import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from miaudit.metrics.evaluation import Evaluation, EvaluationOptions, Scored
from miaudit.metrics.evaluation import evaluate as measure
from tiny import Audited, Call

RNG = np.random.default_rng(0)
MEMBER = np.arange(400) < 200
SCORE = RNG.normal(size=400) + MEMBER
LOSS = -RNG.exponential(2.0 - MEMBER)
REFERENCE_LOSS = -RNG.exponential(8.0, size=400)
LABEL = np.arange(400) % 3


def write(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_the_metrics_of_a_parquet_file(call: Call, tmp_path: Path) -> None:
    path, out = write(tmp_path / "s.parquet", score=SCORE, member=MEMBER, other=MEMBER), tmp_path / "deep" / "m.json"
    called = call("evaluate", path, "--out", out)
    assert called.code == 0
    assert "AUC" in called.out
    metrics = json.loads(out.read_text())
    always = {"auc", "balanced_accuracy", "tpr_at_fpr", "precision_at_recall", "epsilon"}
    assert metrics.keys() == always | {"first_cut", "randomised_tpr_at_fpr"}
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(MEMBER, SCORE))
    assert metrics["tpr_at_fpr"]["0.001"]["note"] == "needs >= 1,000 non-members, have 200"


def test_json_alone_for_machines(call: Call, tmp_path: Path) -> None:
    called = call("evaluate", write(tmp_path / "s.parquet", score=SCORE, member=MEMBER), "--json")
    assert json.loads(called.out)["auc"]["value"] == pytest.approx(roc_auc_score(MEMBER, SCORE))


@pytest.mark.parametrize("values", [("1", "0"), ("true", "false"), ("True", "False")])
def test_a_csv_file_whose_blanks_are_unknown(call: Call, tmp_path: Path, values: tuple[str, str]) -> None:
    rows = [f"{score},{values[0] if member else values[1]}" for score, member in zip(SCORE, MEMBER, strict=True)]
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["score,member", *rows, "1e9,", "-1e9,", ""]))
    metrics = json.loads(call("evaluate", path, "--json").out)
    assert metrics["auc"]["value"] == pytest.approx(roc_auc_score(MEMBER, SCORE))
    assert metrics["auc"]["n"] == 200


@pytest.mark.parametrize("member", [MEMBER.astype(np.uint8), MEMBER.astype(np.float64), MEMBER.astype(np.int32)])
def test_membership_in_any_type(call: Call, tmp_path: Path, member: Any) -> None:
    called = call("evaluate", write(tmp_path / "s.parquet", score=SCORE.astype(np.float32), member=member), "--json")
    assert json.loads(called.out)["auc"]["value"] == pytest.approx(roc_auc_score(MEMBER, SCORE), abs=1e-4)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"scores": SCORE, "member": MEMBER}, "there is no column 'score': did you mean 'scores'? (--score names"),
        ({"a": SCORE}, "there is no column 'score': expected one of a ("),
        ({"score": SCORE, "member": MEMBER * 2}, "expected 0 or 1 in `member`, got 2 (200 such rows)"),
        (
            {"score": SCORE, "member": np.where(MEMBER, "yes", "maybe")},
            "column member: expected 1 or 0, true or false, or blank, got 'maybe'",
        ),
        (
            {"score": [[s] for s in SCORE], "member": MEMBER},
            "column score: expected numbers or text, one value per row, got list",
        ),
        (
            {"score": SCORE, "member": MEMBER, "label": [None] * 400},
            "column label: expected a whole number in every row, got 400 blank rows",
        ),
        ({"score": SCORE, "member": MEMBER, "label": ["a"] * 400}, "column label: expected numbers, got 'a' in row 1"),
        ({"score": SCORE, "member": MEMBER, "loss": -LOSS}, "expected finite log probabilities of the true class"),
        ({"score": SCORE, "member": MEMBER, "reference_loss": LOSS * np.inf}, "0 or less, in `reference_loss`"),
        (
            {"score": np.where(MEMBER, np.nan, SCORE), "member": MEMBER},
            "column score: expected finite scores; 200 of 400 are not",
        ),
        ({"score": SCORE[:200], "member": MEMBER[:200]}, "got 200 members and 0 non-members"),
        ({"score": SCORE, "member": MEMBER, "label": -1 - LABEL}, "expected classes from 0 on"),
        ({"score": SCORE[:0], "member": MEMBER[:0]}, "got 0 members and 0 non-members"),
    ],
)
def test_what_cannot_be_measured_is_refused(call: Call, tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    called = call("evaluate", write(tmp_path / "s.parquet", **columns))
    assert called.code == 2
    assert message in called.err
    assert called.err.count("\n") == 1


def test_a_file_that_is_no_table(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    path.write_text("no parquet")
    called = call("evaluate", path)
    assert called.code == 2
    assert "cannot read" in called.err


def test_all_that_the_columns_allow(call: Call, tmp_path: Path) -> None:
    columns = {"score": SCORE, "member": MEMBER, "label": LABEL, "loss": LOSS, "reference_loss": REFERENCE_LOSS}
    path = write(tmp_path / "s.parquet", **columns, target=["a", "b"] * 200)
    called = call("evaluate", path, "--cut", 0.5, "--one-run", 40, "--out", tmp_path / "m.json")
    assert called.code == 0, called.err
    found = json.loads((tmp_path / "m.json").read_text())
    scored = Scored(SCORE, MEMBER, LABEL, LOSS, REFERENCE_LOSS, np.arange(400) % 2)
    expected = measure(scored, EvaluationOptions(cut=0.5, one_run_guesses=40))
    assert found == json.loads(expected.to_json())
    assert list(found)[:5] == ["auc", "balanced_accuracy", "tpr_at_fpr", "precision_at_recall", "epsilon"]
    assert list(found)[5:] == list(Evaluation.model_fields)[5:]
    for shown in ("epsilon of one run", "above 0.5: precision", "TPR at 1 % FPR, hard", "AUC in class 2", "targets"):
        assert shown in called.out


def test_delta_lowers_the_bound_of_one_run(call: Call, tmp_path: Path) -> None:
    path = write(tmp_path / "s.parquet", score=SCORE, member=MEMBER)
    bounds = []
    for delta in (0.0, 1e-3):
        out = call("evaluate", path, "--one-run", 100, "--delta", delta, "--json").out
        bounds.append(json.loads(out)["one_run_epsilon"]["low"])
    assert bounds[0] > bounds[1]


def test_more_guesses_than_records_are_refused(call: Call, tmp_path: Path) -> None:
    called = call("evaluate", write(tmp_path / "s.parquet", score=SCORE, member=MEMBER), "--one-run", 401)
    assert called.code == 2
    assert "expects 1 to 400 guesses" in called.err


def test_any_attack_of_an_audit(call: Call, audited: Audited) -> None:
    """The columns of an audit's scores have names of their own; `loss` is an attack there."""
    result = json.loads((audited.folder / "result.json").read_text())["attacks"]
    for attack in ("lira", "loss"):
        called = call("evaluate", audited.folder / "scores.parquet", "--score", attack, "--json")
        found = json.loads(called.out)
        assert found["auc"] == result[attack]["auc"]
        assert found["epsilon"] == result[attack]["epsilon"]
        assert {"auc_by_class", "hardness", "loss_divergence"} <= found.keys()


def test_a_column_that_is_not_there_is_named(call: Call, audited: Audited) -> None:
    called = call("evaluate", audited.folder / "scores.parquet")
    assert called.code == 2
    assert "there is no column 'score'" in called.err
    assert "--score names the column" in called.err
    assert "lira" in called.err
