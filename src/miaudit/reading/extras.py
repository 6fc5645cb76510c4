"""Imports the optional libraries that some formats need."""

from importlib import import_module
from pathlib import Path
from typing import Any

from miaudit.errors import UserError


def extra(module: str, name: str, path: Path) -> Any:
    """Import the module that reads a file.

    Args:
        module: the module's name.
        name: the extra of miaudit that installs it.
        path: the file, for the message.

    Raises:
        UserError: it is not installed; the message holds the command to install it.

    Example:
        >>> extra("json", "excel", Path("p.xlsx")).loads("[1]")
        [1]
    """
    try:
        return import_module(module)
    except ImportError:
        raise UserError(
            f"cannot read {path}: this format needs {module}, which is not installed; "
            f"run: pip install 'miaudit[{name}]', or save the table as CSV"
        ) from None
