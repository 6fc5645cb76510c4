"""The look of tables in the terminal: a line below the heads, and no frame."""

from collections.abc import Collection

from rich.box import SIMPLE_HEAD
from rich.table import Table


def plain_table(
    *heads: str,
    numbers: Collection[str] = (),
    title: str | None = None,
    caption: str | None = None,
    breaks: bool = False,
) -> Table:
    """A table without rows.

    Args:
        heads: of the columns.
        numbers: those heads whose columns are set to the right.
        title: stands above the table.
        caption: stands below it.
        breaks: may the cells of the first column be broken? Names that users type again are better left whole.
    """
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title=title, caption=caption)
    table.title_justify = table.caption_justify = "left"
    for place, head in enumerate(heads):
        is_whole = place == 0 and not breaks
        table.add_column(head, justify="right" if head in numbers else "left", overflow="fold", no_wrap=is_whole)
    return table
