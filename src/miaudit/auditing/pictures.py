"""Small pictures of the records that attacks rank highest, where the records are images."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Inputs

SIDE = 28  # pixels of a picture's longer side, at most
MOST = 50  # records of each attack, those with the highest scores


class Images(NamedTuple):
    """The audited records, where they are images."""

    x: npt.NDArray[Any]  # (N, channels, height, width): all images of the data, which may lie on disk
    rows: Ints  # (n,) the audited ones


def images_of(x: Inputs, rows: Ints) -> Images | None:
    """The records as images; None where they are something else."""
    is_image = isinstance(x, np.ndarray) and x.ndim == 4 and x.shape[1] in (1, 3) and min(x.shape[2:]) > 1
    return Images(x, rows) if is_image else None


def pictures(images: Images, scores: Iterable[Floats]) -> list[bytes | None]:
    """A picture for each of the records that some attack ranks highest, None for the others.

    A picture is three bytes with the numbers of channels, rows and columns, then its pixels in this order, 0 to 255.

    Args:
        images: the n records.
        scores: (n,) of each attack.
    """
    found: list[bytes | None] = [None] * len(images.rows)
    highest = [np.argsort(-each, kind="stable")[:MOST] for each in scores]
    if not highest:
        return found
    shown = np.unique(np.concatenate(highest))
    small = _small(np.asarray(images.x[images.rows[shown]], dtype=np.float32))
    header = bytes(small.shape[1:])
    for place, pixels in zip(shown.tolist(), small, strict=True):
        found[place] = header + pixels.tobytes()
    return found


def _small(x: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Images (k, channels, height, width), shrunk by means over squares, with values from 0 to 255.

    Values that are not finite count as 0. Values beyond 0 to 1 are stretched so that the lowest of all becomes black
    and the highest white.
    """
    by = -(-max(x.shape[2:]) // SIDE)
    height, width = (max(side // by, 1) for side in x.shape[2:])
    squares = x[:, :, : height * by, : width * by].reshape(*x.shape[:2], height, -1, width, min(by, x.shape[3]))
    means = np.nan_to_num(squares, posinf=0.0, neginf=0.0).mean(axis=(3, 5))
    low, high = min(float(means.min()), 0.0), max(float(means.max()), 1.0)
    return np.asarray((means - low) / (high - low) * 255).round().astype(np.uint8)
