"""Reads experiments: one file per table or figure, whose rows are audits.

`experiments/PAPER/settings.yaml` holds named audit configurations without attacks, `experiments/PAPER/TABLE.yaml` the
rows that start from them, `experiments/PAPER/expected.csv` what the paper published.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from miaudit import registry
from miaudit.config import AuditConfig, PluginConfig, parse_config
from miaudit.datasets.base import Dataset, DatasetSource, is_on_disk
from miaudit.errors import UserError
from miaudit.messages import did_you_mean, shortened
from miaudit.reading.path import check_folder
from miaudit.reading.yaml_file import read_yaml

SETTINGS = "settings.yaml"
SeriesKind = Literal["roc", "precision_recall", "hardness", "difficulty", "scores_by_class", "densities"]


class FilePart(BaseModel):
    """Base of the files' parts: frozen, and unknown keys are refused."""

    # Epsilon may be infinite, hence the strings. Fields are described by the text below them.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", use_attribute_docstrings=True)


class KnownShares(FilePart):
    """The share of records whose membership the attacker knows, drawn anew for each trial."""

    share: float = Field(gt=0, lt=1)
    """Share of the records, of the members and of the others alike."""
    trials: int = Field(default=1, ge=1)
    """Number of draws, each of which is attacked separately."""


class Row(FilePart):
    """One or several audits under one name: a row of the published table, or our stand-in for it.

    Rows of the same name are one row with different attacks on different models (more references, say).
    """

    name: str = Field(pattern=r"^[A-Za-z0-9_.]+$")
    """Name of the row, as in `expected.csv`."""
    setting: str
    """Name of an audit in `settings.yaml`."""
    change: dict[str, Any] = Field(default_factory=dict)
    """Keys that replace those of the setting."""
    attacks: tuple[dict[str, Any] | str, ...] | None = None
    """Attacks of this row; by default those of the experiment."""
    known: KnownShares | None = None
    """How many records the attacker knows; by default as the setting says."""
    seeds: int | None = Field(default=None, ge=1)
    """Number of runs; by default that of the experiment."""
    gpu: bool = False
    """Whether the row takes CPUs so long that without a GPU it is run only where that is asked for."""
    title: str = ""
    """Title of the row on the page; by default its name."""
    note: str = ""
    """What differs from the paper, or why the numbers differ."""
    stand_in: str = ""
    """The published row for which this one stands in."""

    @property
    def heading(self) -> str:
        """What the row is called on the page: its title, or its name."""
        return self.title or self.name


class Experiment(FilePart):
    """A table or figure of a paper."""

    title: str
    """What the table or figure shows."""
    source: str
    """Where it stands in the paper."""
    measures: tuple[str, ...] = ()
    """Measures that the table shows, `auc` for instance."""
    series: tuple[SeriesKind, ...] = ()
    """What the figure draws."""
    attacks: tuple[dict[str, Any] | str, ...] = ()
    """Attacks of every row that names none; by default all that apply."""
    threshold: str | dict[str, Any] = "best_accuracy"
    """The rule by which cuts are chosen."""
    seeds: int = Field(default=1, ge=1)
    """Number of runs of each row, with seeds from 0."""
    rows: tuple[Row, ...] = Field(min_length=1)
    """The rows of the table, or the curves of the figure."""
    note: str = ""
    """What differs from the paper in all rows."""

    @property
    def row_names(self) -> list[str]:
        """Every name once, in the order of the rows."""
        return list(dict.fromkeys(row.name for row in self.rows))

    def parts(self) -> list[tuple[Row, int]]:
        """Every row with its number among those of its name, from 0."""
        counts: dict[str, int] = {}
        found = []
        for row in self.rows:
            counts[row.name] = counts.get(row.name, -1) + 1
            found.append((row, counts[row.name]))
        return found

    def seeds_of(self, row: Row, asked: int | None) -> int:
        """Number of seeds of a row: as asked, else the row's own, else the experiment's."""
        return asked or row.seeds or self.seeds


