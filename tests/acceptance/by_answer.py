"""Functions, objects and endpoints that say something about records."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from acceptance.audited import HALF, NAMES, YES, Case, Values, Variant, X, Y, case, of_class, sigmoid, softmax, two
from acceptance.by_estimator import table

KERNEL = X[:3].T


def functions() -> list[Variant]:
    """Functions, objects and endpoints."""
    return [
        Variant("function of probabilities", "`model.predict_proba`", lambda _: rows(lambda x: softmax(x @ KERNEL))),
        Variant("function of logits", "`lambda x: x @ w`", lambda _: rows(lambda x: x @ KERNEL)),
        Variant("function that returns lists", "`.tolist()`", lambda _: rows(lambda x: softmax(x @ KERNEL).tolist())),
        Variant("function that returns a DataFrame", "`pd.DataFrame(proba)`", returns_frame, ("pandas",)),
        Variant("function that returns a tensor", "`torch.softmax(...)`", returns_tensor, ("torch",)),
        Variant("function of the probability of class 1", "`predict_proba(x)[:, 1]`", lambda _: one(two_of)),
        Variant("function of the logit of class 1", "`model.decision_function`", lambda _: one(lambda x: x[:, 0])),
        Variant("function of labels", "`model.predict`", lambda _: labels(lambda x: (x @ KERNEL).argmax(axis=1), Y)),
        Variant("function of text labels", "`model.predict`", text_labels),
        Variant("function of a DataFrame", "`lambda df: model.predict_proba(df)`", reads_frame, ("pandas",)),
        Variant("certainties of one class", "all answers 0.0 or 1.0", certain, flag="outputs"),
        Variant("an object with `logits`", "`logits(x)` and `description`", described),
        Variant("predictions", "`miaudit.Predictions(p_members, p_nonmembers)`", predictions),
        Variant("MLflow scoring", "`https://host/invocations`", served, ("httpx", "tenacity")),
    ]


def rows(function: Any) -> Case:
    """A function that answers about three classes."""
    return case(function, X, Y, of_class(softmax(X @ KERNEL)))


def two_of(x: Any) -> Any:
    return sigmoid(x[:, 0])[:, 1]


def one(function: Any) -> Case:
    return case(function, X, YES, of_class(two(two_of(X)), YES))


def labels(function: Any, y: Any) -> Case:
    return case(function, X, y, attacks=["gap"])


def text_labels(folder: Path) -> Case:
    return labels(lambda x: np.array(sorted(set(NAMES)))[(x @ KERNEL).argmax(axis=1)], NAMES)


def returns_frame(folder: Path) -> Case:
    import pandas as pd

    return rows(lambda x: pd.DataFrame(softmax(x @ KERNEL), columns=sorted(set(NAMES))))


def returns_tensor(folder: Path) -> Case:
    import torch

    return rows(lambda x: torch.softmax(torch.as_tensor(x @ KERNEL).requires_grad_(), dim=1))


def reads_frame(folder: Path) -> Case:
    frame = table()
    frame["town"] = np.array(["Ulm", "Bonn"])[YES]
    return case(lambda df: sigmoid(df["width 0"] + (df["town"] == "Ulm"))[:, 1], frame, YES)


def certain(folder: Path) -> Case:
    return case(lambda x: (x[:, 0] > 0).astype(float), X, YES, outputs="labels", attacks=["gap"])


class Scorer:
    """An object of the user's own."""

    description = "a scorer"

    def logits(self, x: Any) -> Any:
        return x @ KERNEL


def described(folder: Path) -> Case:
    return rows(Scorer())


def predictions(folder: Path) -> Case:
    import miaudit

    p: Values = softmax(X @ KERNEL)
    return Case(miaudit.Predictions(p[:HALF], p[HALF:]), Y[:HALF], Y[HALF:], of_class(p))


class Answers(BaseHTTPRequestHandler):
    """A server as MLflow's."""

    def do_POST(self) -> None:
        x = np.array(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["dataframe_split"]["data"])
        answer = json.dumps({"predictions": softmax(x @ KERNEL).tolist()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def served(folder: Path) -> Case:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return rows(f"http://127.0.0.1:{server.server_port}/invocations")
