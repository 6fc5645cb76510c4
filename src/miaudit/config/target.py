"""The part of a configuration that names a model at hand and its records."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from miaudit.address import Address
from miaudit.forms import AskedForm, NumberForm
from miaudit.reading.path import from_folder, resolved


class TargetConfig(BaseModel):
    """A model at hand and its records; further keys are options of its kind, such as `batch` of an endpoint."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())

    model: str = Field(
        description="Where the model is: a file such as `model.onnx`, a folder, a URL, or a function that makes it, "
        "such as `net.py:make?weights=w.safetensors`."
    )
    members: Path = Field(description="File or folder of records that the model was trained on.")
    nonmembers: Path = Field(description="The same for records that the model was not trained on.")
    population: Path | None = Field(
        default=None,
        description="The same for records that no model is trained on, for attacks that compare with them.",
    )
    label: str | None = Field(
        default=None,
        description="Column of the true class in these files, or of the truth that a `signal` reads; by default the "
        "one with such a name. Several columns, for `multi_label`, stand behind one another with commas.",
    )
    ids: str | None = Field(
        default=None,
        description="Column that names the records in these files, and is no feature. Text without a character says "
        "that no column does, so that one called `id` is a feature.",
    )
    outputs: AskedForm | NumberForm = Field(
        default="auto",
        description="What the model's answers are; `auto` finds out. Beside a function as `signal`, `loss` says that "
        "lower fits better.",
    )
    signal: str | None = Field(
        default=None,
        description="For models that are no classifiers, how well the model fits each record: `regression`, "
        "`multi_label`, or your function fn(model, x, y) -> (n,), such as `fit.py:fn`. By default `regression` for "
        "estimators that call themselves regressors.",
    )
    folder: Path | None = Field(
        default=None, description="Folder that relative paths start from; by default that of the configuration."
    )

    @property
    def options(self) -> dict[str, Any]:
        """The options of the kind of model."""
        return dict(self.model_extra or {})

    @property
    def address(self) -> Address:
        """Where the model is; raises UserError where that cannot be taken apart."""
        return Address.read(self.model, self.options, self.folder)

    @property
    def signal_place(self) -> str | None:
        """The signal, by its name or by where its function is from the current folder."""
        return None if self.signal is None else from_folder(self.signal, self.folder or Path())

    @property
    def records(self) -> dict[str, Path]:
        """The files of records by what they hold: members, nonmembers and, where there is one, population."""
        parts = {"members": self.members, "nonmembers": self.nonmembers, "population": self.population}
        return {name: (self.folder or Path()) / path for name, path in parts.items() if path is not None}

    @property
    def files(self) -> tuple[Path, ...]:
        """The user's files that it names."""
        address = self.address
        return tuple(self.records.values()) if address.is_url else (address.path, *self.records.values())

    def within(self, folder: Path) -> "TargetConfig":
        """The same with relative paths that start from this folder, or from the one it names within this folder."""
        return self.model_copy(update={"folder": resolved(folder / (self.folder or Path()))})
