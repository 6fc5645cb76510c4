"""What the columns of a table of predictions were taken to mean."""

from dataclasses import dataclass

from miaudit.reading.hints import Form

Ranked = tuple[tuple[str, str | None], ...]  # columns of a class and of its confidence, the likeliest first


@dataclass(frozen=True)
class Understood:
    """The role of every column, before anything is computed from them."""

    label: str | None  # None where the model is no classifier and the table tells no truth
    columns: tuple[str, ...]  # of outputs, one per class; one alone is that of the second class; none: see `ranked`
    classes: tuple[str, ...]  # their names, in the order of the columns
    form: Form
    codes: dict[str, int] | None = None  # text of a label -> class; None where labels are numbers from 0
    ranked: Ranked = ()
    references: tuple[tuple[str, ...], ...] = ()  # columns like those of the outputs, of each reference model
    member: str | None = None
    member_value: str | None = None  # the members' value; None for the usual words and numbers
    ids: str | None = None
    kept: tuple[str, ...] = ()  # further columns, which go with the records
    told: tuple[str, ...] = ()  # at most four sentences or groups of them; none for a table in the documented form

    @property
    def names_classes(self) -> bool:
        """Do the classes have names other than numbers from 0?"""
        return self.classes != tuple(str(c) for c in range(len(self.classes)))
