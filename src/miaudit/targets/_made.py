"""Makes a model by a function of the user's own, such as `net.py:make?weights=w.safetensors`, and loads its weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.source.located import function_at

if TYPE_CHECKING:
    import torch

WITHIN = ("state_dict", "model_state_dict", "model", "module")  # names under which checkpoints keep the weights
PREFIXES = ("module.", "_orig_mod.", "_module.", "model.")  # that wrappers put before the names of weights


def made(address: Address) -> Any:
    """The model that the function at an address returns, with the weights of a file if the address names one.

    Raises:
        UserError: the function cannot be found or fails, or the weights do not fit.
    """
    address.check_options(("weights",))
    make = function_at(address)
    try:
        model = make()
    except Exception as error:
        raise UserError(
            f"{address}: {address.factory}() failed: {type(error).__name__}: {error}; it has to return the model when "
            "it is called without arguments"
        ) from error
    weights = address.options.get("weights")
    if weights is not None:
        load_weights(model, address.folder / str(weights))
    return model


def load_weights(model: Any, path: Path) -> None:
    """Give a torch module the weights of a file (.safetensors, or .pt of tensors alone); nothing is unpickled.

    Raises:
        UserError: the model is no torch module, or the file cannot be read or does not fit.
    """
    if not hasattr(model, "load_state_dict"):
        raise UserError(
            f"weights={path.name}: expected a function that returns a torch module, it returned a "
            f"{type(model).__name__}"
        )
    state = read_state(path)
    own = model.state_dict()
    for prefix in PREFIXES:
        if state.keys() != own.keys() and all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): value for name, value in state.items()}
    if state.keys() != own.keys():
        missing, further = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
        lacks = f"; it lacks {listed(missing)}" if missing else ""
        more = f"; the model has no {listed(further)}" if further else ""
        raise UserError(f"{path}: the weights do not fit the {type(model).__name__}{lacks}{more}")
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise UserError(f"{path}: the weights do not fit the {type(model).__name__}: {reason}") from None


def read_state(path: Path) -> "dict[str, torch.Tensor]":
    """The weights in a file by name, on the CPU.

    Raises:
        UserError: there is no such file, or it holds something else than tensors.
    """
    if not path.is_file():
        raise UserError(f"{path}: there is no such file of weights")
    try:
        held = _read(path)
    except Exception as error:  # errors of several libraries
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(
            f"{path}: expected weights alone, as torch.save(model.state_dict(), ...) or safetensors write them, since "
            f"nothing else is unpickled; got a file that cannot be read so ({first[:200]})"
        ) from None
    state = _tensors(held) or next((found for name in WITHIN if (found := _tensors(_part(held, name)))), None)
    if state is None:
        raise UserError(f"{path}: expected weights by name, got {type(held).__name__}")
    return state


def _read(path: Path) -> Any:
    if path.suffix.lower() == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    import torch

    return torch.load(path, map_location="cpu", weights_only=True)


def _part(held: Any, name: str) -> Any:
    return held.get(name) if isinstance(held, Mapping) else None


def _tensors(held: Any) -> "dict[str, torch.Tensor] | None":
    """The mapping if all of its values are tensors; None if it is something else, or empty."""
    import torch

    if not isinstance(held, Mapping) or not held or not all(isinstance(value, torch.Tensor) for value in held.values()):
        return None
    return dict(held)
