"""Finds a function by the address that names it: `file.py:function` or `module:function`."""

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


def function_at(address: Address) -> Any:
    """The function that an address such as "fit.py:train" or "package.module:train" names.

    Its file is run as a module, so that `if __name__ == "__main__":` guards what only a script should do.

    Raises:
        UserError: the address names no function, or its file cannot be run.

    >>> function_at(Address.read("math:floor"))(0.5)
    0
    """
    if address.factory is None:
        raise UserError(f"{address}: expected a file and a function, such as fit.py:train, or package.module:train")
    is_file = address.place.endswith(".py")
    module = _run_file(address, address.path.resolve()) if is_file else _imported(address)
    found = getattr(module, address.factory, None)
    if callable(found):
        return found
    defined = [name for name, value in vars(module).items() if callable(value) and name[0] != "_"]
    among = f"; it has {', '.join(defined[:8])}" if defined else ""
    raise UserError(f"{address}: there is no function {address.factory} in {address.place}{among}")


def _run_file(address: Address, path: Path) -> ModuleType:
    if not path.is_file():
        raise UserError(f"{address}: there is no file {path}")
    # No name that a library may have, and the same wherever the file lies: it is part of the names of models.
    name = f"{path.stem}_{fingerprint(path.read_bytes().hex())[:8]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{address}: {path} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # for the modules beside it, as where it is run as a script
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserError(
            f"{address}: {path.name} fails when it is imported: {type(error).__name__}: {error}; guard what only a "
            'script should do by `if __name__ == "__main__":`'
        ) from error
    # Other processes cannot import it under this name, so what it defines is sent by value.
    cloudpickle.register_pickle_by_value(module)
    return module


def _imported(address: Address) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # which a console script lacks, unlike `python -m`
    try:
        return importlib.import_module(address.place)
    except Exception as error:
        raise UserError(f"{address}: cannot import {address.place}: {type(error).__name__}: {error}") from error
