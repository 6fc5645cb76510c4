"""The one exception that is the user's to mend."""


class UserError(Exception):
    """The input is at fault: the message says what was expected, what came and what to do.

    The command line prints it without a traceback and exits with code 2.
    """
