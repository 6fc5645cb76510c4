"""The exception for mistakes that the user can correct."""

from miaudit.messages import one_line


class UserError(Exception):
    """The input is at fault: the message says what was expected, what came and what to do.

    It is one line, no longer than a screen, and safe to print whatever it quotes. The command line prints it without a
    traceback and exits with code 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))
