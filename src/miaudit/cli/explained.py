"""Writes what attacks make of one record as a table for the terminal."""

from rich.table import Table

from miaudit.cli.plain_table import plain_table
from miaudit.decisions.explanation import Explanation
from miaudit.presenter import NOTHING, count, rate, score


def attack_table(found: Explanation) -> Table:
    """One row per attack: score, rank, non-members that score as high, and the attack's own decision."""
    heads = ("attack", "score", "rank", "non-members\nas high", "called\na member")
    table = plain_table(*heads, numbers=heads[1:], title=f"Record {found.id}", breaks=True)
    for name, view in found.attacks.items():
        called = NOTHING if view.called is None else "yes" if view.called else "no"
        rank = f"{count(view.rank)}{'=' if view.tied else ''} of {count(view.of)}"
        table.add_row(name, score(view.score), rank, rate(view.as_high).text("\n"), called)
    return table
