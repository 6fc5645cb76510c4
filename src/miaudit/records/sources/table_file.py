"""Source `table_file`: a file with records and their labels."""

from pathlib import Path
from typing import Any

from miaudit.records.from_file import records_from_file
from miaudit.records.reading import Told
from miaudit.records.sources.base import Source


class TableFile:
    """Reads a table in any usual format, or arrays x and y of an NPZ file; the label has a usual name."""

    @staticmethod
    def accepts(given: Any) -> bool:
        """Is it the path of a file, or of one that is missing?"""
        return isinstance(given, str | Path) and not Path(given).is_dir()

    @staticmethod
    def read(name: str, given: Any, progress: Told) -> Source:
        """All records; raises UserError where the file cannot be read or its label is not found."""
        del name, progress
        x, y = records_from_file(Path(given), None)
        return Source(x, y, is_whole_file=True)
