"""Files in other formats than CSV, and pairs of files."""

import io
import json
from itertools import chain
from pathlib import Path

import numpy as np

from acceptance.predicted import (
    CLASSES,
    LOGITS,
    LOSS3,
    LOSS_TOP,
    MEMBER,
    NAMED,
    NAMES,
    PREDICTED,
    ROWS,
    TOP,
    TRAIN_TEST,
    TRUE,
    N,
    P,
    Table,
    Variant,
    Written,
    Y,
    halves,
    lines,
    plain,
    text,
    text_of,
    two,
    written,
)


def from_formats() -> list[Variant]:
    """Other formats than CSV."""
    probs = {"label": Y, "member": MEMBER, "probs": P.tolist()}
    records = {"label": NAMES, "split": TRAIN_TEST, **NAMED}
    columns = {name: dict(enumerate(np.asarray(column).tolist())) for name, column in records.items()}
    pairs = {
        "label": NAMES,
        "member": MEMBER,
        "scores": [[{"label": name, "score": float(p)} for name, p in zip(CLASSES, row, strict=True)] for row in P],
    }
    arrays = {"label": Y, "member": MEMBER, "logits": LOGITS.astype(np.float32)}
    return [
        Variant("Excel", "pandas `to_excel`", lambda folder: excel(folder, {"": list(range(N)), **records})),
        Variant("Parquet with classes", "polars, Arrow", lambda folder: frame(folder, "p.parquet", records)),
        Variant(
            "Parquet, a list of outputs",
            "Hugging Face `datasets`, Spark",
            lambda folder: frame(folder, "p.parquet", probs),
        ),
        Variant("Feather", "R `write_feather`, pandas", lambda folder: frame(folder, "p.feather", records)),
        Variant("Stata, value labels", "Stata `export`, haven", lambda folder: stats(folder, "p.dta")),
        Variant("SPSS, value labels", "SPSS, haven", lambda folder: stats(folder, "p.sav")),
        Variant(
            "JSON lines, logits",
            "Hugging Face `Trainer.predict`",
            text("p.jsonl", lines({"label": Y, "member": TRUE, "logits": LOGITS.tolist()})),
        ),
        Variant("JSON lines, named scores", "Hugging Face `pipeline(top_k=None)`", text("p.jsonl", lines(pairs))),
        Variant(
            "JSON records",
            "pandas `to_json(orient='records')`",
            text("p.json", "[" + ",".join(lines(records).splitlines()) + "]"),
        ),
        Variant("JSON columns", "pandas `to_json()`", text("p.json", json.dumps(columns, default=plain))),
        Variant("NPZ", "`np.savez`", text("p.npz", npz(arrays)), LOSS3, 1e-5),
        Variant("NPY beside labels", "Keras `predict()` and `np.save`", keras, flag="--label"),
        Variant(
            "two CSV files",
            "one per part of the data",
            two(".csv", lambda t: text_of(t).encode(), {"": ROWS, "label": NAMES, **NAMED}),
            halves(LOSS3),
        ),
        Variant(
            "two files with a confidence",
            "Weka `-p 0`",
            two(".csv", lambda t: text_of(t).encode(), weka()),
            halves(LOSS_TOP),
        ),
        Variant("two NPZ files", "a notebook", two(".npz", npz, {"y": Y, "probs": P}), halves(LOSS3)),
    ]


def weka() -> Table:
    """Weka writes classes as `2:versicolor`."""
    number = {name: f"{c + 1}:{name}" for c, name in enumerate(CLASSES)}
    wrong = ["+" if a != b else "" for a, b in zip(NAMES, PREDICTED, strict=True)]
    actual, predicted = [number[name] for name in NAMES], [number[name] for name in PREDICTED]
    return {"inst#": ROWS, "actual": actual, "predicted": predicted, "error": wrong, "prediction": TOP}


def excel(folder: Path, table: Table) -> Written:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in chain([tuple(table)], zip(*table.values(), strict=True)):
        sheet.append([value.item() if isinstance(value, np.generic) else value for value in row])
    book.save(folder / "p.xlsx")
    return written(folder / "p.xlsx")


def frame(folder: Path, name: str, table: Table) -> Written:
    import polars

    path, made = folder / name, polars.DataFrame({key: list(column) for key, column in table.items()})
    made.write_parquet(path) if path.suffix == ".parquet" else made.write_ipc(path)
    return written(path)


def stats(folder: Path, name: str) -> Written:
    import polars
    import pyreadstat

    path, write = folder / name, pyreadstat.write_dta if name.endswith(".dta") else pyreadstat.write_sav
    labels: dict[str, dict[int | float, str]] = {"split": {0: "test", 1: "train"}, "label": dict(enumerate(CLASSES))}
    write(polars.DataFrame({"label": Y, "split": MEMBER, **NAMED}), path, variable_value_labels=labels)
    return written(path)


def npz(table: Table) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **{name: np.asarray(column) for name, column in table.items()})
    return out.getvalue()


def keras(folder: Path) -> Written:
    for name, array in {"p": P, "y": Y, "member": MEMBER}.items():
        np.save(folder / f"{name}.npy", array)
    return written(folder / "p.npy", label=str(folder / "y.npy"), member=str(folder / "member.npy"))
