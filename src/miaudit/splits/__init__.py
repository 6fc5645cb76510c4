"""Who is trained on which records: the ways to split a data set for an audit, one per file."""

from miaudit.splits.base import ShadowRole, Split

__all__ = ["ShadowRole", "Split"]
