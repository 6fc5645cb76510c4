"""Finds a function by the text that names it: `file.py:function` or `module:function`."""

import importlib
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint


def function_at(text: str) -> Any:
    """The function that a text such as "fit.py:train" or "package.module:train" names.

    Its file is run as a module, so that `if __name__ == "__main__":` guards what only a script should do.

    Raises:
        UserError: the text names no function, or its file cannot be run.

    >>> function_at("math:floor")(0.5)
    0
    """
    address = Address.read(text)
    if address.factory is None:
        raise UserError(f"{text}: expected a file and a function, such as fit.py:train, or package.module:train")
    address.check_options()
    is_file = address.place.endswith(".py")
    module = _run_file(text, address.path) if is_file else _imported(text, address.place)
    found = getattr(module, address.factory, None)
    if found is None:
        defined = [name for name, value in vars(module).items() if callable(value) and name[0] != "_"]
        among = f"; it has {', '.join(defined[:8])}" if defined else ""
        raise UserError(f"{text}: there is no {address.factory} in {address.place}{among}")
    return found


def _run_file(text: str, path: Path) -> ModuleType:
    path = path.resolve()
    if not path.is_file():
        raise UserError(f"{text}: there is no file {path}")
    # No name that a library may have, and the same wherever the file lies: it is part of the names of models.
    name = f"{path.stem}_{fingerprint(path.read_bytes().hex())[:8]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{text}: {path} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # for the modules beside it, as where it is run as a script
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserError(
            f"{text}: {path.name} fails when it is imported: {type(error).__name__}: {error}; guard what only a script "
            'should do by `if __name__ == "__main__":`'
        ) from error
    # Other processes cannot import it under this name, so what it defines is sent by value.
    cloudpickle.register_pickle_by_value(module)
    return module


def _imported(text: str, name: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # which a console script lacks, unlike `python -m`
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise UserError(f"{text}: cannot import {name}: {type(error).__name__}: {error}") from error
