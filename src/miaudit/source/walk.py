"""Follows objects to all code that they run and that is not an installed release."""

import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from miaudit.fingerprint import fingerprint
from miaudit.source.code import imports_of, instructions, names_in
from miaudit.source.origin import ModuleOrigin, find_spec, origin_of
from miaudit.source.values import tell

MOST_VALUES = 200_000
MOST_MODULES = 3_000
NOWHERE = "code without a module"
NO_PART = {"__dict__", "__weakref__", "__module__", "__doc__", "_abc_impl"}  # do not change what a class does


class Walk:
    """Gathers the user's modules and the releases that they use; the objects in `named` are described by name alone."""

    def __init__(self, named: Mapping[int, str]) -> None:
        self.facts: dict[str, dict[str, set[str]]] = {}  # module -> what in it -> texts
        self.releases: set[str] = set()
        self.unknown: dict[str, None] = {}  # reasons, in order
        self._texts = dict(named)
        self._kept: list[Any] = []  # so that no other object takes the place of one that was told
        self._origins: dict[str, ModuleOrigin | None] = {}
        self._seen: set[object] = set()
        self._waiting: list[Callable[[], None]] = []

    def all(self, values: list[Any]) -> list[str]:
        """The texts of the values, after following everything that they refer to."""
        texts = [self.value(value) for value in values]
        while self._waiting:
            self._waiting.pop()()
        return texts

    def value(self, value: Any) -> str:
        """A text that equal values share; a value that contains itself is described there by its class alone."""
        known = self._texts.get(id(value))
        if known is not None:
            return known
        if len(self._kept) > MOST_VALUES:
            return self.cannot_tell(value, f"it is one of over {MOST_VALUES:,} values")
        self._kept.append(value)
        self._texts[id(value)] = f"within {type(value).__qualname__}"
        try:
            text = tell(value, self)
        except RecursionError:
            text = self.cannot_tell(value, "it is nested too deeply")
        self._texts[id(value)] = text
        return text

    def cannot_tell(self, value: Any, reason: str) -> str:
        """Note that a value's content is unknown."""
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        self.unknown[f"{kind}: {reason}" if reason else kind] = None
        return f"unknown {kind}"

    def name_of(self, definition: Any) -> str:
        """The name of a class, a built-in function or a module; what it does is followed later."""
        if isinstance(definition, types.ModuleType):
            self._follow_module(definition.__name__)
            return f"module {definition.__name__}"
        owner = getattr(definition, "__objclass__", definition)
        module = getattr(owner, "__module__", None) or type(owner).__module__
        name = f"{module}.{getattr(definition, '__qualname__', None) or getattr(definition, '__name__', '?')}"
        self._follow_module(module)
        if isinstance(definition, type) and self._is_own(module):
            self._later(definition, lambda: self._class(module, definition))
        elif self._has_no_file(module) and isinstance(definition, types.BuiltinFunctionType):
            self.cannot_tell(definition, f"{name} is compiled, and its file is not known")
        return name

    def function(self, function: types.FunctionType) -> str:
        """A function by its code, defaults and closure; the globals that it names are followed later."""
        module = function.__globals__.get("__name__") or NOWHERE
        name = f"{module}.{function.__qualname__}"
        parts: list[Any] = [list(function.__closure__ or ()), function.__dict__]
        self._follow_module(module)
        if self._is_own(module):
            # The code too: a file may hold several functions of one name, lambdas above all.
            parts += [function.__defaults__, function.__kwdefaults__, instructions(function.__code__)]
            self._later((function.__code__, id(function.__globals__)), lambda: self._globals(module, function))
        return name if not any(parts) else f"{name} {fingerprint([self.value(part) for part in parts])}"

    def _class(self, module: str, kind: type) -> None:
        told = [self.value(base) for base in kind.__bases__]
        told += [] if type(kind) is type else [self.value(type(kind))]
        for name, member in sorted(vars(kind).items()):
            if name not in NO_PART and (not _is_dunder(name) or isinstance(member, types.FunctionType)):
                told.append(f"{name} {self.value(member)}")
        self._note(module, kind.__qualname__, fingerprint(told))

    def _globals(self, module: str, function: types.FunctionType) -> None:
        names = names_in(function.__code__)
        for name in names.globals:
            if name in function.__globals__:
                value = function.__globals__[name]
                self._note(module, name, self.value(value))
                self._attributes(value, names.others)
        for name in names.modules if self._has_no_file(module) else ():  # a file's imports are followed from its text
            self._follow_module(name)

    def _attributes(self, value: Any, names: frozenset[str]) -> None:
        """Attributes that a function may read from one of the user's modules that it names."""
        if not isinstance(value, types.ModuleType) or not self._is_own(value.__name__):
            return
        for name in sorted(names & vars(value).keys()):
            held = vars(value)[name]
            text = self.value(held)
            if not isinstance(held, types.ModuleType):  # whether these are there depends on what else was imported
                self._note(value.__name__, name, text)

    def _follow_module(self, name: str) -> None:
        if name in self._origins:
            return
        origin = self._origins[name] = None if name == NOWHERE else origin_of(name)
        if origin is None:
            return
        if origin.kind == "release":
            self.releases.add(origin.release)
        if origin.kind != "own":
            return
        if len(self.facts) > MOST_MODULES:
            self.unknown[f"code in over {MOST_MODULES:,} modules"] = None
            return
        if "." in name:
            self._follow_module(name.rpartition(".")[0])
        if origin.file is not None:
            file = origin.file
            self._waiting.append(lambda: self._file(name, file))

    def _file(self, name: str, file: Path) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            self.unknown[f"module {name}: {file} cannot be read: {error.strerror or error}"] = None
            return
        self._note(name, "file", fingerprint(content.hex()))
        if file.suffix != ".py":
            return
        spec = find_spec(name)
        is_package = spec is not None and spec.submodule_search_locations is not None
        try:
            imported = imports_of(content, name if is_package else name.rpartition(".")[0])
        except (SyntaxError, ValueError, RecursionError):  # edited since it was imported: its content tells enough
            return
        for module in sorted(imported):
            self._follow_module(module)

    def _note(self, module: str, what: str, text: str) -> None:
        self.facts.setdefault(module, {}).setdefault(what, set()).add(text)

    def _later(self, key: object, follow: Callable[[], None]) -> None:
        if key not in self._seen:
            self._seen.add(key)
            self._waiting.append(follow)

    def _is_own(self, module: str) -> bool:
        self._follow_module(module)
        origin = self._origins[module]
        return origin is None or origin.kind == "own"

    def _has_no_file(self, module: str) -> bool:
        origin = self._origins.get(module)
        return origin is None or origin == ModuleOrigin("own")


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
