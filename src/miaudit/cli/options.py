"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

MOST_PROCESSES = 1024

Out = Annotated[Path | None, typer.Option(help="Folder for the report and the results; created if missing.")]
StorePlace = Annotated[
    str | None,
    typer.Option(
        help="Folder or URL of the store of trained models. Default: MIAUDIT_STORE, else one in the user's cache."
    ),
]
Jobs = Annotated[
    int | None, typer.Option(min=1, max=MOST_PROCESSES, help="Number of worker processes. Default: one per core.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Train on the Ray cluster at HOST:PORT. `auto` joins the cluster that RAY_ADDRESS names or that this "
        "machine belongs to, else starts one on this machine.",
    ),
]
Members = Annotated[
    Path | None, typer.Option(help="Predictions on records that the model was trained on; with --nonmembers.")
]
NonMembers = Annotated[Path | None, typer.Option(help="Predictions on other records; with --members.")]
Label = Annotated[str | None, typer.Option(help="Column of the true class, or a .npy file with it.")]
Member = Annotated[
    str | None,
    typer.Option(help="Column that tells the members, COLUMN=VALUE with the members' value, or a .npy file."),
]
Probabilities = Annotated[
    str | None, typer.Option(help="Columns of the model's outputs: COLUMN,... or COLUMN=CLASS,...")
]
OutputForm = Annotated[
    str | None,
    typer.Option(help="What the outputs are: probabilities, percent, logits, log_probabilities or labels."),
]
IdColumn = Annotated[str | None, typer.Option(help="Column that tells the records apart.")]
DataRoot = Annotated[
    Path | None,
    typer.Option(help="Folder of the data sets. Default: MIAUDIT_DATA, else `datasets` in the current folder."),
]
