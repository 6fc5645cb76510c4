"""The command `view`: a local web application over many audits."""

import socket
from pathlib import Path
from typing import Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.opened import open_address
from miaudit.errors import UserError
from miaudit.reading.path import check_folder

LOOPBACK = "127.0.0.1"


def view(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder with audits in it or below it.")] = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8484,
    open_page: Annotated[bool, typer.Option("--open", help="Open the list in the browser.")] = False,
) -> None:
    """Browse many audits in a local web application.

    It lists the audits below FOLDER, searches, shows and compares them, and follows running ones (`--anytime`). It
    answers this machine alone and changes nothing. Ctrl+C ends it.
    """
    try:
        import uvicorn

        from miaudit.view.app import application
    except ModuleNotFoundError as error:
        raise UserError(f"view needs {error.name}, which is not installed: pip install 'miaudit[view]'") from None
    check_folder(folder, "a folder with audits")
    with listening_on(port) as listening:
        address = f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
        PlainConsole(soft_wrap=True).print(f"Audits below {folder.resolve()}: {address}")
        if open_page:
            open_address(address)
        uvicorn.Server(uvicorn.Config(application(folder), log_config=None)).run(sockets=[listening])


def listening_on(port: int) -> socket.socket:
    """A socket on the loopback interface; connections wait there until the server is up."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise UserError(
            f"cannot listen on port {port}: {error.strerror or error}; `--port 0` takes a free one"
        ) from None
