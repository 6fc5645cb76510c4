"""The program in a process of its own, which tests may kill or limit.

The process is a fork of a server that has imported what the program needs; a fresh interpreter imports for seconds.
"""

import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

from miaudit.running.server import apart, set_environment, usual_start


def start(words: list[str], errors: Path, largest_file: int = 0) -> BaseProcess:
    """Begin `miaudit WORDS`.

    Args:
        words: of the command line.
        errors: the file that gets standard error; standard output is dropped.
        largest_file: bytes that each file may have which the process or one of its own writes; 0 sets no limit.
    """
    arguments = (words, errors, largest_file, dict(os.environ))
    process: BaseProcess = usual_start().Process(target=_run, args=arguments)
    with apart():
        process.start()
    return process


def _run(words: list[str], errors: Path, largest_file: int, environment: dict[str, str]) -> None:
    from miaudit.cli.main import run

    set_environment(environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    if largest_file:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["miaudit", *words]
    run()
