"""The ways in that the documentation shows work as they are written there, with fewer reference models."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from acceptance.audited import CLASSES, HALF, TEXTS, X, Y, softmax
from acceptance.by_answer import KERNEL
from acceptance.by_file import onnx_bytes, text_classifier
from model_server import model_server, records
from tiny import Call

PAGE = Path(__file__).parents[1] / "docs" / "ways_in.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
FOREST, NET = (text for kind, text in BLOCKS if kind == "python")
TORCH, ONNX, R, HTTP, TEXT = (text for kind, text in BLOCKS if kind == "sh")
FEWER = "--models 2"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    return tmp_path


def check_report(call: Call, command: str) -> None:
    """Fail unless the command writes its report."""
    done = call(*shlex.split(f"{command} {FEWER}" if "--members" in command else command)[1:])
    assert done.code == 0, done.err
    assert (Path("audit") / "report.html").is_file()


def write_tables(x: object, y: object) -> None:
    """CSV files of members and non-members."""
    import pandas as pd

    table = pd.DataFrame(x).assign(label=y)
    table[:HALF].to_csv("train.csv", index=False)
    table[HALF:].to_csv("test.csv", index=False)


def test_all_ways_are_short() -> None:
    assert len([line for line in FOREST.splitlines() if line]) <= 6
    assert all(len(command.splitlines()) == 1 for command in (TORCH, ONNX, R, HTTP, TEXT))


def test_a_forest_on_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    smaller = FOREST.replace("models=100", "models=2").replace("Classifier()", "Classifier(10)")
    exec(compile(smaller, str(PAGE), "exec"), {})
    assert re.search(r"^lira +AUC", capsys.readouterr().out, re.MULTILINE)


def test_a_torch_network_with_weights_on_disk(call: Call, folder: Path) -> None:
    from safetensors.torch import save_file

    (folder / "net.py").write_text(NET)
    namespace: dict[str, object] = {}
    exec(NET, namespace)
    save_file(namespace["make"]().state_dict(), folder / "w.safetensors")  # type: ignore[operator]
    x = np.random.default_rng(0).random((2 * HALF, 1, 8, 8), dtype=np.float32)
    np.savez("train.npz", x=x[:HALF], y=Y[:HALF])
    np.savez("test.npz", x=x[HALF:], y=Y[HALF:])
    check_report(call, TORCH)


def test_an_onnx_file(call: Call, folder: Path) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("skl2onnx")
    (folder / "model.onnx").write_bytes(onnx_bytes())
    write_tables(X, Y)
    check_report(call, ONNX)


def test_predictions_from_r(call: Call, folder: Path) -> None:
    p = softmax(X @ KERNEL)
    rows = [
        f'"{i + 1}",{",".join(map(repr, p[i].tolist()))},"{CLASSES[Y[i]]}",{"TRUE" if i < HALF else "FALSE"}'
        for i in range(len(Y))
    ]
    header = ",".join(f'"{name}"' for name in ("", *CLASSES, "label", "member"))
    (folder / "predictions.csv").write_text("\n".join([header, *rows]) + "\n")
    check_report(call, R)


def test_a_model_behind_http(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("httpx")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    write_tables(records(2 * HALF), np.arange(2 * HALF) % 3)
    with model_server() as server:
        check_report(call, HTTP.replace("http://localhost:8080/v2/models/churn", server.url("/v2/models/m")))


def test_a_text_classifier(call: Call, folder: Path) -> None:
    pytest.importorskip("transformers")
    (folder / "my-classifier").mkdir()
    text_classifier(folder / "my-classifier")
    write_tables({"text": TEXTS}, Y)
    check_report(call, TEXT)
