"""The program in processes of its own, which tests may kill or limit, and which scripts of a shell may call.

Each process is a fork of a server that has imported what the program needs; a fresh interpreter imports for seconds.
"""

import json
import os
import shlex
import socket
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock, Thread

from miaudit.running.server import apart, set_environment, usual_start

# Stands for the program in a shell: hands words, folder, environment and standard streams over, and ends as it does.
CALLER = """#!/bin/sh
exec {python} -I -S -c '
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({address})
socket.send_fds(line, [b"!"], [0, 1, 2])
line.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
line.shutdown(socket.SHUT_WR)
sys.exit(int(line.recv(9)))
' "$@"
"""


def start(words: list[str], errors: Path, largest_file: int = 0) -> BaseProcess:
    """Begin `miaudit WORDS`.

    Args:
        words: of the command line.
        errors: the file that gets standard error; standard output is dropped.
        largest_file: bytes that each file may have which the process or one of its own writes; 0 sets no limit.
    """
    arguments = (words, errors, largest_file, dict(os.environ))
    process: BaseProcess = usual_start().Process(target=_run_quietly, args=arguments)
    with apart():
        process.start()
    return process


def _run_quietly(words: list[str], errors: Path, largest_file: int, environment: dict[str, str]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    if largest_file:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    _run(words, environment)


def _run(words: list[str], environment: dict[str, str]) -> None:
    from miaudit.cli.main import run

    set_environment(environment)
    sys.argv = ["miaudit", *words]
    run()


@contextmanager
def callable_at(program: Path) -> Iterator[None]:
    """Write a file there that a shell can call as `miaudit` within the block."""
    address = f"{program}.line"
    program.write_text(CALLER.format(python=shlex.quote(sys.executable), address=json.dumps(address)))
    program.chmod(0o755)
    with _Calls(address, _Call) as calls:
        Thread(target=calls.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield
        calls.shutdown()


class _Calls(socketserver.ThreadingUnixStreamServer):
    """Takes calls of the program at an address."""

    daemon_threads = True
    one_start = Lock()


class _Call(socketserver.BaseRequestHandler):
    """One call of the program."""

    request: socket.socket
    server: _Calls

    def handle(self) -> None:
        _, streams, _, _ = socket.recv_fds(self.request, 1, 3)
        with self.request.makefile() as message:
            words, folder, environment = json.load(message)
        lines = [Connection(stream) for stream in streams]
        process: BaseProcess = usual_start().Process(target=_answer, args=(words, folder, environment, lines))
        with self.server.one_start, apart():
            process.start()
        for line in lines:
            line.close()
        process.join()
        self.request.sendall(str(process.exitcode).encode())


def _answer(words: list[str], folder: str, environment: dict[str, str], lines: list[Connection]) -> None:
    for number, line in enumerate(lines):
        os.dup2(line.fileno(), number)
        line.close()
    sys.stdin = os.fdopen(0, closefd=False)  # multiprocessing has closed the other one
    os.chdir(folder)
    _run(words, environment)
