"""Data sets, one per file: a class whose fields are its options and whose `load()` gives a `Dataset`."""

from miaudit.datasets.base import Dataset

__all__ = ["Dataset"]
