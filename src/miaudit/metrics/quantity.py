"""A number with its interval, or the reason why the sample cannot resolve it."""

from pydantic import BaseModel, ConfigDict

from miaudit import presenter


class Quantity(BaseModel):
    """A measured value; `value` is None where the sample cannot resolve it, with the reason in `note`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    value: float | None
    """The number as measured; None where the sample cannot resolve it."""
    low: float | None
    """Lower end of the interval; None where there is none."""
    high: float | None
    """Upper end of the interval; None where there is none."""
    confidence: float = 0.95
    """Confidence of the interval."""
    resolved: bool = True
    """Whether the sample is large enough to tell the number at all."""
    n: int
    """The count that limits the number: of non-members for a true positive rate at a low false positive rate."""
    note: str = ""
    """Why there is no number, e.g. "needs >= 10,000 non-members, have 200"."""

    @classmethod
    def unresolved(cls, n: int, note: str, confidence: float = 0.95) -> "Quantity":
        """Make a quantity that the sample cannot resolve.

        Args:
            n: the count that is too small.
            note: the reason, such as "needs >= 10,000 non-members, have 200".
            confidence: that its interval would have had.
        """
        return cls(value=None, low=None, high=None, confidence=confidence, resolved=False, n=n, note=note)

    def text(self, digits: int = 3, between: str = " ") -> str:
        """Write it as `0.812 [0.790, 0.834]`, or give the reason why there is no number.

        `digits` are those after the point, `between` parts the number from its interval.

        >>> Quantity(value=0.5, low=0.4, high=0.6, n=10).text()
        '0.500 [0.400, 0.600]'
        """
        return presenter.quantity(self, digits).text(between)
