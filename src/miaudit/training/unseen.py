"""What a network holds beside its parameters and buffers, which no snapshot contains."""

from typing import TYPE_CHECKING, Any

import cloudpickle

if TYPE_CHECKING:
    import torch

TENSORS = {"_parameters", "_buffers", "_modules"}
KNOWN = ("torch.nn.", "miaudit.")  # layers that compute by their parameters and buffers alone


def unseen_in(module: "torch.nn.Module") -> bytes | None:
    """What the network's parts hold beside tensors, packed for comparison; None if it cannot be packed.

    Where this changes in training, as that of a layer which counts its calls, a state of parameters and buffers is not
    the whole state.
    """
    try:
        packed: bytes = cloudpickle.dumps([(type(part).__qualname__, _attributes(part)) for part in module.modules()])
    except Exception:  # the user's own classes may raise anything
        return None
    return packed


def _attributes(part: "torch.nn.Module") -> dict[str, Any]:
    known = type(part).__module__.startswith(KNOWN)
    return {
        name: value
        for name, value in vars(part).items()
        if name not in TENSORS and (not known or (value and name.endswith("_hooks")))
    }
