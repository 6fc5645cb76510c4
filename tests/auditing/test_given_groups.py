"""Tests of groups of records at hand: from Python, from files of records and from prediction files."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

import miaudit
from miaudit.auditing.files import load_scores
from miaudit.auditing.given_groups import check_columns
from miaudit.auditing.groups import GroupBy
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.targets.estimator import Estimator, fitted_columns
from tiny import Call

N = 60


def table(seed: int) -> tuple[pd.DataFrame, Any]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"age": rng.integers(20, 80, N).astype(float), "dose": rng.normal(size=N)})
    return x, (x["dose"] + rng.normal(size=N) > 0).astype(int).to_numpy()


MEMBERS, OTHERS = table(0), table(1)
MODEL = LogisticRegression().fit(*MEMBERS)
SEX = (np.array(["f", "m"] * (N // 2)), np.array(["m"] * N))


def audited(tmp_path: Path, **options: Any) -> miaudit.Audit:
    return miaudit.audit(
        MODEL, MEMBERS, OTHERS, attacks=["loss"], models=2, shadows=1, store=tmp_path / "store", **options
    )


def test_a_column_of_the_tables_and_the_class_are_groups(tmp_path: Path) -> None:
    found = audited(tmp_path, group_by=["age", "label"], min_group=2)
    by_age, by_label = found.result.groups
    assert (by_age.by, by_label.by) == ("age", "label")
    assert len(by_age.groups) == 4
    assert [group.members for group in by_label.groups] == np.bincount(MEMBERS[1]).tolist()
    ages = {"members": MEMBERS[0]["age"], "nonmembers": OTHERS[0]["age"]}
    rows = found.scores.to_pylist()
    assert len(rows) == 2 * N
    for row in rows:
        assert row["column.age"] == ages["members" if row["member"] else "nonmembers"].iloc[row["position"]]


def test_values_beside_the_features_are_groups_too(tmp_path: Path) -> None:
    found = audited(tmp_path, group_by={"sex": SEX})
    women, men = found.result.groups[0].groups
    assert women.suppressed  # no woman is a non-member
    assert (men.members, men.nonmembers) == (N // 2, N)
    for row in found.scores.to_pylist():
        assert row["column.sex"] == SEX[0 if row["member"] else 1][row["position"]]


def test_forests_and_targets_know_the_columns_of_their_fit() -> None:
    forest = RandomForestClassifier(2, random_state=0).fit(*MEMBERS)
    assert fitted_columns(forest) == fitted_columns(Estimator(forest, 2)) == ("age", "dose")
    assert fitted_columns(object()) == ()


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_a_column_that_the_model_was_not_fitted_on_is_set_aside(tmp_path: Path, library: str) -> None:
    parts = [(x.assign(sex=sex), y) for (x, y), sex in zip((MEMBERS, OTHERS), SEX, strict=True)]
    if library == "pyarrow":
        parts = [(pa.Table.from_pandas(x, preserve_index=False), y) for x, y in parts]
    found = miaudit.audit(
        MODEL, *parts, attacks=["loss"], models=2, shadows=1, store=tmp_path / "store", group_by=["sex", "age"]
    )
    by_sex, by_age = found.result.groups
    assert [group.name for group in by_sex.groups] == ["f", "m"]
    assert len(by_age.groups) == 4


@pytest.mark.parametrize(
    ("group_by", "message"),
    [
        ("agee", "no column 'agee' to group by: did you mean 'age'"),
        ({"sex": (["f"], ["m"])}, r"column 'sex': expected a value for each of 60 members, got 1"),
        ({"sex": "f"}, r"group_by: expected 'sex': \(values of the members"),
        ({"sex": ([None, *SEX[0][1:]], SEX[1])}, "column sex: expected a value for every record .* got 1 missing"),
        ([3], r"audit\(\): group_by"),
    ],
)
def test_columns_that_are_wrong_are_refused_before_anything_is_trained(
    tmp_path: Path, group_by: Any, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        audited(tmp_path, group_by=group_by)


def test_a_group_has_at_least_two_records(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"min_group.* greater than or equal to 2"):
        audited(tmp_path, group_by="age", min_group=1)


def test_a_column_of_a_data_set_is_a_feature_or_the_text_that_features_were_made_of() -> None:
    x = np.array([[31.0, 1.0, 0.0], [52.0, 0.0, 1.0]])
    data = Dataset("made up", x, np.array([0, 1]), 2, feature_names=("age", "sex=f", "sex=m"))
    assert data.columns == ("age", "sex")
    ages, sexes = data.column("age"), data.column("sex")
    assert ages is not None
    assert sexes is not None
    assert (ages.tolist(), sexes.tolist()) == ([31.0, 52.0], ["f", "m"])
    assert data.column("site") is None
    check_columns(data, np.arange(2), GroupBy(("sex", "label")))
    with pytest.raises(UserError, match="no column 'site'"):
        check_columns(data, np.arange(2), GroupBy(("site",)))


def predictions(path: Path, blank: int = 0) -> Path:
    rng = np.random.default_rng(2)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["patient_id", "label", "p0", "p1", "member", "sex", "age"])
        for row in range(400):
            chance = 1 / (1 + np.exp(-rng.normal() - 1.5 * (row < 200)))
            sex = "" if row < blank else "fm"[row % 2]
            rows.writerow([f"PAT-{row}", 1, 1 - chance, chance, int(row < 200), sex, rng.integers(18, 90)])
    return path


def test_extra_columns_of_predictions_are_groups_beside_text_ids(tmp_path: Path, call: Call) -> None:
    file = predictions(tmp_path / "preds.csv")
    options = ("--ids", "patient_id", "--out", tmp_path / "out", "--store", tmp_path / "store")
    said = call("audit", file, *options, "--group-by", "sex", "--group-by", "age", "--min-group", 5)
    assert said.code == 0, said.err
    assert "by sex" in said.out
    ids = load_scores(tmp_path / "out")["id"].to_pylist()
    assert ids[0] == "PAT-0"
    config = (tmp_path / "out" / "config.yaml").read_text()
    assert "group_by:" in config
    again = call("audit", tmp_path / "out" / "config.yaml", "--out", tmp_path / "again", "--store", tmp_path / "store")
    assert again.code == 0, again.err
    assert "by sex" in again.out


def test_a_missing_group_value_ends_with_code_2_and_writes_nothing(tmp_path: Path, call: Call) -> None:
    file = predictions(tmp_path / "preds.csv", blank=3)
    said = call("audit", file, "--group-by", "sex", "--out", tmp_path / "out", "--store", tmp_path / "store")
    assert said.code == 2
    assert "column sex: expected a value for every record to group by, got 3 missing ones of 400" in said.err
    assert not (tmp_path / "out").exists()
