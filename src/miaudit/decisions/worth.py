"""What an attack's scores are worth as evidence, where the attack has estimated it."""

from miaudit.arrays import Floats
from miaudit.auditing.result.attacks import AttackResult
from miaudit.maths.odds import Odds


def log_ratios(attack: AttackResult, scores: Floats) -> Floats | None:
    """Natural logarithms (n,) of how many times as likely scores (n,) are for members; None where not estimated.

    What an attack of another package calls `log_ratio`, and is no line, is something else.
    """
    line = attack.learned.get("log_ratio")
    if not isinstance(line, dict) or set(line) != set(Odds._fields):
        return None
    return Odds(*(float(line[name]) for name in Odds._fields)).log_ratio(scores)
