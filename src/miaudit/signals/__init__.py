"""What attacks read: one number (or vector) per record and model. Each signal is a function in a file of its name."""

from miaudit.contents import functions

_shown = functions("signals")
__all__ = sorted(_shown)  # the registry knows them
globals().update(_shown)
