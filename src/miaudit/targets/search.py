"""Finds the kind of target that an object is, or that lies at an address such as `model.onnx` or a URL."""

from pathlib import Path
from typing import Any

from miaudit import registry
from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets._made import made
from miaudit.targets.base import Target

PICKLES = (".pkl", ".pickle", ".joblib", ".dill")


def target_of(given: object) -> Target:
    """The target that an object is; a target stays as it is, and an address is opened.

    Raises:
        UserError: no kind of target accepts the object, or opens the address.
    """
    if isinstance(given, Target):
        return given
    if isinstance(given, str | Path):
        return open_target(Address.read(str(given)))
    for kind in kinds():
        if kind.accepts(given):
            return kind.of(given)
    accepted = ", ".join(kind.made_of for kind in kinds() if kind.made_of)
    asked = "; if its method `predict` gives one of these answers, audit that: model.predict"
    advice = asked if callable(getattr(given, "predict", None)) else ""
    advice += "; if it is no classifier, say by a `signal` how well it fits each record"
    raise UserError(f"cannot audit a {type(given).__name__}: expected one of {accepted}{advice}")


def open_target(address: Address) -> Target:
    """The model at an address as a target; raises UserError as `load_model`, or where it is no target."""
    return target_of(load_model(address))


def load_model(address: Address) -> Any:
    """The model at an address, which may be no classifier: made by the user's function, or read by the kind of target.

    Raises:
        UserError: no kind opens it, or the one that does cannot; a function cannot make it.
    """
    if address.factory is not None:
        return made(address)
    for kind in kinds():
        if kind.opens(address):
            return kind.load(address)
    known = ", ".join(["net.py:make", *(kind.opened_from for kind in kinds() if kind.opened_from)])
    raise UserError(f"cannot open the model {address}: expected {known}; got {_seen(address)}")


def is_model(address: Address) -> bool:
    """Does any kind of target open the address?"""
    return address.factory is not None or any(kind.opens(address) for kind in kinds())


def kinds() -> list[type[Target]]:
    """All kinds of targets in the order in which they are asked: by rank, then by name."""
    found: list[type[Target]] = [registry.find("targets", name) for name in registry.names("targets")]
    return sorted(found, key=lambda kind: kind.rank)


def _seen(address: Address) -> str:
    """Say what lies at an address that no kind opens, and what to do about it."""
    if address.is_url:
        return "another kind of URL"
    if not address.exists:
        return f"no such {'module' if address.factory else 'file'}"
    if address.suffix in PICKLES:
        return (
            "a pickle, which would run any code that it holds: save the model as .skops or .onnx, or write a function "
            "that loads it and name it as load.py:FUNCTION"
        )
    return f"a file {address.suffix}" if address.suffix else "something else"
