"""A number with its interval, and whether the sample could resolve it at all."""

from pydantic import BaseModel, ConfigDict


class Quantity(BaseModel):
    """A measured value; `value` is None where the sample cannot resolve it, with the reason in `note`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None
    low: float | None
    high: float | None
    confidence: float = 0.95
    resolved: bool = True
    n: int  # the count that limits the rate
    note: str = ""  # e.g. "needs >= 10,000 non-members, have 200"

    @classmethod
    def unresolved(cls, n: int, note: str, confidence: float = 0.95) -> "Quantity":
        """A quantity that this sample cannot tell."""
        return cls(value=None, low=None, high=None, confidence=confidence, resolved=False, n=n, note=note)

    def text(self, digits: int = 3, between: str = " ") -> str:
        """`0.812 [0.790, 0.834]`, or the reason why there is no number.

        >>> Quantity(value=0.5, low=0.4, high=0.6, n=10).text()
        '0.500 [0.400, 0.600]'
        """
        if self.value is None:
            return self.note or "not resolved"
        ends = ["-" if end is None else f"{end:.{digits}f}" for end in (self.low, self.high)]
        return f"{self.value:.{digits}f}{between}[{ends[0]}, {ends[1]}]"