class Named(FilePart):
    """An experiment with the paper and the file that it comes from."""

    paper: str
    """Folder of the paper."""
    table: str
    """Name of the file, without its suffix."""
    experiment: Experiment
    """What the file says."""
    settings: dict[str, dict[str, Any]]
    """Audits by name, from `settings.yaml`."""

    @property
    def name(self) -> str:
        """The name on the command line, `PAPER/TABLE`."""
        return f"{self.paper}/{self.table}"

    def only(self, rows: tuple[str, ...]) -> "Named":
        """The experiment with the rows of these names alone."""
        kept = tuple(row for row in self.experiment.rows if row.name in rows)
        return self.model_copy(update={"experiment": self.experiment.model_copy(update={"rows": kept})})

    def check(self) -> None:
        """Raise UserError where the settings and changes of a row give no audit."""
        for row in self.experiment.rows:
            self.config(row, 0)

    def config(self, row: Row, seed: int) -> AuditConfig:
        """The audit of a row; raises UserError where setting and changes give none."""
        if row.setting not in self.settings:
            raise UserError(f"{self.name}: row {row.name} has no setting {row.setting!r} in {SETTINGS}")
        content = merged(self.settings[row.setting], row.change)
        attacks = row.attacks if row.attacks is not None else self.experiment.attacks
        content = {"threshold": self.experiment.threshold, **content, "attacks": list(attacks) or "all", "seed": seed}
        try:
            return parse_config(content)
        except UserError as error:
            raise UserError(f"{self.name}, row {row.name}: {error}") from None


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The base with the changes applied: mappings are merged key by key, all other values replaced.

    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(base)
    for key, value in changes.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def load(folder: Path, name: str) -> Named:
    """Load the experiment `PAPER/TABLE`; raises UserError for an unknown name or a file with a mistake."""
    paper, _, table = name.partition("/")
    path = folder / paper / f"{table}.yaml"
    if not table or not path.is_file():
        raise UserError(f"no experiment is called {shortened(name)}: {did_you_mean(name, names(folder))}")
    settings = path.with_name(SETTINGS)
    try:
        experiment = Experiment.model_validate(read_yaml(path, "an experiment"))
        return Named(paper=paper, table=table, experiment=experiment, settings=read_yaml(settings, "settings by name"))
    except ValidationError as error:
        known = {name for part in (Experiment, Row, KnownShares) for name in part.model_fields}
        raise UserError(f"{path} or {settings.name}: {registry.explain(error, known)}") from None


def names(folder: Path) -> list[str]:
    """Names of all experiments, in the order of their numbers; raises UserError where the folder has none."""
    check_folder(folder, "the folder `experiments` of miaudit's repository, which --folder names")
    found = [path for path in folder.glob("*/*.yaml") if path.name != SETTINGS]
    if not found:
        raise UserError(
            f"there are no experiments in {folder.resolve()}: run in a clone of miaudit's repository, or name its "
            "folder `experiments` with --folder"
        )
    return [f"{path.parent.name}/{path.stem}" for path in sorted(found, key=_order)]


def _order(path: Path) -> tuple[str, str, int]:
    kind = path.stem.rstrip("0123456789")
    return path.parent.name, "~" * (kind == "figure") + kind, int(path.stem.removeprefix(kind) or 0)


def dataset_of(config: AuditConfig) -> PluginConfig:
    """The data set of an experiment's audit, which always has one."""
    if config.dataset is None:
        raise UserError("an experiment needs a `dataset`, not a file of evidence")
    return config.dataset


def records_from(source: PluginConfig) -> Dataset | None:
    """All records of a data set; None where they are not on disk. Raises UserError where they cannot be read."""
    plugin: DatasetSource = source.build("datasets")
    try:
        return plugin.load()
    except UserError:
        if is_on_disk(plugin.about):
            raise
        return None
