"""Files of predictions as people export them, each with the losses that an audit must find in it."""

from acceptance.as_text import from_text
from acceptance.by_format import from_formats
from acceptance.by_library import from_names
from acceptance.by_numbers import from_numbers
from acceptance.predicted import Variant


def variants() -> list[Variant]:
    """All files."""
    return [*from_text(), *from_names(), *from_numbers(), *from_formats()]
