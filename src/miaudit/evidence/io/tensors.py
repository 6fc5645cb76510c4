"""Reads and writes safetensors files; large ones model by model, so that they need not fit into memory.

The format (https://github.com/huggingface/safetensors): 8 bytes with the length of the header (little-endian), the
header (JSON: name -> dtype, shape, data_offsets), the tensors one after the other, row by row, little-endian.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from miaudit.errors import UserError
from miaudit.evidence.io.source import IN_MEMORY, FileTensor, OpenFile, Tensor
from miaudit.files import new_file

DTYPES = {
    "BOOL": "?",
    "U8": "u1",
    "I8": "i1",
    "U16": "<u2",
    "I16": "<i2",
    "U32": "<u4",
    "I32": "<i4",
    "U64": "<u8",
    "I64": "<i8",
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
}
CODES = {np.dtype(dtype): code for code, dtype in DTYPES.items()}
ALIGNMENT = 8  # of the first tensor, as the format asks for


class TensorFile:
    """The tensors of one file; a small file is read at once, a large one tensor by tensor.

    Raises:
        UserError: the file is not a safetensors file, or was cut short.
    """

    def __init__(self, path: Path) -> None:
        self.source = OpenFile(path)
        try:
            with safe_open(path, framework="np") as checked:
                self.metadata: dict[str, str] = checked.metadata() or {}
        except (SafetensorError, OSError, ValueError) as error:
            raise UserError(
                f"expected a safetensors file, got {self.source.size:,} bytes in another format or cut short "
                f"({error}); write it, or copy it, again"
            ) from None
        self.source.check_place()
        self._whole = self.source.read(0, self.source.size) if self.is_small else None
        length = int.from_bytes(self.source.read(0, 8), "little")
        header = json.loads(self.source.read(8, length))
        self._start = 8 + length
        self._entries: dict[str, dict[str, Any]] = {k: v for k, v in header.items() if k != "__metadata__"}

    @property
    def is_small(self) -> bool:
        """Tell whether the whole file is read at once."""
        return self.source.size <= IN_MEMORY

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all tensors in the file."""
        return tuple(self._entries)

    def digest(self) -> str:
        """Compute the SHA-256 of the file as it was read."""
        return self.source.digest() if self._whole is None else hashlib.sha256(self._whole).hexdigest()

    def array(self, name: str) -> npt.NDArray[Any]:
        """Read a tensor into memory; the array is read-only."""
        dtype, shape, first, last = self._entry(name)
        if self._whole is None:
            raw = np.frombuffer(self.source.read(first, last - first), dtype)
        else:
            raw = np.frombuffer(self._whole, np.uint8)[first:last].view(dtype)
        return raw.reshape(shape)

    def tensor(self, name: str) -> Tensor:
        """Return a tensor; in a large file it is not read yet."""
        if self._whole is not None:
            return self.array(name)
        dtype, shape, first, last = self._entry(name)
        if not shape or not shape[0]:
            return self.array(name)
        return FileTensor(self.source, dtype, shape, first, (last - first) // shape[0])

    def _entry(self, name: str) -> tuple[np.dtype[Any], tuple[int, ...], int, int]:
        """Look up a tensor's type, its shape, and where in the file it begins and ends."""
        entry = self._entries[name]
        if entry["dtype"] not in DTYPES:
            raise UserError(f"{name}: expected numbers of a type that numpy has, got {entry['dtype']}; write float32")
        first, last = entry["data_offsets"]
        return np.dtype(DTYPES[entry["dtype"]]), tuple(entry["shape"]), self._start + first, self._start + last


class Blocks(NamedTuple):
    """A tensor to write, as blocks along its first axis that are made when they are written."""

    dtype: npt.DTypeLike
    shape: tuple[int, ...]
    blocks: Iterable[npt.NDArray[Any]]

    @classmethod
    def of(cls, array: npt.NDArray[Any]) -> "Blocks":
        """Wrap an array that is in memory."""
        return cls(array.dtype, array.shape, [array])


def write_tensors(path: Path, tensors: Mapping[str, Blocks], metadata: dict[str, str]) -> None:
    """Write a safetensors file: the whole of it, or nothing if interrupted. Missing folders are made.

    Args:
        path: where to write.
        tensors: the tensors by name.
        metadata: text that the header holds.

    Raises:
        UserError: it cannot be written, or the disk is full.
    """
    with new_file(path) as file:
        file.write(_header(tensors, metadata))
        for name, tensor in tensors.items():
            _write_blocks(file, name, tensor)


def _write_blocks(file: BinaryIO, name: str, tensor: Blocks) -> None:
    start = file.tell()
    for block in tensor.blocks:
        file.write(np.ascontiguousarray(block.astype(tensor.dtype, casting="safe", copy=False)).data)
    if file.tell() - start != _size(tensor):
        raise ValueError(f"{name}: its blocks do not fill the shape {tensor.shape}")


def _header(tensors: Mapping[str, Blocks], metadata: dict[str, str]) -> bytes:
    entries: dict[str, Any] = {"__metadata__": metadata}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + _size(tensor)
        code = CODES[np.dtype(tensor.dtype)]
        entries[name] = {"dtype": code, "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def _size(tensor: Blocks) -> int:
    return int(np.prod(tensor.shape, dtype=np.int64)) * np.dtype(tensor.dtype).itemsize
