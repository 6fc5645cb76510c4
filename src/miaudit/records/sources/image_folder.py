"""Source `image_folder`: a folder with one folder of images per class."""

from pathlib import Path
from typing import Any

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.messages import shortened
from miaudit.records.reading import Told
from miaudit.records.sources.base import Source

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")


class ImageFolder:
    """Reads images as float32 (channels, height, width) in [0, 1], in the order of their paths."""

    @staticmethod
    def accepts(given: Any) -> bool:
        """Is it the path of a folder?"""
        return isinstance(given, str | Path) and Path(given).is_dir()

    @staticmethod
    def read(name: str, given: Any, progress: Told) -> Source:
        """All images; raises UserError where there are none, one cannot be read, or they differ in size."""
        root = Path(given)
        found = [path for path in sorted(root.glob("*/**/*")) if path.suffix.lower() in SUFFIXES]
        if not found:
            raise UserError(f"{name}: expected images in folders named after their classes below {root}, found none")
        labels = [path.relative_to(root).parts[0] for path in found]
        first = _image(found[0])
        check_memory(4.0 * first.size * len(found), f"{len(found):,} images", "give fewer of them")
        x = np.empty((len(found), *first.shape), dtype=np.float32)
        for place, path in enumerate(found):
            image = _image(path)
            if image.shape != first.shape:
                raise UserError(
                    f"{name}: expected images of one size: {_size(first)} ({found[0]}) and {_size(image)} ({path}): "
                    "resize them as the model wants them"
                )
            x[place] = image
            progress(f"reading {name}", place + 1, len(found))
        return Source(x, np.array(labels))


def _size(image: Floats) -> str:
    return " x ".join(map(str, (*image.shape[1:], image.shape[0])))


def _image(path: Path) -> Floats:
    try:
        from PIL import Image
    except ImportError:
        raise UserError("folders of images need Pillow: pip install 'miaudit[images]'") from None
    try:
        with Image.open(path) as opened:
            plain = opened.convert("L" if opened.mode in ("1", "L", "I;16") else "RGB")
            pixels = np.asarray(plain, dtype=np.float32) / 255
    except (OSError, ValueError, SyntaxError) as error:  # SyntaxError: what Pillow raises on damaged PNG files
        raise UserError(f"{path} cannot be read as an image: {shortened(error)}") from None
    return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)
