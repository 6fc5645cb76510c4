"""What users say about a table of predictions where the table leaves it open."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

ARRAY = ".npy"  # suffix of a file that stands for a column

Form = Literal["probabilities", "percent", "logits", "log_probabilities", "labels", "loss", "score"]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Hints:
    """Names of columns, as given by the options `--label`, `--member`, ...; None where the table is clear by itself.

    Example:
        >>> Hints(label="Species", member="split=train").member_values
        ('split', 'train')
    """

    label: str | None = Field(default=None, description="column of the true classes, or a .npy file with them")
    member: str | None = Field(
        default=None, description="column of the membership, or COLUMN=VALUE with the members' value, or a .npy file"
    )
    probabilities: Annotated[tuple[str, ...], Field(description="columns of the outputs, COLUMN or COLUMN=CLASS")] = ()
    outputs: Form | None = Field(default=None, description="what the outputs are, where their range leaves it open")
    ids: str | None = Field(default=None, description="column that identifies the records")

    @property
    def member_values(self) -> tuple[str | None, str | None]:
        """The column of the membership, and its value for members where one is named."""
        if self.member is None:
            return None, None
        name, equals, value = self.member.partition("=")
        return (name, value) if equals else (self.member, None)

    def below(self, folder: Path) -> "Hints":
        """The hints with relative paths of `.npy` files resolved from a folder."""
        label, member = (
            str((folder / said).absolute()) if said is not None and said.endswith(ARRAY) else said
            for said in (self.label, self.member)
        )
        return replace(self, label=label, member=member)

    @property
    def output_classes(self) -> dict[str, str | None]:
        """The columns of the outputs with the classes that are named for them."""
        parts = (column.rpartition("=") for column in self.probabilities)
        return {name or end: end if equals else None for name, equals, end in parts}


NO_HINTS = Hints()
