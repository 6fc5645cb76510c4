"""Models in files are audited with records in files as the same model is in Python."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
import yaml
from sklearn.ensemble import RandomForestClassifier

import miaudit
from miaudit.arrays import Floats, Ints
from tiny import Call, blobs

DATA = blobs(120, features=4, classes=3)
X, Y = DATA.x.astype(np.float64), DATA.y
INSIDE, OUTSIDE = slice(0, 60), slice(60, 120)
NAMES = ("f0", "f1", "f2", "f3")

Saved = tuple[str, dict[str, Any], Any]  # the model's address, options, and the model itself
Save = Callable[[Path], Saved]


def save_forest(folder: Path) -> Saved:
    skops = pytest.importorskip("skops.io")
    forest = RandomForestClassifier(5, random_state=0).fit(X[INSIDE], Y[INSIDE])
    skops.dump(forest, folder / "forest.skops")
    return "forest.skops?trusted=sklearn.tree._tree.Tree", {}, forest


def save_booster(folder: Path) -> Saved:
    xgboost = pytest.importorskip("xgboost")
    parameters = {"objective": "multi:softprob", "num_class": 3, "nthread": 1}
    booster = xgboost.train(parameters, xgboost.DMatrix(X[INSIDE], Y[INSIDE]), num_boost_round=3)
    booster.save_model(folder / "booster.json")
    return "booster.json", {}, booster


def save_onnx(folder: Path) -> Saved:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    weights = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["logits"])
    inputs, outputs = (
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", size])]
        for name, size in (("x", 4), ("logits", 3))
    )
    graph = onnx.helper.make_graph([node], "g", inputs, outputs, [onnx.numpy_helper.from_array(weights, "w")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "linear.onnx")
    return "linear.onnx", {"outputs": "logits"}, _Linear(weights)


def save_network(folder: Path) -> Saved:
    torch.manual_seed(0)
    network = torch.nn.Linear(4, 3)
    torch.save(network.state_dict(), folder / "w.pt")
    (folder / "net.py").write_text("import torch\n\ndef make():\n    return torch.nn.Linear(4, 3)\n")
    return "net.py:make?weights=w.pt", {}, network


class _Linear:
    """The same as an object with logits."""

    description = "a matrix"

    def __init__(self, weights: Floats) -> None:
        self.weights = weights

    def logits(self, x: Floats) -> Floats:
        found: Floats = x.astype(np.float32) @ self.weights
        return found


def write(folder: Path, name: str, x: Floats, y: Ints) -> None:
    text = io.StringIO()
    np.savetxt(
        text, np.column_stack([x, y]), fmt=["%.17g"] * 4 + ["%d"], delimiter=",", header=",".join([*NAMES, "label"])
    )
    (folder / name).write_text(text.getvalue().removeprefix("# "))


@pytest.mark.parametrize("save", [save_forest, save_booster, save_onnx, save_network])
def test_a_file_gives_the_scores_of_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call, save: Save
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    address, options, model = save(tmp_path)
    write(tmp_path, "train.csv", X[INSIDE], Y[INSIDE])
    write(tmp_path, "test.csv", X[OUTSIDE], Y[OUTSIDE])
    target = {"model": address, "members": "train.csv", "nonmembers": "test.csv", **options}
    (tmp_path / "audit.yaml").write_text(
        yaml.safe_dump({"target": target, "attacks": ["loss"], "split": {"name": "pool", "models": 2}})
    )
    called = call("audit", "audit.yaml", "--out", "out", "--jobs", "1")

    assert called.code == 0, called.err
    expected = miaudit.audit(
        model, (X[INSIDE], Y[INSIDE]), (X[OUTSIDE], Y[OUTSIDE]), attacks=["loss"], models=2, shadows=2, jobs=1
    ).scores
    found = pq.read_table(tmp_path / "out" / "scores.parquet")
    assert len(np.unique(expected["loss"].to_numpy())) > 3
    order, wanted = (np.lexsort((table["position"], table["member"])) for table in (found, expected))
    np.testing.assert_allclose(
        found["loss"].to_numpy()[order], expected["loss"].to_numpy()[wanted], rtol=1e-5, atol=1e-6
    )

    checked = call("check", address, "--members", "train.csv", "--nonmembers", "test.csv", "--models", "2")
    assert checked.code == 0, checked.err
    assert "Records: 60 members, 60 non-members; 4 features" in checked.out


def test_a_file_that_needs_trust_names_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.chdir(tmp_path)
    save_forest(tmp_path)
    write(tmp_path, "train.csv", X[INSIDE], Y[INSIDE])
    write(tmp_path, "test.csv", X[OUTSIDE], Y[OUTSIDE])
    called = call("check", "forest.skops", "--members", "train.csv", "--nonmembers", "test.csv", "--models", "2")

    assert (called.code, called.out) == (2, "")
    assert "forest.skops?trusted=" in called.err
