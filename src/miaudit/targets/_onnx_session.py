"""Asks a session of onnxruntime: which output holds the answers, and what the inputs are given."""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError
from miaudit.messages import listed

Array = npt.NDArray[Any]

BATCH = 1024  # records that are asked about at once, unless the model fixes another number
TEXT = "tensor(string)"
NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(int16)": np.int16,
    "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
    TEXT: np.object_,
}
FLOATS = ("tensor(float)", "tensor(double)", "tensor(float16)")
LABELS = ("tensor(int64)", "tensor(int32)")
MAPS = ("seq(map(int64,tensor(float)))", "seq(map(string,tensor(float)))")  # a mapping from class to probability


def is_session(given: object) -> bool:
    """Is the object a session of onnxruntime? Whoever has one has imported it."""
    onnxruntime = sys.modules.get("onnxruntime")
    return onnxruntime is not None and isinstance(given, onnxruntime.InferenceSession)


def answer_of(session: Any) -> str:
    """Name of the output that says most: numbers for each class, else labels.

    Raises:
        UserError: there is none, or there are several of that kind.
    """
    outputs = session.get_outputs()
    for types in ((*FLOATS, *MAPS), LABELS):
        found = [output.name for output in outputs if output.type in types]
        if len(found) == 1:
            return str(found[0])
        if found:
            raise UserError(
                f"the ONNX model: several outputs could hold its answers ({listed(found)}); say which by "
                "model.onnx?output=NAME"
            )
    told = listed(f"{output.name}: {output.type}" for output in outputs)
    raise UserError(f"the ONNX model: expected an output with numbers for each class or with labels, got {told}")


def class_names(session: Any, output: str) -> list[Any] | None:
    """The classes that an output names for every record, rising; None if it names none or refuses a blank record."""
    if not any(each.name == output and each.type in MAPS for each in session.get_outputs()):
        return None
    try:
        (answer,) = session.run([output], {each.name: _blank(each) for each in session.get_inputs()})
    except Exception:  # a model may refuse what is no text of its own
        return None
    return sorted(answer[0])


def _blank(into: Any) -> Array:
    """A record of zeros or empty texts, as the input takes it."""
    shape = [size if isinstance(size, int) else 1 for size in into.shape]
    return np.full(shape, "" if into.type == TEXT else 0, NUMBERS[into.type])


def batch_of(session: Any) -> int | None:
    """The number of records that every call must have, which some exports fix; None where any will do."""
    sizes = {put.shape[0] for put in session.get_inputs() if put.shape and isinstance(put.shape[0], int)}
    return min(sizes) if sizes else None


def fed(session: Any, x: Any) -> dict[str, Array]:
    """The part of the records that each input gets, (n, ...) by name.

    Args:
        session: the session.
        x: an array (n, ...), or several inputs: a mapping from their names, a tuple in their order, or a table.

    Raises:
        UserError: there are not as many inputs as the session has.
    """
    inputs = session.get_inputs()
    parts = _parts([each.name for each in inputs], x)
    return {each.name: _shaped(each, part) for each, part in zip(inputs, parts, strict=True)}


def _parts(names: list[str], x: Any) -> list[Any]:
    """The part of the records for each input."""
    given = list(x) if isinstance(x, Mapping) else getattr(x, "columns", None)
    if given is not None:
        missing = [name for name in names if name not in given]
        if missing:
            raise UserError(f"the ONNX model: expected the inputs {listed(names)}, got none for {listed(missing)}")
        return [x[name] for name in names]
    if len(names) == 1:
        return [x]
    parts = list(x) if isinstance(x, tuple) else [x[:, place] for place in range(x.shape[1])]
    if len(parts) != len(names):
        raise UserError(
            f"the ONNX model: it has {len(names)} inputs ({listed(names)}), and the records have {len(parts)} columns"
        )
    return parts


def _shaped(into: Any, part: Any) -> Array:
    """The part as an array of the input's type; of its rank, where it is a matrix."""
    if into.type not in NUMBERS:
        raise UserError(f"the ONNX model: its input {into.name} is a {into.type}, which is not supported")
    values: Array = np.asarray(part).astype(NUMBERS[into.type], copy=False)
    return values.reshape(len(values), -1) if len(into.shape) == 2 else values


def answers(session: Any, output: str, inputs: Mapping[str, Array]) -> Array:
    """The output for n records, (n, ...), asked in batches.

    Args:
        session: the session.
        output: name of the output.
        inputs: (n, ...) by name.
    """
    fixed = batch_of(session)
    size, n = fixed or BATCH, len(next(iter(inputs.values())))
    said = []
    for start in range(0, n, size):
        part = {name: _filled(values[start : start + size], fixed) for name, values in inputs.items()}
        (answer,) = session.run([output], part)
        said.append(_as_rows(answer)[: n - start])
    return np.concatenate(said)


def _filled(values: Array, batch: int | None) -> Array:
    """The values with the last one repeated up to the size of the batch."""
    lacking = 0 if batch is None else batch - len(values)
    return np.concatenate([values, np.repeat(values[-1:], lacking, axis=0)]) if lacking > 0 else values


def _as_rows(answer: Any) -> Array:
    """The answer as an array; mappings from class to probability become rows in the order of the classes."""
    if isinstance(answer, list) and answer and isinstance(answer[0], Mapping):
        classes = sorted(answer[0])
        return np.array([[row[name] for name in classes] for row in answer])
    return np.asarray(answer)
