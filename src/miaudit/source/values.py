"""Describes values by a text that is the same in every process: by their content, never by a memory address."""

import copyreg
import sys
import types
from collections.abc import Iterable
from functools import singledispatch
from typing import Any, Protocol

import numpy as np

from miaudit.fingerprint import fingerprint
from miaudit.source.code import instructions

PLAIN = (str, int, float, complex, bool, bytes, type(None), type(Ellipsis), type(NotImplemented), range)
SHORT = 80  # characters of a sequence of plain values that are kept readable
LOCKS = {"lock", "RLock"}  # types of _thread: they decide when code runs, not what it does


class Teller(Protocol):
    """Describes values, and follows the code that they refer to."""

    def value(self, value: Any) -> str:
        """A text that equal values share."""

    def name_of(self, definition: Any) -> str:
        """The name of a class, a built-in function or a module, whose code is followed later."""

    def function(self, function: types.FunctionType) -> str:
        """A function by its code, defaults and closure; the globals that it names are followed later."""

    def cannot_tell(self, value: Any, reason: str) -> str:
        """Note that a value's content is unknown."""


@singledispatch
def tell(value: Any, teller: Teller) -> str:
    """The text that describes a value of any type; other objects are described by what pickle would keep of them."""
    if type(value) in PLAIN:
        return repr(value)
    if type(value).__module__ == "_thread" and type(value).__name__ in LOCKS:
        return "lock"
    if hasattr(value, "detach") and hasattr(value, "untyped_storage"):
        return _tensor(value, teller)
    return _instance(value, teller)


def _instance(value: Any, teller: Teller) -> str:
    reduce = copyreg.dispatch_table.get(type(value))
    try:
        reduced = value.__reduce_ex__(4) if reduce is None else reduce(value)
    except Exception as error:  # a class that anybody may have written can raise anything
        return teller.cannot_tell(value, str(error))
    if isinstance(reduced, str):  # an object that a module holds under this name
        return _held(value, reduced, teller)
    maker, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    parts = (maker, arguments, state, None if items is None else list(items), None if pairs is None else list(pairs))
    return _whole("object", [type(value), *parts], teller)


def _held(value: Any, name: str, teller: Teller) -> str:
    inner = getattr(value, "__wrapped__", None)
    return f"{teller.name_of(value)} {name}" + ("" if inner is None else f" of {teller.value(inner)}")


def _tensor(value: Any, teller: Teller) -> str:
    torch = sys.modules["torch"]
    try:
        raw = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    except (RuntimeError, TypeError, NotImplementedError) as error:  # sparse tensors, for example
        return teller.cannot_tell(value, str(error))
    return f"tensor {value.dtype} {tuple(value.shape)} {fingerprint(raw)}"


@tell.register
def _array(value: np.ndarray, teller: Teller) -> str:
    if value.dtype.hasobject:
        return _whole(f"array {value.shape}", value.reshape(-1).tolist(), teller)
    return f"array {value.dtype} {value.shape} {fingerprint(np.ascontiguousarray(value).reshape(-1))}"


@tell.register(list)
@tell.register(tuple)
def _sequence(value: Iterable[Any], teller: Teller) -> str:
    if type(value) not in (list, tuple):
        return _whole("sequence", [type(value), *value, getattr(value, "__dict__", None)], teller)
    if all(type(item) in PLAIN for item in value):
        text = repr(value)
        return text if len(text) <= SHORT else f"{type(value).__name__} {fingerprint(text)}"
    return _whole(type(value).__name__, value, teller)


@tell.register(set)
@tell.register(frozenset)
def _set(value: Iterable[Any], teller: Teller) -> str:  # the order of a set differs from process to process
    return f"set {fingerprint(sorted(teller.value(item) for item in value))}"


@tell.register(dict)
@tell.register(types.MappingProxyType)
def _mapping(value: Any, teller: Teller) -> str:
    kind = [] if type(value) in (dict, types.MappingProxyType) else [type(value), getattr(value, "__dict__", None)]
    factory = getattr(value, "default_factory", None)
    return _whole("dict", [*kind, factory, *(each for pair in value.items() for each in pair)], teller)


@tell.register
def _function(value: types.FunctionType, teller: Teller) -> str:
    return teller.function(value)


@tell.register(types.MethodType)
def _method(value: types.MethodType, teller: Teller) -> str:
    return _whole("method", [value.__func__, value.__self__], teller)


@tell.register(types.BuiltinFunctionType)
def _builtin(value: types.BuiltinFunctionType, teller: Teller) -> str:
    owner = value.__self__
    bound = owner is not None and not isinstance(owner, types.ModuleType | type)
    return f"{teller.name_of(value)}{' of ' + teller.value(owner) if bound else ''}"


@tell.register(type)
@tell.register(types.ModuleType)
@tell.register(types.WrapperDescriptorType)
@tell.register(types.MethodDescriptorType)
@tell.register(types.ClassMethodDescriptorType)
@tell.register(types.GetSetDescriptorType)
@tell.register(types.MemberDescriptorType)
def _definition(value: Any, teller: Teller) -> str:
    return teller.name_of(value)


@tell.register(staticmethod)
@tell.register(classmethod)
def _wrapped(value: Any, teller: Teller) -> str:
    return _whole(type(value).__name__, [value.__func__], teller)


@tell.register
def _property(value: property, teller: Teller) -> str:
    return _whole("property", [value.fget, value.fset, value.fdel], teller)


@tell.register
def _code(value: types.CodeType, teller: Teller) -> str:
    return _whole("code", instructions(value), teller)


@tell.register
def _cell(value: types.CellType, teller: Teller) -> str:
    try:
        return teller.value(value.cell_contents)
    except ValueError:  # the cell of a closure is still empty
        return "empty"


def _whole(kind: str, parts: Iterable[Any], teller: Teller) -> str:
    return f"{kind} {fingerprint([teller.value(part) for part in parts])}"
