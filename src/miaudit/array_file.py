"""Reads and writes arrays in `.npy` files that end with a SHA-256 of their content.

Programs that read `.npy` files can read these too, since the hash follows the array.
"""

import hashlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

HASH = 32  # bytes
BLOCK = 2**20  # bytes that are hashed at a time

AnyArray = npt.NDArray[Any]


def write_array(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, ...], blocks: Iterable[AnyArray]) -> None:
    """Write an array that comes in blocks along its first axis, then the hash; raises OSError where a write fails."""
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": dtype.str, "fortran_order": False, "shape": shape})
    total = hashlib.sha256(header.getvalue())
    file.write(header.getvalue())
    for block in blocks:  # plain writes: a map of a file that outgrows the disk would kill the process
        raw = np.ascontiguousarray(block).reshape(-1).view(np.uint8).data
        total.update(raw)
        file.write(raw)
    file.write(total.digest())


def mapped(path: Path) -> AnyArray | None:
    """Map the array read-only, without a check; None where there is no file or it holds no array."""
    try:
        array: AnyArray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, OverflowError):
        return None
    return array


def is_hashed(path: Path) -> bool:
    """Does the file end with a hash? Older versions wrote none."""
    array = mapped(path)
    return array is not None and path.stat().st_size != _end(array)


def is_whole(path: Path) -> bool:
    """Does the content match the hash at the end of the file?"""
    array = mapped(path)
    if array is None or path.stat().st_size != _end(array) + HASH:
        return False
    total = hashlib.sha256()
    with path.open("rb") as file:
        left = _end(array)
        while left:
            block = file.read(min(BLOCK, left))
            if not block:
                return False
            total.update(block)
            left -= len(block)
        return file.read() == total.digest()


def _end(array: AnyArray) -> int:
    """Number of bytes up to the end of the array."""
    offset: int = getattr(array, "offset", 0)
    return offset + array.nbytes
