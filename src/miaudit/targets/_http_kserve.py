"""The KServe v2 protocol, also called Open Inference Protocol: NVIDIA Triton, MLServer, KServe, OpenVINO, TorchServe.

Source: https://github.com/kserve/open-inference-protocol, its part on HTTP and JSON.
"""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.features.base import Features, Inputs
from miaudit.messages import listed, shortened
from miaudit.targets._http_connection import Connection
from miaudit.targets._http_numbers import Order, as_lists, numbers

TYPES = {
    "FP16": np.float16, "FP32": np.float32, "FP64": np.float64,
    "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64,
    "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64,
}  # fmt: skip


class Tensor(NamedTuple):
    """An input or output of a model, as its metadata describe it."""

    name: str
    datatype: str
    shape: tuple[int, ...]  # with the number of records first; -1 where any number fits


UNSTATED = Tensor("input-0", "FP64", ())  # the input of a model without metadata, by MLServer's convention


@dataclass(frozen=True)
class KServe:
    """One tensor with a batch of records in, tensors by name out."""

    url: str
    served: str
    input: Tensor
    output: str | None  # None: the only one that can be outputs of a classifier

    def body(self, x: Inputs) -> Any:
        """The records as a tensor of the type that the model wants; raises UserError where they are no numbers."""
        if isinstance(x, Features):
            raise UserError(
                f"KServe v2 is sent a tensor of numbers, and the records are a {x.form}: ask another endpoint of the "
                "model by `protocol` or `body`, or audit a function that sends them"
            )
        self._check_shape(x)
        data = as_lists(_cast(x, self.input.datatype), blanks=False)
        tensor = {"name": self.input.name, "shape": list(x.shape), "datatype": self.input.datatype, "data": data}
        asked = {} if self.output is None else {"outputs": [{"name": self.output}]}
        return {"inputs": [tensor], **asked}

    def values(self, answer: Any) -> npt.NDArray[Any]:
        """The output tensor, whose data may be flat or nested."""
        outputs = answer.get("outputs") if isinstance(answer, dict) else None
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise UserError(
                f"expected a list of tensors as `outputs` in the endpoint's answer, got {shortened(answer)}"
            )
        tensor = self._choose(outputs)
        array, shape = numbers(tensor.get("data"), Order()), tensor.get("shape")
        if _is_float(tensor) and array.dtype.kind in "iu":  # JSON may write 1.0 as 1
            array = array.astype(np.float64)
        try:
            return array.reshape(tuple(shape))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            came = f"{array.size:,} numbers and the shape {shortened(shape)}"
            raise UserError(
                f"the endpoint's output {tensor.get('name')} does not fit together: it has {came}"
            ) from None

    def _choose(self, outputs: list[dict[str, Any]]) -> dict[str, Any]:
        fitting = [it for it in outputs if it.get("name") == self.output]
        if self.output is None:
            fitting = [it for it in outputs if _may_be_outputs(it)] if len(outputs) > 1 else outputs
        if len(fitting) != 1:
            names = listed(str(it.get("name")) for it in outputs)
            wanted = "probabilities or logits" if self.output is None else repr(self.output)
            raise UserError(f"expected one output with {wanted}, got {names}: set `output_name` to one of them")
        return fitting[0]

    def _check_shape(self, x: Floats) -> None:
        stated = self.input.shape
        if len(stated) == x.ndim and any(want not in (-1, have) for want, have in zip(stated[1:], x.shape[1:])):  # noqa: B905
            raise UserError(f"the model behind {self.url} wants records of shape {stated[1:]}, got {x.shape[1:]}")
        if len(stated) == x.ndim and 0 < stated[0] < len(x):
            raise UserError(f"the model behind {self.url} takes {stated[0]} records a request: set batch={stated[0]}")


def open_kserve(connection: Connection, url: str, input_name: str | None, output_name: str | None) -> KServe:
    """Read the model's metadata and find the tensors to use.

    Raises:
        UserError: the endpoint fails, or the model does not have one fitting input.
    """
    metadata = connection.get(url)
    metadata = metadata if isinstance(metadata, dict) else {}
    inputs = [_tensor(item) for item in metadata.get("inputs") or ()]
    if input_name is not None:
        named = [tensor for tensor in inputs if tensor.name == input_name]
        inputs = named or ([] if inputs else [UNSTATED._replace(name=input_name)])
    if len(inputs) > 1 or (input_name is not None and not inputs):
        names = listed(tensor.name for tensor in map(_tensor, metadata["inputs"]))
        raise UserError(f"the model behind {url} has the inputs {names}: one input is fed; set `input_name` to it")
    chosen = inputs[0] if inputs else UNSTATED
    if chosen.datatype not in TYPES:
        raise UserError(f"the model behind {url} wants {chosen.datatype} as {chosen.name}: numbers alone are sent")
    served = {key: metadata[key] for key in ("name", "versions", "platform") if key in metadata}
    return KServe(f"{url}/infer", json.dumps(served, sort_keys=True) if served else "", chosen, output_name)


def _tensor(stated: Any) -> Tensor:
    try:
        return Tensor(str(stated["name"]), str(stated["datatype"]), tuple(int(size) for size in stated["shape"]))
    except (TypeError, KeyError, ValueError):
        raise UserError(
            f"expected name, datatype and shape of an input in the metadata, got {shortened(stated)}"
        ) from None


def _may_be_outputs(tensor: dict[str, Any]) -> bool:
    shape = tensor.get("shape")
    has_columns = isinstance(shape, list) and len(shape) == 2 and shape[1] != 1
    return has_columns and _is_float(tensor)


def _is_float(tensor: dict[str, Any]) -> bool:
    return str(tensor.get("datatype")).startswith(("FP", "BF"))


def _cast(x: Floats, datatype: str) -> npt.NDArray[Any]:
    """The records in the model's type; raises UserError where whole numbers are wanted and there are others."""
    with np.errstate(all="ignore"):
        cast = x.astype(TYPES[datatype])
    if cast.dtype.kind in "iu" and not np.array_equal(cast, x):
        raise UserError(f"the model wants {datatype}, but the records hold other numbers than whole ones of that type")
    return cast
