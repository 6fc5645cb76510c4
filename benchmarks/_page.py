"""Tables of a benchmark, and the page that they make."""

import datetime
import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Section(NamedTuple):
    """One table of the page."""

    title: str
    text: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


BEGIN, END = "<!-- numbers: begin -->", "<!-- numbers: end -->"


def put_numbers(path: Path, numbers: str, begin: str = BEGIN, end: str = END) -> None:
    """Put numbers, marks and all, in their place in a page that people write the rest of."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    path.write_text(before + numbers + rest.partition(end)[2], encoding="utf-8")


def percent(flags: Iterable[bool]) -> str:
    return f"{100.0 * float(np.mean(list(flags))):.1f} %"


def markdown(section: Section) -> str:
    lines = [f"## {section.title}", "", section.text, ""]
    lines += ["| " + " | ".join(row) + " |" for row in (section.header, ("---",) * len(section.header), *section.rows)]
    return "\n".join(lines) + "\n"


def written_by(command: str, seconds: float) -> str:
    """Command, date, machine and versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("miaudit", "numpy", "scipy"))
    return (
        f"Written by `{command}` on {datetime.date.today().isoformat()} in {seconds:.0f} s; {processor()}, "
        f"{os.cpu_count()} cores; Python {platform.python_version()}, {libraries}."
    )


def processor() -> str:
    """The model of the processor, where the system tells it."""
    listing = Path("/proc/cpuinfo")
    models = [line for line in listing.read_text().splitlines() if "model name" in line] if listing.exists() else []
    return models[0].split(":", 1)[1].strip() if models else platform.machine()
