"""What each page takes for granted: files in the reader's folder, names of its Python, and fewer models."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import LinearRegression

from acceptance.audited import CLASSES, HALF, TEXTS, X, Y, softmax
from acceptance.by_answer import KERNEL
from acceptance.by_file import onnx_bytes, text_classifier
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.io.file import write_evidence
from model_server import model_server, records
from pages.blocks import ROOT
from pages.reader import World, check_script
from pages.things import save_weights, tree, write_network, write_predictions, write_tables
from tiny import CONFIG, Audited, Net, recipe

FEW = {"--members": "--models 2 --members"}  # reference models


class Desk(NamedTuple):
    """Where a world is set up."""

    folder: Path
    audited: Audited  # the small audit that all tests share
    stack: ExitStack  # of what ends with the page


def nothing(_: Desk) -> World:
    """A page that brings all that it needs."""
    return World()


def readme(desk: Desk) -> World:
    """A model in memory, predictions, and the example of the repository, smaller."""
    write_predictions(desk.folder)
    (desk.folder / "examples").mkdir()
    forest = (ROOT / "examples" / "forest.yaml").read_text()
    for shown, smaller in {"models: 16, shadows: 8": "models: 4, shadows: 2", ": 100": ": 5", "0.25": "0.05"}.items():
        forest = forest.replace(shown, smaller)
    (desk.folder / "examples" / "forest.yaml").write_text(forest)
    names = {"model": tree(), "x_train": X[:HALF], "y_train": Y[:HALF], "x_test": X[HALF:], "y_test": Y[HALF:]}
    experiments(desk)
    return World(names, codes=(0, 1, 3))


def engineer(_: Desk) -> World:
    """A smaller forest, and fewer attacks."""
    swaps = {"n_estimators=50": "n_estimators=5", "models=16": "models=2, attacks=['loss', 'lira']"}
    return World(swaps=swaps, codes=(0, 1, 3))


def checker(_: Desk) -> World:
    """The page makes its own predictions; the gate ends as it may."""
    return World(codes=(0, 1, 3))


def researcher(_: Desk) -> World:
    """Fewer and smaller forests."""
    return World(swaps={"models: 16, shadows: 8": "models: 4, shadows: 2", "n_estimators: 50": "n_estimators: 5"})


def ways_in(desk: Desk) -> World:
    """Each way's model and records."""
    folder = desk.folder
    (folder / "model.onnx").write_bytes(onnx_bytes())
    write_tables(folder, pd.DataFrame(X).assign(label=Y))
    write_network(folder, np.random.default_rng(0).random((2 * HALF, 1, 8, 8), dtype=np.float32))
    p = softmax(X @ KERNEL)
    rows = [
        f'"{i + 1}",{",".join(map(repr, p[i].tolist()))},"{CLASSES[Y[i]]}",{"TRUE" if i < HALF else "FALSE"}'
        for i in range(len(Y))
    ]
    header = ",".join(f'"{name}"' for name in ("", *CLASSES, "label", "member"))
    (folder / "predictions.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "my-classifier").mkdir()
    text_classifier(folder / "my-classifier")
    write_tables(folder, pd.DataFrame({"text": TEXTS, "label": Y}), "texts", "more_texts")
    x = records(2 * HALF)
    write_tables(folder, pd.DataFrame(x).assign(label=np.arange(2 * HALF) % 3), "served", "held_out")
    url = desk.stack.enter_context(model_server()).url("/v2/models/m")
    swaps = {
        "http://localhost:8080/v2/models/churn": url,
        f"{url} --members train.csv --nonmembers test.csv": f"{url} --members served.csv --nonmembers held_out.csv",
        "models=100": "models=2, attacks=['loss', 'lira']",
        "Classifier()": "Classifier(10)",
    }
    return World(swaps=swaps | FEW)


def own_model(desk: Desk) -> World:
    """A model in ONNX with tables."""
    (desk.folder / "model.onnx").write_bytes(onnx_bytes())
    write_tables(desk.folder, pd.DataFrame(X).assign(label=Y))
    return World(swaps={"MODEL": "model.onnx"} | FEW)


def further_views(desk: Desk) -> World:
    """A model in ONNX with arrays."""
    (desk.folder / "model.onnx").write_bytes(onnx_bytes())
    np.savez(desk.folder / "members.npz", x=X[:HALF], y=Y[:HALF])
    np.savez(desk.folder / "others.npz", x=X[HALF:], y=Y[HALF:])
    return World(swaps={"--views 8": "--views 2 --surrogates never"})


def references(desk: Desk) -> World:
    """A configuration with the smallest pool that has students."""
    split = {**CONFIG["split"], "models": 4, "shadows": 1}
    small = {**CONFIG, "split": split, "recipe": {**CONFIG["recipe"], "epochs": 2}, "attacks": ["ensemble"]}
    (desk.folder / "audit.yaml").write_text(yaml.safe_dump(small))
    return World()


def own_records(desk: Desk) -> World:
    """Tables with a town, a number and a label."""
    table = pd.DataFrame({"town": np.array(["Ulm", "Bonn", "Kiel"])[Y], "age": X[:, 0], "sick": Y > 0})
    write_tables(desk.folder, table)
    return World(
        swaps={"RandomForestClassifier()": "RandomForestClassifier(5)", 'test["sick"]))': 'test["sick"]), models=2)'}
    )


def targets(_: Desk) -> World:
    """A fitted classifier."""
    return World({"classifier": tree()})


def torch_modules(desk: Desk) -> World:
    """A network in a file, with its weights."""
    write_tables(desk.folder, pd.DataFrame(X).assign(label=Y))
    (desk.folder / "net.py").write_text("import torch\n\n\ndef make():\n    return torch.nn.Linear(4, 3)\n")
    save_weights(desk.folder)
    return World(swaps=FEW | {"shadows=2)": "shadows=2, jobs=1)"})


def own_training(_: Desk) -> World:
    """A network in memory."""
    import torch

    sides = {"members": (X[:HALF], Y[:HALF]), "nonmembers": (X[HALF:], Y[HALF:])}
    names = {"torch": torch, "net": Net(4, 3), "Net": lambda: Net(4, 3), **sides}
    swaps = {"members, nonmembers": "members, nonmembers, models=2, attacks=['lira']", "epochs=20": "epochs=2"}
    return World(names, swaps)


def predictions(desk: Desk) -> World:
    """Predictions in one file and in two."""
    table = write_predictions(desk.folder)
    for name, rows in (("train", table.member == 1), ("test", table.member == 0)):
        table[rows].drop(columns="member").to_csv(desk.folder / f"{name}.csv", index=False)
    return World()


def beyond_classifiers(desk: Desk) -> World:
    """A regressor in a file, and networks of one's own for other outputs."""
    import skops.io

    rng = np.random.default_rng(0)
    x = rng.normal(size=(2 * HALF, 3))
    table = pd.DataFrame(x, columns=["a", "b", "c"])
    write_tables(desk.folder, table.assign(y=x.sum(axis=1)))
    write_tables(
        desk.folder, table.assign(rain=x[:, 0] > 0, snow=x[:, 1] > 0, hail=x[:, 2] > 0).astype(float), "past", "new"
    )
    skops.io.dump(LinearRegression().fit(x[:HALF], x[:HALF].sum(axis=1)), desk.folder / "ridge.skops")
    (desk.folder / "weather.py").write_text("import torch\n\n\ndef make():\n    return torch.nn.Linear(3, 3)\n")
    model = "class Sum:\n    def predict(self, x):\n        return np.asarray(x).sum(axis=1)\n\n\n"
    (desk.folder / "net.py").write_text(f"import numpy as np\n\n\n{model}def make():\n    return Sum()\n")
    loss = "def gaussian_loss(model, x, y):\n    return (y - model.predict(x)) ** 2 / 2\n\n\n"
    fit = "def train(x, y, seed):\n    return Sum()\n"
    (desk.folder / "fit.py").write_text(f"import numpy as np\n\n\n{model}{loss}{fit}")
    return World(swaps={"models=8": "models=2", "--members": "--models 2 --members"})


def defences(_: Desk) -> World:
    """A small network and its recipe."""
    names = {
        "model": Net(4, 3),
        "members": (X[:HALF].astype(np.float32), Y[:HALF]),
        "nonmembers": (X[HALF:].astype(np.float32), Y[HALF:]),
        "recipe": recipe(),
    }
    return World(names, {"members, nonmembers": "members, nonmembers, models=2, attacks=['loss', 'lira'], jobs=1"})


def compare(_: Desk) -> World:
    """The audits that its commands have made."""
    return World({"before": "audits/none", "after": "audits/l2-weight=0.05-knows"})


def gate(desk: Desk) -> World:
    """Predictions, and audits of an old and a new model; limits are met or not."""
    write_predictions(desk.folder)
    for name in ("audit-of-new-model", "audit-of-old-model"):
        shutil.copytree(desk.audited.folder, desk.folder / name)
    return World(codes=(0, 1, 3))


def exposure(desk: Desk) -> World:
    """Predictions with groups, and a model with records in memory."""
    write_predictions(desk.folder)
    sex = np.array(["f", "m"])[np.arange(HALF) % 2]
    sides = {"members": (X[:HALF], Y[:HALF]), "nonmembers": (X[HALF:], Y[HALF:])}
    names = {"model": tree(), **sides, "sex_of_members": sex, "sex_of_nonmembers": sex}
    return World(names, {"members, nonmembers": "members, nonmembers, models=2, shadows=1, attacks=['loss']"})


def release(desk: Desk) -> World:
    """Predictions, and a finished audit."""
    write_predictions(desk.folder)
    shutil.copytree(desk.audited.folder, desk.folder / "predictions-audit")
    return World()


def pack(desk: Desk) -> World:
    """A finished audit, a key, and a reader who trusts it."""
    shutil.copytree(desk.audited.folder, desk.folder / "audit")
    check_script("ssh-keygen -q -t ed25519 -N '' -C '' -f id_ed25519", desk.folder)
    public = (desk.folder / "id_ed25519.pub").read_text()
    (desk.folder / "allowed_signers").write_text(f"ann@example.org {public}")
    return World()


def report(desk: Desk) -> World:
    """A finished audit, and nobody who keeps it in MLflow."""
    from miaudit.report import trackers

    shutil.copytree(desk.audited.folder, desk.folder / "audit")
    patch = desk.stack.enter_context(pytest.MonkeyPatch.context())
    patch.setitem(trackers.TRACKERS, "mlflow", lambda: lambda _: "run-1")
    return World()


def figures(desk: Desk) -> World:
    """A finished audit."""
    shutil.copytree(desk.audited.folder, desk.folder / "miaudit-demo")
    return World()


def store(desk: Desk) -> World:
    """A store with models, and the configuration that they were trained for."""
    shutil.copytree(desk.audited.store.root, desk.folder / "store", dirs_exist_ok=True)
    (desk.folder / "audit.yaml").write_text(yaml.safe_dump(CONFIG))
    key = next((desk.folder / "store").rglob("*.safetensors")).stem
    return World(swaps={"d2fd59": key})


def evidence(desk: Desk) -> World:
    """A small file of evidence, until the page writes its own."""
    outputs = np.random.default_rng(0).normal(size=(3, 2 * HALF, 3))
    panel = Panel.of(outputs[0], Y, references=outputs[1:])
    write_evidence(desk.folder / "evidence.safetensors", Evidence.of(panel), np.arange(2 * HALF) < HALF)
    return World()


def experiments(desk: Desk) -> World:
    """The paper with the fewest experiments."""
    shutil.copytree(ROOT / "experiments" / "kde_slides", desk.folder / "experiments" / "kde_slides")
    (desk.folder / "docs").mkdir()
    return World()


WORLDS: dict[str, Callable[[Desk], World]] = {
    "README.md": readme,
    "audits.md": nothing,
    "beyond_classifiers.md": beyond_classifiers,
    "compare.md": compare,
    "defences.md": defences,
    "evidence.md": evidence,
    "figures.md": figures,
    "experiments.md": experiments,
    "exposure.md": exposure,
    "extend.md": nothing,
    "gate.md": gate,
    "http.md": nothing,
    "own_model.md": own_model,
    "own_training.md": own_training,
    "pack.md": pack,
    "policies.md": nothing,
    "predictions.md": predictions,
    "records.md": own_records,
    "references.md": references,
    "release.md": release,
    "report.md": report,
    "start_checker.md": checker,
    "start_engineer.md": engineer,
    "start_researcher.md": researcher,
    "store.md": store,
    "targets.md": targets,
    "torch.md": torch_modules,
    "views.md": further_views,
    "ways_in.md": ways_in,
}
