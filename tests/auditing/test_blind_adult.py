"""Adult, divided by age and at random: a logistic regression remembers nobody."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import miaudit
from miaudit.arrays import Ints
from miaudit.auditing.result import AuditResult
from miaudit.datasets.adult import Adult
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError

COLUMNS = 8


@pytest.fixture(scope="module")
def adult() -> Dataset:
    if "MIAUDIT_DATA" not in os.environ:
        pytest.skip("needs the data set adult below MIAUDIT_DATA")
    try:
        return Adult().load()
    except UserError as error:
        pytest.skip(str(error))


def audited(data: Dataset, members: Ints, nonmembers: Ints, store: Path) -> AuditResult:
    x = data.x[:, :COLUMNS]
    inside, outside = ((x[rows], data.y[rows]) for rows in (members, nonmembers))
    model = LogisticRegression(max_iter=500).fit(*inside)
    names = ["loss", "confidence", "lira", "base_ratio"]
    return miaudit.audit(model, inside, outside, attacks=names, models=8, shadows=2, jobs=1, store=store).result


def drawn(rows: Ints, seed: int) -> Ints:
    return np.random.default_rng(seed).permutation(rows)[:500]


def test_people_over_45_against_people_under_35_are_no_leak(adult: Dataset, tmp_path: Path) -> None:
    age = adult.x[:, adult.feature_names.index("age")]
    older, younger = np.quantile(age, 0.70), np.quantile(age, 0.42)  # 45 and 35
    found = audited(adult, drawn(np.flatnonzero(age > older), 0), drawn(np.flatnonzero(age < younger), 1), tmp_path)
    assert found.verdict.level == "distribution_shift"
    blind = found.controls.blind
    assert blind is not None
    assert blind.wins
    assert (blind.auc.value or 0) > 0.99
    assert (blind.differ[0].name, blind.differ[0].auc) == ("feature 0", 1.0)


def test_a_random_split_is_neither_different_nor_a_leak(adult: Dataset, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).permutation(len(adult))[:1000]
    found = audited(adult, rows[:500], rows[500:], tmp_path)
    assert found.controls.blind is not None
    assert not found.controls.blind.wins
    assert found.verdict.level in ("no_leak_found", "too_few_records", "weak_signs")
