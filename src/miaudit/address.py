"""Parses the address of a model, as the command line and configurations write it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

from miaudit.errors import UserError
from miaudit.messages import shortened, without_secrets

URL = re.compile(r"[A-Za-z][\w+.-]*://")
FACTORY = re.compile(r"(?P<place>.+\.py|\w{2,}(?:\.\w+)*):(?P<factory>[A-Za-z_]\w*)")


@dataclass(frozen=True)
class Address:
    """A URL, a file, a folder, or a function that makes the model, with the options of its kind.

    Example:
        >>> address = Address.read("net.py:make?weights=w.safetensors")
        >>> address.place, address.factory, address.options
        ('net.py', 'make', {'weights': 'w.safetensors'})
    """

    text: str  # as it was written
    place: str  # the URL, path or module alone
    factory: str | None  # name of the function in the file or module `place`
    options: Mapping[str, Any]  # options of the kind of model, by name
    folder: Path  # folder that relative paths start from

    @classmethod
    def read(cls, text: str, options: Mapping[str, Any] | None = None, folder: Path | None = None) -> Self:
        """Take an address apart.

        Args:
            text: URL, PATH, PATH.py:FUNCTION or MODULE:FUNCTION; all but a URL may end with ?NAME=VALUE&NAME=VALUE.
            options: further options by name.
            folder: what relative paths start from; None for the current folder.

        Raises:
            UserError: the text is empty, what follows `?` is no option, or an option is given twice.
        """
        given = dict(options or {})
        if not text.strip():
            raise UserError("expected a model such as model.onnx, net.py:make or a URL, got an empty text")
        if URL.match(text):
            return cls(text, text, None, given, folder or Path())
        place, mark, query = text.partition("?")
        written = _options(text, query) if mark else {}
        if twice := sorted(set(written) & set(given)):
            raise UserError(f"{text}: the option {shortened(twice[0])} is given twice")
        found = FACTORY.fullmatch(place)
        factory = None if found is None else found["factory"]
        return cls(text, place if found is None else found["place"], factory, {**given, **written}, folder or Path())

    def __str__(self) -> str:
        """The text, without secrets."""
        return without_secrets(self.text)

    @property
    def is_url(self) -> bool:
        """Does it begin like a URL?"""
        return URL.match(self.text) is not None

    @property
    def path(self) -> Path:
        """The file or folder, from the folder that relative paths start from."""
        return self.folder / self.place

    @property
    def is_file(self) -> bool:
        """Is there a file? False for paths that no file can have, such as too long ones."""
        return os.path.isfile(self.path)  # noqa: PTH113  # Path.is_file raises an error there

    @property
    def exists(self) -> bool:
        """Is there a file or a folder?"""
        return os.path.exists(self.path)  # noqa: PTH110  # likewise

    @property
    def suffix(self) -> str:
        """The file's suffix in lower case, such as ".onnx"; empty for URLs and functions."""
        return "" if self.is_url or self.factory is not None else Path(self.place).suffix.lower()

    @property
    def stem(self) -> str:
        """A short name: the function's, or the last part of the path or of the URL without its suffix."""
        if self.factory is not None:
            return self.factory
        parts = [part for part in re.split(r"[/\\:?#]", self.place) if part not in ("", ".", "..")]
        return Path(parts[-1]).stem if parts else "model"

    def check_options(self, known: tuple[str, ...] = ()) -> None:
        """Raise UserError where an option is given that the kind of model does not know."""
        unknown = sorted(set(self.options) - set(known))
        if unknown:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise UserError(f"{self}: there is no option {shortened(unknown[0])}; {takes}")


def _options(text: str, query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise UserError(f"{text}: expected NAME=VALUE after `?`, got {shortened(query)}") from None
    if len(dict(pairs)) < len(pairs):
        raise UserError(f"{text}: expected every option once after `?`, got {shortened(query)}")
    return dict(pairs)
