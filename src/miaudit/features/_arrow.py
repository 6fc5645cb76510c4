"""Arrow tables as arrays of bytes in the IPC format, which files hold without pickling and which can be mapped."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Ints

PANDAS = b"pandas"  # the key under which pandas notes the types of its columns
OF_A_RELEASE = ("creator", "pandas_version")  # notes that would give the same table another name after an update


def to_bytes(table: pa.Table) -> Any:
    """The table as (b,) uint8."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), dtype=np.uint8)


def from_bytes(content: Any) -> pa.Table:
    """The table in an array (b,) of bytes, whose memory it shares."""
    with pa.ipc.open_stream(pa.py_buffer(np.ascontiguousarray(content).data)) as reader:
        return reader.read_all()


def taken(table: pa.Table, rows: Any) -> pa.Table:
    """The rows of a slice or of an array, in one piece."""
    chosen = table.take(pa.array(places(rows, table.num_rows)))
    return chosen.unify_dictionaries().combine_chunks()


def places(rows: Any, records: int) -> Ints:
    """Row numbers (m,) of a slice, a mask or an array of them."""
    if isinstance(rows, slice):
        return np.arange(records)[rows]
    chosen = np.asarray(rows)
    return np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)


def in_own_types(column: Any) -> Any:
    """The column (n,) in Arrow's own types and without a dictionary: pandas' periods and intervals become texts."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if isinstance(kind, pa.BaseExtensionType):
        return pa.chunked_array([[None if value is None else str(value) for value in column.to_pylist()]], pa.string())
    return column.cast(kind) if pa.types.is_dictionary(column.type) else column


def without_release(table: pa.Table) -> pa.Table:
    """The table without notes on the versions of the libraries that made it."""
    notes = dict(table.schema.metadata or {})
    if PANDAS in notes:
        known = {key: value for key, value in json.loads(notes[PANDAS]).items() if key not in OF_A_RELEASE}
        notes[PANDAS] = json.dumps(known, sort_keys=True).encode()
    return table.replace_schema_metadata(notes)
