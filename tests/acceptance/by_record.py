"""Records and labels in the forms in which people have them."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from acceptance.audited import CLASSES, HALF, NAMES, TEXTS, YES, Case, Variant, X, Y, case, of_class, sigmoid, softmax
from acceptance.by_answer import KERNEL
from acceptance.by_estimator import fitted, table
from acceptance.by_module import INPUT, TOKENS, TORCH, known, net

P = of_class(softmax(X @ KERNEL))


def records() -> list[Variant]:
    """Records and labels."""
    return [
        Variant("lists", "`[[5.1, 3.5], ...]`", lambda _: asked(X.tolist(), Y.tolist())),
        Variant("polars", "`pl.read_csv`", polars, ("polars",)),
        Variant("Arrow table", "`pq.read_table`", arrow),
        Variant("DataFrame with an index", "`df.set_index('patient')`", indexed, ("pandas",)),
        Variant("Series of texts", "`df['text']`", series, ("pandas",)),
        Variant("array of objects", "`df.to_numpy()` of mixed columns", objects, ("pandas",)),
        Variant("periods, durations, time zones", "`pd.period_range`, `pd.to_timedelta`", times, ("pandas",)),
        Variant("CSV files", "`miaudit.audit(model, 'train.csv', 'test.csv')`", csv_files, ("pandas",)),
        Variant("torch tensors", "`x`, `y` of `TensorDataset`", tensors, TORCH),
        Variant("torch data set", "`TensorDataset(x, y)`", lambda _: from_data(lambda data: data), TORCH),
        Variant("torch loader", "`DataLoader(data, shuffle=True)`", loader, TORCH),
        Variant("part of a data set", "`random_split`, `Subset`", subset, TORCH),
        Variant("mapped file", "`np.load('x.npy', mmap_mode='r')`", mapped),
        Variant("folder of images", "`cats/1.png`, `dogs/1.png`", image_folder, ("PIL", "torch")),
        Variant("Hugging Face data set", "`datasets.Dataset`", hub, ("datasets",)),
        Variant("token ids of 32 bits", "`input_ids`, int32", token_ids, TORCH),
        Variant("labels: text", "`['setosa', ...]`, the model knows numbers", lambda _: asked(X, NAMES.tolist())),
        Variant("labels: from 1", "R, MATLAB", lambda _: asked(X, Y + 1)),
        Variant("labels: with gaps", "codes 0, 3000, 6000", lambda _: asked(X, Y * 3000)),
        Variant("labels: truth values", "`y == 'yes'`", lambda _: answers_two(YES == 1)),
        Variant("labels: -1 and 1", "support vector machines", lambda _: answers_two(2 * YES - 1)),
        Variant("labels: one-hot", "`to_categorical(y)`", lambda _: asked(X, np.eye(3)[Y])),
        Variant("labels: a column", "`df[['label']]`, (n, 1)", lambda _: asked(X, Y[:, None])),
        Variant("labels: floats", "1.0, 2.0 from a CSV file", lambda _: asked(X, Y.astype(float))),
        Variant("labels: a categorical Series", "`df['label'].astype('category')`", categories, ("pandas",)),
        Variant("labels: pandas strings", "`df['label']`, `string` type", strings, ("pandas",)),
        Variant("labels: a table's column", "`df['label']` of polars", polars_labels, ("polars",)),
    ]


def answer(x: Any) -> Any:
    """Probabilities for arrays."""
    return softmax(np.asarray(x) @ KERNEL)


def asked(x: Any, y: Any) -> Case:
    return case(answer, x, y, P)


def answers_two(y: Any) -> Case:
    return case(lambda x: sigmoid(x[:, 0])[:, 1], X, y, of_class(sigmoid(X[:, 0]), YES))


def polars(folder: Path) -> Case:
    import polars

    return asked(polars.DataFrame(X, schema=["a", "b", "c", "d"]), Y)


def arrow(folder: Path) -> Case:
    import pyarrow as pa

    return asked(pa.table(dict(zip("abcd", X.T, strict=True))), Y)


def indexed(folder: Path) -> Case:
    import pandas as pd

    frame = table()
    frame.index = pd.Index([f"patient {i}" for i in range(len(frame))])
    return asked(frame, pd.Series(NAMES, index=frame.index))


def series(folder: Path) -> Case:
    import pandas as pd
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    return fitted(make_pipeline(CountVectorizer(), MultinomialNB()), pd.Series(TEXTS), pd.Series(NAMES))


def objects(folder: Path) -> Case:
    frame = table()
    return asked(frame.astype(object).to_numpy(), Y)


def times(folder: Path) -> Case:
    import pandas as pd

    frame = table()
    frame["month"] = pd.period_range("2024-01", periods=len(frame), freq="M")
    frame["stay"] = pd.to_timedelta(np.arange(len(frame)), unit="h")
    frame["seen"] = pd.date_range("2024-01-01", periods=len(frame), tz="UTC")
    return asked_of_frame(frame)


def asked_of_frame(frame: Any) -> Case:
    """A function that asks for columns by name."""
    return case(lambda df: answer(df[[f"width {i}" for i in range(4)]]), frame, Y, P)


def csv_files(folder: Path) -> Case:
    from sklearn.linear_model import LogisticRegression

    frame = table().assign(label=NAMES)
    frame[:HALF].to_csv(folder / "train.csv", index=False)
    frame[HALF:].to_csv(folder / "test.csv", index=False)
    made = fitted(LogisticRegression(), table(), NAMES)
    return made._replace(members=folder / "train.csv", nonmembers=str(folder / "test.csv"))


def tensors(folder: Path) -> Case:
    import torch

    return case(net(), torch.as_tensor(INPUT), torch.as_tensor(Y), known(net()))


def from_data(change: Callable[[Any], Any]) -> Case:
    """A source that gives records and labels."""
    import torch
    from torch.utils.data import TensorDataset

    parts = [
        change(TensorDataset(torch.as_tensor(INPUT[rows]), torch.as_tensor(Y[rows])))
        for rows in (slice(HALF), slice(HALF, None))
    ]
    return Case(net(), parts[0], parts[1], known(net()))


def loader(folder: Path) -> Case:
    from torch.utils.data import DataLoader

    return from_data(lambda data: DataLoader(data, batch_size=8, shuffle=True, drop_last=True))


def subset(folder: Path) -> Case:
    from torch.utils.data import Subset

    return from_data(lambda data: Subset(data, list(range(len(data)))))


def mapped(folder: Path) -> Case:
    np.save(folder / "x.npy", X)
    return asked(np.load(folder / "x.npy", mmap_mode="r"), Y)


def image_folder(folder: Path) -> Case:
    import torch
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (2 * HALF, 2, 2), dtype=np.uint8)
    places = [folder / part / name for part in ("train", "test") for name in ("cats", "dogs")]
    for place, images in zip(places, np.split(pixels, 4), strict=True):
        place.mkdir(parents=True)
        for i, image in enumerate(images):
            Image.fromarray(image).save(place / f"{i:02}.png")
    module = torch.nn.Sequential(torch.nn.Flatten(), net(2))
    y = np.repeat([0, 1, 0, 1], HALF // 2)
    logits = module(torch.as_tensor(pixels[:, None].astype(np.float32) / 255)).detach().numpy()
    return Case(module, folder / "train", folder / "test", of_class(softmax(logits), y))


def hub(folder: Path) -> Case:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    datasets: Any = import_module("datasets")  # the library, not the folder of tests
    names = datasets.ClassLabel(names=list(CLASSES))
    parts = [
        datasets.Dataset.from_dict({"text": TEXTS[rows], "label": Y[rows]}).cast_column("label", names)
        for rows in (slice(HALF), slice(HALF, None))
    ]
    made = fitted(make_pipeline(CountVectorizer(), MultinomialNB()), TEXTS, Y)
    return made._replace(members=parts[0], nonmembers=parts[1])


def token_ids(folder: Path) -> Case:
    from torch import nn

    module = nn.Sequential(nn.Embedding(16, 4), nn.Flatten(), nn.Linear(20, 3))
    return case(module, TOKENS.astype(np.int32), Y, known(module, TOKENS))


def categories(folder: Path) -> Case:
    import pandas as pd

    return asked(X, pd.Series(NAMES).astype("category"))


def strings(folder: Path) -> Case:
    import pandas as pd

    return asked(X, pd.Series(NAMES, dtype="string"))


def polars_labels(folder: Path) -> Case:
    import polars

    return asked(X, polars.Series(NAMES.tolist()))
