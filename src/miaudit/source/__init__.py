"""What decides what an object's code does: the user's own modules, values and functions, and releases by version."""

from miaudit.source.described import SOURCES, Source, source_fingerprint, source_of

__all__ = ["SOURCES", "Source", "source_fingerprint", "source_of"]
