"""Libraries that read some formats and are installed on demand."""

from importlib import import_module
from pathlib import Path
from typing import Any

from miaudit.errors import UserError


def extra(module: str, name: str, path: Path) -> Any:
    """The module that reads a file; raises UserError, with the command that installs it, where it is not there.

    Args:
        module: its name.
        name: of miaudit's extra that brings it.
        path: of the file, for the message.

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
