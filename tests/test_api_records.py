"""Records of `audit()`: their names, predictions without records, known records, and attacks that were not run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from digit_audits import MEMBERS, NONMEMBERS, POPULATION, predicted, probabilities
from miaudit import Predictions, audit
from miaudit.evidence.io.file import read_evidence


@dataclass(frozen=True)
class Indexed:
    """What is read of a DataFrame or a Series: its values, its index, and the names of its columns."""

    values: Any
    index: Any
    columns: Any = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.values, dtype=dtype)

    def __len__(self) -> int:
        return len(self.values)


HALVES, YS = (slice(300), slice(300, 600)), (MEMBERS[1], NONMEMBERS[1])


@pytest.mark.parametrize("form", ["number", "text"])
def test_records_keep_the_labels_of_a_shuffled_index(tmp_path: Path, form: str) -> None:
    order = np.random.default_rng(0).permutation(600)
    labels = order.tolist() if form == "number" else [f"PAT-{i}" for i in order]
    x, y = np.concatenate([MEMBERS[0], NONMEMBERS[0]]), np.concatenate([MEMBERS[1], NONMEMBERS[1]])
    sides = [(Indexed(x[part], labels[part]), Indexed(y[part], labels[part])) for part in HALVES]
    found = predicted(tmp_path, members=sides[0], nonmembers=sides[1], attacks=["loss", "kde"])
    label_of = dict(zip(labels, y.tolist(), strict=True))
    rows = found.scores.select(["id", "position", "label", "member"]).to_pylist()
    assert {row["id"] for row in rows} == set(labels)
    for row in rows:
        assert row["label"] == label_of[row["id"]]
        assert row["id"] == labels[row["position"] + (0 if row["member"] else 300)]
        assert row["member"] == (labels.index(row["id"]) < 300)
    assert str(found.most_exposed(1)[0].id) in found.to_html()
    found.save(tmp_path / "out")
    saved = read_evidence(tmp_path / "out" / "evidence.safetensors").ids
    assert (saved.tolist() == found.scores["id"].to_pylist()) == (form == "number")


def test_a_population_does_not_cost_the_others_their_names(tmp_path: Path) -> None:
    """Its own index counts from 0 again."""
    sides = [(Indexed(x, ids), y) for (x, y), ids in ((MEMBERS, range(300)), (NONMEMBERS, range(300, 600)))]
    target = LogisticRegression(max_iter=500).fit(*MEMBERS)
    population = Indexed(POPULATION[0], range(150)), POPULATION[1]
    found = audit(target, sides[0], sides[1], population, attacks=["attack_p"], models=2, shadows=1, store=tmp_path)
    assert sorted(found.scores["id"].to_pylist()) == list(range(600))
    found.save(tmp_path / "out")  # refuses ids that are there twice


def test_columns_that_differ_are_called_what_the_user_calls_them(tmp_path: Path) -> None:
    x = np.concatenate([MEMBERS[0], NONMEMBERS[0]])[:, :2].copy()
    x[:300, 1] += 100
    sides = [(Indexed(x[part], range(600)[part], ["age", "pay"]), y) for part, y in zip(HALVES, YS, strict=True)]
    found = predicted(tmp_path, members=sides[0], nonmembers=sides[1], attacks=["loss"])
    assert "differ most in pay (higher in members, in 100.0 % of pairs)" in found.result.verdict.sentences[0]


def test_predictions_need_no_records(tmp_path: Path) -> None:
    told = [
        predicted(tmp_path, members=inside, nonmembers=outside)
        for inside, outside in (
            ((None, MEMBERS[1]), (None, NONMEMBERS[1])),
            (MEMBERS[1], NONMEMBERS[1].tolist()),
            ((np.zeros((300, 1)), MEMBERS[1]), (np.zeros((300, 1)), NONMEMBERS[1])),
        )
    ]
    for found in told:
        assert found.result.duplicates is None
        assert "copies" not in str(found)
        assert found.result.verdict.level == "leaks"
        assert "was checked only by their labels" in found.result.verdict.sentences[1]
        assert found.scores.equals(told[0].scores)
    assert predicted(tmp_path).result.duplicates is not None


def test_few_nonmembers_are_enough_for_predictions(tmp_path: Path) -> None:
    members, nonmembers = probabilities()
    found = predicted(
        tmp_path, target=Predictions(members, nonmembers[:20]), members=MEMBERS[1], nonmembers=NONMEMBERS[1][:20]
    )
    assert (found.result.target.members, found.result.target.nonmembers) == (300, 20)
    assert "kde" in found.result.attacks


@pytest.mark.parametrize("nonmembers", [100, 15, 3])
def test_known_records_are_not_taken_from_other_attacks(tmp_path: Path, nonmembers: int) -> None:
    inside, outside = probabilities()
    found = predicted(
        tmp_path,
        target=Predictions(inside, outside[:nonmembers]),
        members=MEMBERS,
        nonmembers=tuple(part[:nonmembers] for part in NONMEMBERS),
    )
    assert (found.result.target.members, found.result.target.nonmembers) == (300, nonmembers)
    assert found.scores.num_rows == 300 + nonmembers
    reason = "needs 4 non-members, some to know and some to judge; there are 3"
    assert found.result.skipped.get("kde") == (reason if nonmembers == 3 else None)
    assert (f"Not run: kde ({reason})." in str(found)) == (nonmembers == 3)


def test_an_attack_that_knows_records_changes_nothing_for_the_others(tmp_path: Path) -> None:
    alone, beside = predicted(tmp_path, attacks=["loss"]), predicted(tmp_path, attacks=["loss", "kde"])
    assert beside.scores.select(alone.scores.column_names).equals(alone.scores)
    assert beside.result.attacks["loss"] == alone.result.attacks["loss"]


def test_the_attacks_that_were_not_run_are_printed(tmp_path: Path) -> None:
    found = predicted(tmp_path)
    not_run = str(found).partition("Not run: ")[2]
    assert found.result.skipped
    for name, reason in found.result.skipped.items():
        assert name in not_run
        assert reason in not_run
