"""Writes an object to files, so that other processes map its large arrays into memory instead of copying them."""

import pickle
from pathlib import Path
from typing import IO, Any, NamedTuple

import cloudpickle
import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]

LARGE = 1 << 16  # bytes from which an array is mapped
ALIGNED = 64  # bytes: the start of every array in its file


class Mapped(NamedTuple):
    """The files that an object was written to."""

    value: Path
    arrays: Path


class _Place(NamedTuple):
    """The place of an array in a file."""

    file: str
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]  # of the axes as they lie in the file
    axes: tuple[int, ...]  # where each axis of the array lies in the file


def write_mapped(value: object, folder: Path) -> Mapped:
    """Write an object for `read_mapped`.

    Classes and functions that cannot be imported elsewhere (of a script or a notebook) are written with their code.
    """
    where = Mapped(folder / "value.pickle", folder / "arrays.bin")
    with where.value.open("wb") as file, where.arrays.open("wb") as arrays:
        _Writer(file, arrays).dump(value)
    return where


def read_mapped(where: Mapped) -> Any:
    """Read the object, with arrays of the same bits and memory layout. Changes to them are not written to the files."""
    with where.value.open("rb") as file:
        return _Reader(file).load()


class _Writer(cloudpickle.Pickler):  # type: ignore[misc]
    def __init__(self, file: IO[bytes], arrays: IO[bytes]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.arrays = arrays
        self.places: dict[int, tuple[_Place, AnyArray]] = {}  # by identity of the array, which lives as long

    def persistent_id(self, value: Any) -> _Place | None:
        if type(value) not in (np.ndarray, np.memmap) or value.nbytes < LARGE or value.dtype.hasobject:
            return None
        if id(value) not in self.places:
            self.places[id(value)] = (self._place(value), value)
        return self.places[id(value)][0]

    def _place(self, array: AnyArray) -> _Place:
        order = tuple(np.argsort([-abs(stride) for stride in array.strides], kind="stable").tolist())
        lying = array.transpose(order)
        axes = tuple(np.argsort(order).tolist())
        offset = -(-self.arrays.tell() // ALIGNED) * ALIGNED
        self.arrays.seek(offset)
        np.ascontiguousarray(lying).tofile(self.arrays)
        return _Place(self.arrays.name, offset, array.dtype, lying.shape, axes)


class _Reader(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.files: dict[str, npt.NDArray[np.uint8]] = {}
        self.arrays: dict[_Place, AnyArray] = {}

    def persistent_load(self, place: _Place) -> AnyArray:
        if place not in self.arrays:
            if place.file not in self.files:
                self.files[place.file] = np.memmap(place.file, dtype=np.uint8, mode="c")
            lying: AnyArray = np.ndarray(place.shape, place.dtype, self.files[place.file], place.offset)
            self.arrays[place] = lying.transpose(place.axes)
        return self.arrays[place]
