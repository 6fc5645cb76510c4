"""Refuses work that would need more memory than the machine has, before it starts."""

import os
from functools import cache
from pathlib import Path

from miaudit.errors import UserError

SHARE = 0.8  # share of the machine's memory that one audit may take
UNKNOWN = 2**34  # bytes, where the system does not say how much memory it has
CGROUP = Path("/sys/fs/cgroup/memory.max")  # limit of a container


def check_memory(needed: float, what: str, remedy: str) -> None:
    """Check that the machine has enough memory.

    Args:
        needed: bytes that the work takes.
        what: needs them, for the message.
        remedy: what the user can do, for the message.

    Raises:
        UserError: they are more than the machine can give.
    """
    if needed > memory_limit():
        raise UserError(
            f"{what} would need {needed / 1e9:,.1f} GB of memory, and {memory_limit() / 1e9:,.1f} GB are the most that "
            f"this machine can give: {remedy}"
        )


@cache
def memory_limit() -> float:
    """Most bytes that an audit may take: a share of the memory of the machine, or of its container."""
    try:
        whole: float = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        whole = UNKNOWN
    try:
        whole = min(whole, float(CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return SHARE * whole
    return SHARE * whole
