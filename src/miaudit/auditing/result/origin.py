"""The part of a result on the run that made it: versions, data, configuration, time."""

from typing import Any

from miaudit.auditing.result.base import Record


class PredictionsRead(Record):
    """What the columns of a table of predictions were taken to mean."""

    outputs: tuple[str, ...]
    """Columns of the model's outputs, in the order of the classes."""
    form: str
    """What the outputs are: probabilities, percent, logits, log_probabilities, labels, loss or score."""
    classes: tuple[str, ...]
    """The classes of these columns."""
    label: str | None
    """Column of the true class; None where a loss or a score was read and the table has no such column."""
    member: str | None
    """Column that distinguishes members from non-members."""
    ids: str | None
    """Column that names the records."""
    kept: tuple[str, ...]
    """Further columns, which stand in `scores.parquet` as `column.NAME`."""


class RunFacts(Record):
    """What a run ran on, its seed and its data."""

    miaudit: str
    """Version of miaudit."""
    git_commit: str | None
    """Commit of miaudit's checkout; None where it was installed without one."""
    git_dirty: bool | None
    """Whether the checkout's source had uncommitted changes; None without a checkout."""
    python: str
    """Version of Python."""
    libraries: dict[str, str]
    """Versions of the libraries that decide numbers."""
    machine: str
    """Operating system and processor architecture."""
    device: str
    """Where networks were trained."""
    seed: int
    """The seed that everything random follows from."""
    data: str
    """Fingerprint of the records and labels."""


class Provenance(RunFacts):
    """Where the numbers come from."""

    recipe: dict[str, Any] | None
    """How the target was trained; None where that is unknown."""
    config: dict[str, Any]
    """A configuration that repeats the audit."""
    predictions: PredictionsRead | None = None
    """How a table of predictions was understood; None where there was none."""


class Cost(Record):
    """Time and models; the only part that differs between two runs of the same audit."""

    seconds: dict[str, float]
    """Stage -> wall-clock seconds."""
    models_trained: int
    """Models that this run trained."""
    models_cached: int
    """Models that this run took from the store."""
    peak_memory_mb: float | None = None
    """Most memory that the main process held, in MB; None where the system does not report it."""
    finished: str | None = None
    """When the audit ended, ISO 8601 in UTC; None in results of earlier versions."""


class Preliminary(Record):
    """An early result, with a part of the pool."""

    models: int
    """Models of the pool that are trained already."""
    of: int
    """Size of the pool in the end."""
