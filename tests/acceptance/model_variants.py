"""Models and records as people bring them, each with what an audit must find in it."""

from acceptance.audited import Variant
from acceptance.by_answer import functions
from acceptance.by_estimator import estimators
from acceptance.by_file import files
from acceptance.by_module import modules
from acceptance.by_record import records


def variants() -> list[Variant]:
    """All models and records."""
    return [*estimators(), *modules(), *files(), *functions(), *records()]
