"""What would need more memory than there is, is refused before it is begun."""

import os
from functools import cache
from pathlib import Path

from miaudit.errors import UserError

SHARE = 0.8  # of the machine's memory that one audit may ask for
UNKNOWN = 2**34  # bytes, where the system does not tell how much it has
CGROUP = Path("/sys/fs/cgroup/memory.max")  # of a container


def check_memory(needed: float, what: str, remedy: str) -> None:
    """Raise UserError where `needed` bytes for `what` are more than the machine can give."""
    if needed > memory_limit():
        raise UserError(
            f"{what} would need {needed / 1e9:,.1f} GB of memory, and {memory_limit() / 1e9:,.1f} GB are the most that "
            f"this machine can give: {remedy}"
        )


@cache
def memory_limit() -> float:
    """Bytes that an audit may ask for: a share of the machine's memory, or of its container's."""
    try:
        whole: float = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        whole = UNKNOWN
    try:
        whole = min(whole, float(CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return SHARE * whole
    return SHARE * whole
