"""Finds all that decides what an object's code does: the user's modules, values and functions, and releases."""

from miaudit.source.described import SOURCES, Source, source_fingerprint, source_of
from miaudit.source.origin import releases_here

__all__ = ["SOURCES", "Source", "releases_here", "source_fingerprint", "source_of"]
