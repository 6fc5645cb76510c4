"""Writes all that is generated from the code: pages, schemas and stubs; `make pages` runs it.

python -m miaudit.cli.pages
"""

import sys
from pathlib import Path

from miaudit import registry
from miaudit.cli.api_page import api_page
from miaudit.cli.describe import card, markdown
from miaudit.cli.glossary_page import glossary
from miaudit.cli.policy_page import policies
from miaudit.cli.reference import configuration, results, schemas
from miaudit.cli.stubs import stubs
from miaudit.cli.targets_page import targets_page
from miaudit.cli.usage import usage
from miaudit.files import write_atomically

ROOT = Path(__file__).parents[3]  # of a checkout


def generated() -> dict[str, str]:
    """Text of each file by its path in the checkout."""
    pages = {
        "docs/attacks.md": markdown([card(name) for name in registry.own("attacks")]),
        "docs/configuration.md": configuration(),
        "docs/results.md": results(),
        "docs/policies.md": policies(),
        "docs/commands.md": usage(),
        "docs/api.md": api_page(),
        "docs/targets.md": targets_page(),
        "docs/glossary.md": glossary(),
    }
    return (
        pages
        | {f"docs/schemas/{name}": text for name, text in schemas().items()}
        | {f"src/miaudit/{path}": text for path, text in stubs().items()}
    )


def stale(root: Path = ROOT) -> list[str]:
    """Paths of the generated files that are out of date."""
    return [path for path, text in generated().items() if not _holds(root / path, text)]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write(root: Path = ROOT) -> list[str]:
    """Write the files that are out of date, and return their paths."""
    texts, paths = generated(), stale(root)
    for path in paths:
        write_atomically(root / path, texts[path].encode())
    return paths


if __name__ == "__main__":
    sys.stdout.write("".join(f"{path}\n" for path in write()))
