"""Files of data sets: where the real ones lie, and how to write small ones of the same layout."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from miaudit.datasets.base import About, is_on_disk

Pixels = npt.NDArray[np.uint8]


def use_real(about: About, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point `MIAUDIT_DATA` to the real files, or skip the test: that folder, else `../shared/datasets`."""
    beside = Path(__file__).parents[2] / "shared" / "datasets"
    monkeypatch.setenv("MIAUDIT_DATA", os.environ.get("MIAUDIT_DATA", str(beside)))
    if not is_on_disk(about):
        pytest.skip(f"{about.folder} is neither in MIAUDIT_DATA nor in ../shared/datasets")


def draw(n: int, shape: tuple[int, ...], seed: int = 0) -> Pixels:
    """Random images (n, C, H, W)."""
    return np.random.default_rng(seed).integers(256, size=(n, *shape), dtype=np.uint8)


def png(pixels: Pixels) -> bytes:
    """One image (C, H, W) as a lossless file."""
    file = io.BytesIO()
    Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)).save(file, "png")
    return file.getvalue()


def write_shard(path: Path, pixels: Pixels, labels: list[int], class_names: list[str] | None = None) -> None:
    """A Parquet file as Hugging Face `datasets` writes images and labels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image: list[dict[str, Any]] = [{"bytes": png(one), "path": None} for one in pixels]
    kind = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    table = pa.table({"image": pa.array(image, kind), "label": pa.array(labels, pa.int64())})
    if class_names is not None:
        features = {"image": {"_type": "Image"}, "label": {"names": class_names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path)
