"""What all parts of a result have in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of all parts of a result: frozen, unknown keys refused, the fields described by the text below them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
