"""Models in files, native boosters, functions and endpoints."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from acceptance.audited import HALF, NAMES, YES, Case, Variant, X, Y, case, of_class, softmax
from acceptance.by_estimator import table
from acceptance.by_module import INPUT, TORCH, known, net

FILE_OF_CODE = """
import torch


def make():
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
"""


def files() -> list[Variant]:
    """Models in files and the objects that these hold."""
    return [
        Variant("skops file", "`skops.io.dump(model, 'model.skops')`", skops, ("skops",)),
        Variant("ONNX file of scikit-learn", "`skl2onnx.to_onnx`", onnx_of_sklearn, ("skl2onnx", "onnxruntime")),
        Variant("ONNX session", "`onnxruntime.InferenceSession`", onnx_session, ("skl2onnx", "onnxruntime")),
        Variant("Keras, softmax", "`keras.Sequential`", lambda _: keras_model("softmax"), ("keras", "torch")),
        Variant("Keras, logits", "`from_logits=True`", lambda _: keras_model(None), ("keras", "torch")),
        Variant("Keras file", "`model.save('model.keras')`", keras_file, ("keras", "torch")),
        Variant("TorchScript", "`torch.jit.trace`", lambda _: case(traced(), INPUT, Y, known(net())), TORCH),
        Variant("TorchScript file", "`torch.jit.save(program, 'model.pt')`", script_file, TORCH),
        Variant("exported program", "`torch.export.export`", lambda _: case(exported(), INPUT, Y, known(net())), TORCH),
        Variant("file of an exported program", "`model.pt2?trust=yes`", export_file, TORCH),
        Variant("weights and code", "`net.py:make?weights=w.safetensors`", weights, ("torch", "safetensors")),
        Variant("checkpoint and code", "`torch.save({'state_dict': ...})`", checkpoint, TORCH),
        Variant("classifier of texts", "`save_pretrained(folder)`", text_classifier, ("transformers", "torch")),
        Variant("pipeline of texts", "`transformers.pipeline(...)`", pipeline, ("transformers", "torch")),
        Variant("XGBoost booster", "`xgboost.train`, `multi:softprob`", lambda _: xgboost(), ("xgboost",)),
        Variant("XGBoost booster of two classes", "`binary:logistic`", xgboost_two, ("xgboost",)),
        Variant("XGBoost file", "`save_model('model.ubj')`", xgboost_file, ("xgboost",)),
        Variant("LightGBM booster", "`lightgbm.train`", lambda _: lightgbm(), ("lightgbm",)),
        Variant("LightGBM file", "`save_model('model.txt')`", lightgbm_file, ("lightgbm",)),
        Variant("CatBoost file", "`save_model('model.cbm')`", catboost_file, ("catboost",)),
    ]


def fitted_logistic(y: Any = Y) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(X[:HALF], y[:HALF])


def skops(folder: Path) -> Case:
    import skops.io

    model = fitted_logistic(NAMES)
    skops.io.dump(model, folder / "model.skops")
    return case(folder / "model.skops", X, NAMES, of_class(model.predict_proba(X)))


def onnx_bytes() -> bytes:
    import skl2onnx

    content: bytes = skl2onnx.to_onnx(fitted_logistic(), INPUT[:1], target_opset=17).SerializeToString()
    return content


def onnx_of_sklearn(folder: Path) -> Case:
    (folder / "model.onnx").write_bytes(onnx_bytes())
    return case(str(folder / "model.onnx"), INPUT, Y, of_class(fitted_logistic().predict_proba(X)))


def onnx_session(folder: Path) -> Case:
    import onnxruntime

    session = onnxruntime.InferenceSession(onnx_bytes(), providers=["CPUExecutionProvider"])
    return case(session, table(), Y, of_class(fitted_logistic().predict_proba(X)))


def keras_model(activation: str | None) -> Case:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=activation)])
    kernel = X[:3].T.astype(np.float32)
    model.set_weights([kernel, np.zeros(3, np.float32)])
    return case(model, INPUT, Y, of_class(softmax(INPUT @ kernel)))


def keras_file(folder: Path) -> Case:
    made = keras_model("softmax")
    made.model.save(folder / "model.keras")
    return made._replace(model=folder / "model.keras")


def traced() -> Any:
    import torch

    return torch.jit.trace(net(), torch.zeros(1, 4))  # type: ignore[no-untyped-call]


def script_file(folder: Path) -> Case:
    import torch

    torch.jit.save(traced(), str(folder / "model.pt"))
    return case(folder / "model.pt", INPUT, Y, known(net()))


def exported() -> Any:
    import torch

    shapes = ({0: torch.export.Dim("batch")},)
    return torch.export.export(net(), (torch.zeros(2, 4),), dynamic_shapes=shapes)


def export_file(folder: Path) -> Case:
    import torch

    torch.export.save(exported(), folder / "model.pt2")
    return case(f"{folder / 'model.pt2'}?trust=yes", INPUT, Y, known(net()))


def weights(folder: Path) -> Case:
    from safetensors.torch import save_file

    save_file(net().state_dict(), folder / "w.safetensors")
    return of_code(folder, "w.safetensors")


def checkpoint(folder: Path) -> Case:
    import torch

    torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in net().state_dict().items()}}, folder / "w.pt")
    return of_code(folder, "w.pt")


def of_code(folder: Path, name: str) -> Case:
    """A function in a file, and weights beside it."""
    (folder / "net.py").write_text(FILE_OF_CODE)
    return case(f"{folder / 'net.py'}:make?weights={folder / name}", INPUT, Y, known(net()))


def text_classifier(folder: Path) -> Case:
    import torch

    transformers: Any = import_module("transformers")
    from acceptance.audited import TEXTS
    from acceptance.by_module import VOCABULARY

    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *VOCABULARY]))
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = transformers.BertConfig(vocab_size=5 + len(VOCABULARY), max_position_embeddings=16, num_labels=3, **sizes)
    torch.manual_seed(0)
    model = transformers.BertForSequenceClassification(config).eval()
    model.save_pretrained(folder)
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=16)
    tokenizer.save_pretrained(folder)
    with torch.no_grad():
        logits = model(**tokenizer(TEXTS, padding=True, return_tensors="pt")).logits.numpy()
    return case(folder, TEXTS, Y, of_class(softmax(logits)))


def pipeline(folder: Path) -> Case:
    transformers: Any = import_module("transformers")
    made = text_classifier(folder)
    return made._replace(model=transformers.pipeline("text-classification", str(folder)))


def xgboost() -> Case:
    import xgboost

    said = {"objective": "multi:softprob", "num_class": 3, "max_depth": 2}
    booster = xgboost.train(said, xgboost.DMatrix(X[:HALF], Y[:HALF]), 3)
    return case(booster, X, Y, of_class(booster.predict(xgboost.DMatrix(X))))


def xgboost_two(folder: Path) -> Case:
    import xgboost

    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(X[:HALF], YES[:HALF]), 3)
    p = booster.predict(xgboost.DMatrix(X))
    return case(booster, X, YES, np.where(YES == 1, p, 1 - p).astype(np.float64))


def xgboost_file(folder: Path) -> Case:
    made = xgboost()
    made.model.save_model(folder / "model.ubj")
    return made._replace(model=folder / "model.ubj")


def lightgbm() -> Case:
    import lightgbm

    said = {"objective": "multiclass", "num_class": 3, "min_data_in_leaf": 2, "verbose": -1}
    booster = lightgbm.train(said, lightgbm.Dataset(X[:HALF], Y[:HALF]), 3)
    return case(booster, X, Y, of_class(booster.predict(X)))


def lightgbm_file(folder: Path) -> Case:
    made = lightgbm()
    made.model.save_model(folder / "model.txt")
    return made._replace(model=folder / "model.txt")


def catboost_file(folder: Path) -> Case:
    import catboost

    model = catboost.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(X[:HALF], Y[:HALF])
    model.save_model(str(folder / "model.cbm"))
    return case(folder / "model.cbm", X, Y, of_class(model.predict_proba(X)))
