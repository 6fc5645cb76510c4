"""Options that several commands have."""

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
DataRoot = Annotated[
    Path | None,
    typer.Option(help="Folder of the data sets. Default: MIAUDIT_DATA, else `datasets` in the current folder."),
]
