"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

MOST_PROCESSES = 1024

Out = Annotated[Path | None, typer.Option(help="Folder for report and results; made if it is not there.")]
StorePlace = Annotated[
    str | None,
    typer.Option(help="Folder or URL of trained models (the folder MIAUDIT_STORE, else one in the user's cache)."),
]
Jobs = Annotated[
    int | None, typer.Option(min=1, max=MOST_PROCESSES, help="Processes that train; one per core by default.")
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Train on the Ray cluster at HOST:PORT; auto is the one that RAY_ADDRESS names or this machine is in, "
        "else one of this machine alone.",
    ),
]
DataRoot = Annotated[
    Path | None, typer.Option(help="Folder of the data sets (MIAUDIT_DATA, else `datasets` in the current folder).")
]
