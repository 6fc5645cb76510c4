"""Data sets of encoded images: Parquet shards or folders, decoded once."""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.arrays import Floats, Ints
from miaudit.datasets._cache import kept
from miaudit.datasets._files import Download, ensure, read_splits, shards
from miaudit.datasets._labels import check_labels
from miaudit.datasets.base import About, Dataset
from miaudit.errors import UserError

BATCH = 1000  # images decoded before they are written

NORMALISE = "subtract the mean of each channel and divide by its deviation, both as published for the training images"


class Channels(NamedTuple):
    """Mean and deviation of each channel over the training images, in [0, 1]."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


def load_shards(
    name: str, about: About, channels: Channels | None, download: Download, splits: tuple[str, ...] = ("train", "test")
) -> Dataset:
    """Images of Parquet shards with columns `image` (struct with the encoded `bytes`) and `label`, split by split."""
    folder = ensure(about, download)
    paths = [path for split in splits for path in shards(folder, split)]
    labels = read_splits(folder, *splits, columns=["label"])
    y = labels["label"].to_numpy().astype(np.int64)
    pixels = decoded(f"{name}-{_digest(paths)}", len(y), about, _encoded(paths))
    return as_dataset(name, about, pixels, y, channels, _class_names(labels.schema))


def as_dataset(
    name: str,
    about: About,
    pixels: npt.NDArray[np.uint8],
    y: Ints,
    channels: Channels | None,
    class_names: tuple[str, ...],
) -> Dataset:
    """The data set of images x (n, C, H, W) in [0, 1], or normalised; raises UserError for labels that are no class."""
    classes = about.classes or len(class_names)
    check_labels(name, y, classes)
    return Dataset(name=name, x=scaled(pixels, channels), y=y, classes=classes, class_names=class_names)


def scaled(pixels: npt.NDArray[np.uint8], channels: Channels | None) -> Floats:
    """Pixels (n, C, H, W) as float32 in [0, 1], less the channels' means and over their deviations where given."""
    x: Floats = np.divide(pixels, np.float32(255))
    if channels is not None:
        mean, deviation = (np.array(values, np.float32)[:, None, None] for values in channels)
        x -= mean
        x /= deviation
    return x


def decoded(name: str, count: int, about: About, batches: Iterable[Sequence[bytes]]) -> npt.NDArray[np.uint8]:
    """Images (n, C, H, W) uint8, mapped from the cache; decoded first if the cache lacks them."""
    channels, height, width = about.shape or ()
    blocks = (np.stack([_decode(image, channels, height, width) for image in batch]) for batch in batches)
    return kept(name, (count, channels, height, width), blocks)


def _decode(image: bytes, channels: int, height: int, width: int) -> npt.NDArray[np.uint8]:
    try:
        from PIL import Image
    except ImportError:
        raise UserError("images are decoded by Pillow: pip install 'miaudit[images]'") from None
    try:
        opened = Image.open(io.BytesIO(image)).convert("L" if channels == 1 else "RGB")
    except OSError as error:
        raise UserError(f"an image cannot be decoded: {error}; get the files again") from None
    if opened.size != (width, height):
        raise UserError(f"expected images of {width} x {height} pixels, got one of {opened.size[0]} x {opened.size[1]}")
    return np.asarray(opened).reshape(height, width, channels).transpose(2, 0, 1)


def _encoded(paths: list[Path]) -> Iterator[list[bytes]]:
    for path in paths:
        file = pq.ParquetFile(path)
        columns = {field.name: field.type for field in file.schema_arrow}
        image = columns.get("image")
        if not (image is not None and pa.types.is_struct(image) and image.get_field_index("bytes") >= 0):
            described = ", ".join(f"{name} ({kind})" for name, kind in columns.items())
            raise UserError(f"{path}: expected a column `image`, a struct with the encoded `bytes`, got {described}")
        for batch in file.iter_batches(BATCH, columns=["image"]):
            yield batch.column("image").field("bytes").to_pylist()


def _digest(paths: list[Path]) -> str:
    """Hash of the shards' content, in order."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:32]


def _class_names(schema: pa.Schema) -> tuple[str, ...]:
    """Names of the classes as Hugging Face `datasets` writes them; empty if the files hold no names."""
    features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    return tuple(features.get("label", {}).get("names", ()))
