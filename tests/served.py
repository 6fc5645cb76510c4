"""The application over many audits, served on this machine while a block runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from miaudit.cli.view import listening_on
from miaudit.view.app import application


@contextmanager
def served(root: Path) -> Iterator[str]:
    """The address of the application over the audits below `root`."""
    with listening_on(0) as socket:
        server = uvicorn.Server(uvicorn.Config(application(root), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        yield f"http://127.0.0.1:{socket.getsockname()[1]}/"
        server.should_exit = True
        thread.join()
