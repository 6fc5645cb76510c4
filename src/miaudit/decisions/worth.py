"""What an attack's scores are worth as evidence, where the attack has estimated it."""

from miaudit.arrays import Floats
from miaudit.auditing.result.attacks import AttackResult


def log_ratios(attack: AttackResult, scores: Floats) -> Floats | None:
    """Natural logarithms (n,) of how many times as likely scores (n,) are for members; None where not estimated."""
    line = attack.learned.get("log_ratio")
    return None if line is None else scores * float(line["slope"]) + float(line["intercept"])
