"""The part of a result that says how much is found, on a scale of five steps."""

from typing import Literal, get_args

from miaudit.auditing.result.base import Record

Step = Literal["none_found", "slight", "moderate", "strong", "severe"]
STEPS: tuple[Step, ...] = get_args(Step)


class Bound(Record):
    """One end of a grade, with the number that it rests on."""

    step: Step
    """The step of the scale."""
    attack: str
    """Title of the attack whose number decides."""
    measure: Literal["tpr", "auc"]
    """The measure that decides: true positive rate at 1 % FPR, or AUC."""
    value: float
    """The number: an end of the attack's interval, at the verdict's confidence."""


class Grade(Record):
    """How much is found. Where the intervals fit into one step of the scale, both ends have the same step."""

    lower: Bound
    """What is found at least."""
    upper: Bound
    """What is found at most by any of these attacks."""

    @property
    def is_settled(self) -> bool:
        """Do the intervals fit into one step?"""
        return self.lower.step == self.upper.step
