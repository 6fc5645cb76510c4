"""The table of all files in the documentation: `python -m acceptance.table` in the folder `tests` writes it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from acceptance.prediction_files import variants

PAGE = Path(__file__).parents[2] / "docs" / "predictions.md"
MARK = "<!-- files -->\n"


def table() -> str:
    """All files: what they are, how people get them, and the option that they need."""
    lines = ["| file | how people get it | needs |", "|---|---|---|"]
    with TemporaryDirectory() as folder:
        for variant in variants():
            options = variant.write(Path(folder)).options.replace(f"{folder}/", "") if variant.flag else ""
            cells = (variant.name, variant.how, f"`{options}`" if options else "")
            lines.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The page with the table as it should be."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + table()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
