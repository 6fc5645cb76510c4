from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from miaudit.errors import UserError
from miaudit.records.reading import unheard
from miaudit.records.sources.base import source_of
from miaudit.records.sources.image_folder import ImageFolder


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def test_grey_and_coloured_images(tmp_path: Path) -> None:
    save(tmp_path / "grey" / "b" / "1.png", np.array([[0, 255]], dtype=np.uint8))
    save(tmp_path / "grey" / "a" / "deeper" / "1.png", np.array([[51, 0]], dtype=np.uint8))
    (tmp_path / "grey" / "a" / "notes.txt").write_text("no image")
    assert source_of(tmp_path / "grey") is ImageFolder
    read = ImageFolder.read("members", tmp_path / "grey", unheard)
    assert read.x.tolist() == [[[[np.float32(0.2), 0.0]]], [[[0.0, 1.0]]]]
    assert read.y.tolist() == ["a", "b"]
    save(tmp_path / "rgb" / "a" / "1.png", np.zeros((2, 3, 3), dtype=np.uint8))
    assert ImageFolder.read("members", str(tmp_path / "rgb"), unheard).x.shape == (1, 3, 2, 3)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected images in folders named after their classes"):
        ImageFolder.read("members", tmp_path, unheard)
    save(tmp_path / "a" / "1.png", np.zeros((2, 3), dtype=np.uint8))
    save(tmp_path / "a" / "2.png", np.zeros((2, 2), dtype=np.uint8))
    with pytest.raises(UserError, match=r"images of one size: 2 x 3 x 1 .*1\.png\) and 2 x 2 x 1 .*resize"):
        ImageFolder.read("members", tmp_path, unheard)
    (tmp_path / "a" / "2.png").write_bytes(b"no image")
    with pytest.raises(UserError, match=r"2\.png cannot be read as an image"):
        ImageFolder.read("members", tmp_path, unheard)
