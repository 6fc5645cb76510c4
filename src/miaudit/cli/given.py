"""The options of the command line on records, columns and training, grouped as commands pass them on."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.hints import Hints
from miaudit.reading.yaml_file import read_yaml


class RecordOptions(NamedTuple):
    """The options that name files of records: of a model, or with predictions."""

    members: Path | None = None
    nonmembers: Path | None = None
    population: Path | None = None


class TrainingOptions(NamedTuple):
    """The options on how the model was trained, and on the reference models."""

    recipe: Path | None = None
    train: str | None = None
    surrogates: str | None = None
    models: int | None = None

    @property
    def content(self) -> dict[str, Any]:
        """The keys of a configuration that say the same; raises UserError where two options contradict each other."""
        content: dict[str, Any] = {}
        if self.surrogates is not None:
            content["surrogates"] = self.surrogates
        if self.train is not None:
            content["recipe"] = {"train": self.train}
        if self.recipe is not None:
            if self.train is not None:
                raise UserError("--recipe and --train both say how the model was trained: give one of them")
            content["recipe"] = read_yaml(self.recipe, "a recipe with keys such as `model` or `estimator`")
        if self.models is not None:
            content["split"] = {"name": "pool", "models": self.models}
        return content


class ColumnOptions(NamedTuple):
    """The options on columns of a table of records or predictions, and on what the outputs are."""

    label: str | None = None
    member: str | None = None
    probabilities: str | None = None
    outputs: str | None = None
    ids: str | None = None

    @property
    def hints(self) -> Hints:
        """What the options say; raises UserError where `--outputs` names no kind of outputs.

        >>> ColumnOptions(member="split=train", probabilities="p=yes").hints.probabilities
        ('p=yes',)
        """
        columns = () if self.probabilities is None else tuple(part.strip() for part in self.probabilities.split(","))
        try:
            return TypeAdapter(Hints).validate_python(self._asdict() | {"probabilities": columns}).below(Path())
        except ValidationError:
            raise UserError(
                "--outputs: expected probabilities, percent, logits, log_probabilities, labels, loss or score, got "
                f"{shortened(self.outputs)}"
            ) from None
