import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file

from miaudit import registry
from miaudit.cli.settings import parse_options
from miaudit.evidence.io.file import read_evidence
from miaudit.metrics.roc import auc
from tiny import Call


@pytest.fixture(scope="session")
def ten_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence as a stranger writes it, with NumPy and safetensors alone."""
    path = tmp_path_factory.mktemp("evidence") / "mine.safetensors"
    rng, n, R, C = np.random.default_rng(0), 300, 4, 5
    tensors: dict[str, Any] = {}
    for panel in ("audit", "shadow.0", "known", "population"):
        y, member = rng.integers(C, size=n), rng.random(n) < (0.0 if panel == "population" else 0.5)
        easy = rng.normal(size=(n, C)) + 2 * np.eye(C)[y]
        tensors |= {f"{panel}.labels": y, f"{panel}.member": member.astype(np.uint8)}
        tensors[f"{panel}.target.logits"] = easy + rng.normal(size=(n, C)) + 3 * member[:, None] * np.eye(C)[y]
        inside = np.argsort(rng.random((R, n)), axis=0) < (0 if panel == "population" else R // 2)
        tensors[f"{panel}.in_reference"] = inside.astype(np.uint8)
        tensors[f"{panel}.references.logits"] = easy + rng.normal(size=(R, n, C)) + 3 * inside[..., None] * np.eye(C)[y]
        for model in ("target", "references"):
            seen = tensors[f"{panel}.{model}.logits"][..., None, :, :]
            tensors[f"{panel}.{model}.views.logits"] = seen + rng.normal(size=(*seen.shape[:-3], 2, n, C))
    save_file(tensors, path, metadata={"miaudit": "evidence/1"})
    return path


@pytest.mark.parametrize("attack", registry.names("attacks"))
def test_every_attack_scores_a_strangers_evidence(call: Call, tmp_path: Path, ten_lines: Path, attack: str) -> None:
    out = tmp_path / "deep" / "scores.parquet"
    called = call("score", ten_lines, "--attack", attack, "--out", out)
    assert called.code == 0, called.err
    assert "300 scores in" in called.err
    table = pq.read_table(out)
    assert table.column_names == ["id", "score", "member"]
    assert table["id"].to_pylist() == list(range(300))
    low = auc(table["score"].to_numpy(), table["member"].to_numpy()).low
    assert low is not None
    assert low > 0.5


def test_hyper_parameters_are_set(call: Call, tmp_path: Path, ten_lines: Path) -> None:
    out = tmp_path / "scores.parquet"
    assert call("score", ten_lines, "--attack", "calibrated", "--set", "signal=confidence", "--out", out).code == 0
    expected = registry.build("attacks", "calibrated", {"signal": "confidence"}).score(
        read_evidence(ten_lines).evidence, np.random.default_rng(0)
    )
    npt.assert_array_equal(pq.read_table(out)["score"], expected)


def test_two_stage_tells_its_cuts(call: Call, tmp_path: Path, ten_lines: Path) -> None:
    out, explained = tmp_path / "scores.parquet", tmp_path / "explained.json"
    words = ("--attack", "two_stage", "--set", "alpha=0.9", "--out", out, "--explain", explained)
    assert call("score", ten_lines, *words).code == 0
    learned = json.loads(explained.read_text())
    assert {"t0", "t1", "beta", "alpha", "true_positives", "false_positives", "constraint_met"} <= learned.keys()
    assert learned["alpha"] == 0.9
    assert learned["constraint_met"]
    shadow = read_evidence(ten_lines).evidence.shadows[0]
    s0 = shadow.target("loss")
    outside = ~shadow.in_reference
    s1 = s0 - (shadow.references("loss") * outside).sum(axis=0) / outside.sum(axis=0)
    called = (s0 >= learned["t0"]) & (s1 > learned["t1"])
    assert shadow.member is not None
    assert int((called & shadow.member).sum()) == learned["true_positives"]
    assert int((called & ~shadow.member).sum()) == learned["false_positives"]
    assert learned["true_positives"] >= 0.9 * called.sum()


def test_an_attack_that_learns_nothing_explains_nothing(call: Call, tmp_path: Path, ten_lines: Path) -> None:
    explained = tmp_path / "explained.json"
    out = tmp_path / "scores.parquet"
    assert call("score", ten_lines, "--attack", "loss", "--out", out, "--explain", explained).code == 0
    assert json.loads(explained.read_text()) == {}


def test_a_table_of_predictions_without_the_truth(call: Call, tmp_path: Path) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "scores.parquet"
    path.write_text("id,label,p0,p1\n7,0,0.9,0.1\n9,1,0.6,0.4\n")
    assert call("score", path, "--attack", "loss", "--out", out).code == 0
    table = pq.read_table(out)
    assert table.column_names == ["id", "score"]
    assert table["id"].to_pylist() == [7, 9]
    npt.assert_allclose(table["score"], np.log([0.9, 0.4]))


def test_classes_keep_their_names(call: Call, tmp_path: Path) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "scores.parquet"
    path.write_text("label,prob_no,prob_yes\nno,0.9,0.1\nyes,0.6,0.4\n")
    assert call("score", path, "--attack", "loss", "--out", out).code == 0
    assert pq.read_table(out)["class"].to_pylist() == ["no", "yes"]


def test_chance_follows_from_the_seed(call: Call, tmp_path: Path, ten_lines: Path) -> None:
    tables = []
    for i, seed in enumerate((0, 0, 1)):
        out = tmp_path / f"{i}.parquet"
        assert call("score", ten_lines, "--attack", "ldc", "--seed", seed, "--out", out).code == 0
        tables.append(pq.read_table(out)["score"].to_pylist())
    assert tables[0] == tables[1] != tables[2]


@pytest.mark.parametrize(
    ("pairs", "options"),
    [
        ([], {}),
        (["k=3", "mode=online"], {"k": 3, "mode": "online"}),
        (["alpha=0.9", "features=[label, score]", "neighbourhood=false"], None),
        (["bandwidth="], {"bandwidth": None}),
        (["rule=a=b"], {"rule": "a=b"}),
    ],
)
def test_options_are_read_as_yaml(pairs: list[str], options: dict[str, Any] | None) -> None:
    expected = {"alpha": 0.9, "features": ["label", "score"], "neighbourhood": False} if options is None else options
    assert parse_options(pairs) == expected


def test_what_was_understood_of_a_table_is_told(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    rows = [f"{i % 2};{('train', 'test')[i // 2 % 2]};0,{i}" for i in range(1, 9)]
    path.write_text("\n".join(["label;member;p", *rows]))
    scored = call("score", path, "--attack", "loss", "--out", tmp_path / "s.csv")
    assert scored.code == 0, scored.err
    audited = call("audit", path, "--out", tmp_path / "out", "--store", tmp_path / "store")
    assert audited.code == 0, audited.err
    told = (
        "Read as: Columns are separated by semicolons and numbers have a decimal comma.",
        "Read as: Column 'p' holds the probability of class 1, and 1 - p that of 0.",
        "Read as: Column 'member' has 'test' for a non-member, 'train' for a member.",
    )
    page = (tmp_path / "out" / "report.html").read_text()
    for sentence in told:
        assert sentence in scored.err
        assert sentence in " ".join(audited.out.split())
        assert sentence.removeprefix("Read as: ").replace("'", "&#39;") in page
