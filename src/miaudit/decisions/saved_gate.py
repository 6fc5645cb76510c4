"""Reads the decision that an audit with a policy left in its folder."""

from pathlib import Path

from pydantic import ValidationError

from miaudit.auditing.files import GATE
from miaudit.decisions.outcomes import GateResult
from miaudit.errors import UserError
from miaudit.reading.json_file import read_json
from miaudit.registry import explain


def load_decision(folder: Path) -> GateResult | None:
    """Read `gate.json`; None where the folder has none, UserError where it holds something else."""
    path = folder / GATE
    if not path.exists():
        return None
    content = read_json(path, "the decision of a gate")
    try:
        return GateResult.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{path} is not the decision of a gate: {explain(error)}") from None
