"""Which audits the list shows, and in what order."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from miaudit.view.catalogue import Listed

SORTED_BY: dict[str, tuple[str, Callable[[Listed], Any], bool]] = {  # name -> words, key, highest first
    "date": ("newest first", lambda audit: audit.finished, True),
    "auc": ("highest AUC first", lambda audit: audit.auc_value, True),
    "title": ("title", lambda audit: audit.title.casefold(), False),
    "verdict": ("verdict", lambda audit: audit.verdict, False),
}


class Selection(NamedTuple):
    """What a reader asked for."""

    words: str = ""  # all of them must occur in title, model, place or strongest attack
    level: str = ""  # of the verdict; empty for all
    order: str = "date"

    def of(self, audits: Iterable[Listed]) -> tuple[Listed, ...]:
        """The audits that fit, in order."""
        _, key, backwards = SORTED_BY.get(self.order, SORTED_BY["date"])
        return tuple(sorted((audit for audit in audits if self._fits(audit)), key=key, reverse=backwards))

    def _fits(self, audit: Listed) -> bool:
        text = " ".join((audit.title, audit.model, audit.place, audit.strongest)).casefold()
        return self.level in ("", audit.level) and all(word in text for word in self.words.casefold().split())
