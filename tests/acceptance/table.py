"""The tables of all variants in the documentation: `python -m acceptance.table` in the folder `tests` writes them."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from acceptance import model_variants, prediction_files

DOCS = Path(__file__).parents[2] / "docs"
FILES, MODELS = DOCS / "predictions.md", DOCS / "tried.md"
MARK = "<!-- variants -->\n"  # all that follows it is written by the tests


def files() -> str:
    """All files of predictions: what they are, how people get them, and the options that they need."""
    with TemporaryDirectory() as folder:
        rows = [
            (
                variant.name,
                variant.how,
                variant.write(Path(folder)).options.replace(f"{folder}/", "") if variant.flag else "",
            )
            for variant in prediction_files.variants()
        ]
    return table("file", rows)


def models() -> str:
    """All models and records: what they are, how people get them, and the argument that they need."""
    rows = [(each.name, each.how, f"{each.flag}=..." if each.flag else "") for each in model_variants.variants()]
    return table("model or records", rows)


def table(what: str, rows: Iterable[tuple[str, str, str]]) -> str:
    """A table of what there is, how people get it, and what it needs."""
    lines = [f"| {what} | how people get it | needs |", "|---|---|---|"]
    for name, how, needs in rows:
        cells = (name, how, f"`{needs}`" if needs else "")
        lines.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """The pages with their tables as they should be."""
    tables = {FILES: files(), MODELS: models()}
    return {page: page.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + tables[page] for page in tables}


def stale() -> list[str]:
    """Names of the pages whose table is out of date."""
    return [page.name for page, text in pages().items() if page.read_text(encoding="utf-8") != text]


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
