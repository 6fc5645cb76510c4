"""The source of objects: all that decides what their code does."""

import uuid
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from miaudit.fingerprint import fingerprint
from miaudit.source.walk import Walk

SOURCES = " of "  # in the version of training code, in front of the user's own code
THIS_PROCESS = uuid.uuid4().hex[:12]  # in names that no other process may reuse
MOST_REASONS = 3


class Source(NamedTuple):
    """What objects are, and the code that they run."""

    values: tuple[str, ...]  # a text an object: its content, or the name of a class
    modules: tuple[str, ...] = ()  # of the user's own: name and hash of its file and of all that is read from it
    releases: tuple[str, ...] = ()  # name and version
    unknown: tuple[str, ...] = ()  # what could not be read, and why

    @property
    def own(self) -> tuple[str, ...]:
        """The user's modules; if something could not be read, also a mark that no other process shares."""
        return self.modules + ((f"unknown {THIS_PROCESS}",) if self.unknown else ())

    def warn(self, what: str) -> None:
        """Warn that `what` will not be reused, if something could not be read."""
        if self.unknown:
            reasons = "; ".join(self.unknown[:MOST_REASONS])
            more = f" and {len(self.unknown) - MOST_REASONS} more" if len(self.unknown) > MOST_REASONS else ""
            warnings.warn(
                f"{what} will not be reused in later runs, because the content of some objects that their code uses "
                f"cannot be read ({reasons}{more}): keep such objects out of that code, or use plain values",
                stacklevel=3,
            )


def source_of(*values: Any, named: Mapping[int, str] | None = None) -> Source:
    """The source of classes, functions and other objects: equal sources compute the same.

    It covers base classes, closures, defaults, decorated functions, the globals that functions name, and whole modules
    with those that they import. Installed releases count by their versions. The standard library, miaudit, and modules
    imported under a name that is computed at run time do not count.

    Args:
        values: the objects.
        named: by their id(), names of objects that are not to be described by their content.

    >>> source_of(len, 0.5)
    Source(values=('builtins.len', '0.5'), modules=(), releases=(), unknown=())
    """
    walk = Walk(named or {})
    texts = walk.all(list(values))
    modules = [
        f"{name} {fingerprint({what: sorted(told) for what, told in facts.items()})}"
        for name, facts in sorted(walk.facts.items())
    ]
    return Source(tuple(texts), tuple(modules), tuple(sorted(walk.releases)), tuple(walk.unknown))


def source_fingerprint(*values: Any) -> str:
    """One hash of the source of objects. If any part cannot be read, every process gives another hash."""
    source = source_of(*values)
    return fingerprint(list(source.values), list(source.own), list(source.releases))
