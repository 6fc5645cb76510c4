"""Helps targets that are opened from files: recognises files by their first bytes, and imports their readers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.messages import shortened


def begins_with(address: Address, beginnings: Mapping[str, bytes]) -> bool:
    """Does the file have one of these suffixes, and begin as files of that suffix do?"""
    expected = beginnings.get(address.suffix)
    if expected is None or not address.is_file:
        return False
    with address.path.open("rb") as file:
        return file.read(len(expected)) == expected


def is_file(address: Address, *suffixes: str) -> bool:
    """Is it a file with one of these suffixes?"""
    return address.suffix in suffixes and address.is_file


def library(module: str, extra: str, address: Address) -> Any:
    """The library that reads a file.

    Args:
        module: its name.
        extra: name of miaudit's extra that installs it.
        address: the file, for the message.

    Raises:
        UserError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        missing = error.name or module
        raise UserError(
            f"cannot open {address}: this needs {missing}, which is not installed; run: pip install 'miaudit[{extra}]'"
        ) from None


@contextmanager
def opened(address: Address) -> Iterator[None]:
    """Turn any exception of a library that reads a file into a UserError with its first line."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # each library has its own kinds
        said = next(iter(str(error).strip().splitlines()), "")
        raise UserError(f"cannot open {address}: {type(error).__name__}: {shortened(said)}") from None
