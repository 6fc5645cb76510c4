"""Small models, tables and predictions that a reader of the documentation has at hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from acceptance.audited import HALF, X, Y


def tree() -> DecisionTreeClassifier:
    """A fitted classifier of X."""
    return DecisionTreeClassifier(max_depth=4, random_state=0).fit(X[:HALF], Y[:HALF])


def write_tables(folder: Path, table: pd.DataFrame, members: str = "train", others: str = "test") -> None:
    """CSV files of both halves of a table."""
    table[:HALF].to_csv(folder / f"{members}.csv", index=False)
    table[HALF:].to_csv(folder / f"{others}.csv", index=False)


def write_network(folder: Path, x: Any) -> None:
    """Weights of a network for images and its records."""
    from safetensors.torch import save_file
    from torch import nn

    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10))
    save_file(net.state_dict(), folder / "w.safetensors")
    np.savez(folder / "train.npz", x=x[:HALF], y=Y[:HALF])
    np.savez(folder / "test.npz", x=x[HALF:], y=Y[HALF:])


def save_weights(folder: Path) -> None:
    """Weights of a linear layer for X."""
    import torch
    from safetensors.torch import save_file

    save_file(torch.nn.Linear(4, 3).state_dict(), folder / "w.safetensors")


def write_predictions(folder: Path, n: int = 400) -> pd.DataFrame:
    """Predictions of a model that leaks, with ids, groups and membership."""
    rng = np.random.default_rng(0)
    member, label = np.arange(n) < n // 2, rng.integers(2, size=n)
    sure = 1 / (1 + np.exp(-rng.normal(size=n) - 2.0 * member))
    table = pd.DataFrame(
        {
            "id": [f"PAT-{row}" for row in range(n)],
            "label": label,
            "member": member.astype(int),
            "p0": np.where(label, 1 - sure, sure),
            "p1": np.where(label, sure, 1 - sure),
            "sex": np.where(rng.random(n) < 0.5, "f", "m"),
            "age": rng.integers(18, 90, n),
        }
    )
    table.to_csv(folder / "predictions.csv", index=False)
    return table
