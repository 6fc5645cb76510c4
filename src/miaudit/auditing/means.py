"""Says what an attacker must have to get an attack's scores, so that attacks can be sorted by it."""

from miaudit.attacks.base import MEANS, Attack, Means, Needs, ReadsMore
from miaudit.auditing.plan import missing


def means_used(attack: Attack, has: Needs) -> Means:
    """What an attacker must have: what the attack needs, and what else it reads where the evidence has it.

    Args:
        attack: the attack.
        has: what the evidence holds.

    Example:
        >>> from miaudit.attacks.quantile import Quantile
        >>> means_used(Quantile(), Needs(population=True, out_references=4))
        'references'
    """
    if not isinstance(attack, ReadsMore):
        return attack.needs.means
    # Views are more queries and students more models: no other means.
    more = attack.helped_by._replace(views=False, students=False)
    return (
        attack.needs.means if missing(more, has) is not None else max(attack.needs.means, more.means, key=MEANS.index)
    )
