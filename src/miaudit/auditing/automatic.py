"""Chooses the attacks of `attacks: auto`: for each kind of attacker the strongest that the evidence allows.

The choice follows from what the evidence holds, never from scores: intervals would be too narrow for an attack that was
chosen by its result. The order within each kind is that of the measurements in docs/strength.md.
"""

from collections.abc import Mapping
from typing import NamedTuple

from miaudit.attacks.base import Means


class Kind(NamedTuple):
    """Attacks of one kind of attacker, of which one is run."""

    means: Means  # what the attacker must have
    attacks: tuple[str, ...]  # the strongest first; the first that applies is run
    why: str  # why it is run: whom it stands for


KINDS: tuple[Kind, ...] = (
    Kind("queries", ("loss", "gap"), "an attacker who has the model's answers alone"),
    Kind("queries", ("label_only",), "an attacker who sees labels alone, but asks about changed copies too"),
    Kind("records", ("kde",), "an attacker who knows the membership of some records"),
    Kind("records", ("attack_p",), "an attacker who has records that no model saw"),
    Kind("references", ("base_ratio", "calibrated"), "an attacker with a few reference models"),
    Kind("references", ("lira",), "an attacker with many reference models, by a distribution per record"),
    Kind("shadows", ("ensemble", "two_stage"), "the strongest attacker, who learns on shadow models"),
)
NO_SHADOWS = "needs shadow models to learn on, and there are none"


class Automatic(NamedTuple):
    """What `auto` chooses from what applies."""

    because: dict[str, str]  # attack that is run -> why
    skipped: dict[str, str]  # attack that would have been run -> why it does not apply
    means: dict[str, Means]  # skipped attack -> what its attacker must have


def candidates() -> tuple[str, ...]:
    """The names of all attacks that `auto` may choose.

    >>> candidates()[:2]
    ('loss', 'gap')
    """
    return tuple(name for kind in KINDS for name in kind.attacks)


def automatic(unmet: Mapping[str, str], shadows: int) -> Automatic:
    """Choose one attack of each kind that the evidence allows.

    Args:
        unmet: the attacks that do not apply, and why (attack -> reason).
        shadows: number of shadow models in the evidence.

    >>> automatic({"loss": "needs to know how sure the target is"}, shadows=0).because["gap"]
    "an attacker who has the model's answers alone"
    """
    chosen = Automatic({}, {}, {})
    for kind in KINDS:
        lacking = {name: _lack(name, kind, unmet, shadows) for name in kind.attacks}
        able = next((name for name, why in lacking.items() if not why), None)
        if able is not None:
            chosen.because[able] = kind.why
        ahead = kind.attacks[:1] if able is None else kind.attacks[: kind.attacks.index(able)]
        chosen.skipped.update({name: lacking[name] for name in ahead})
        chosen.means.update(dict.fromkeys(ahead, kind.means))
    return chosen


def _lack(name: str, kind: Kind, unmet: Mapping[str, str], shadows: int) -> str:
    """What the attack lacks, in words; empty where it applies."""
    return unmet.get(name) or (NO_SHADOWS if kind.means == "shadows" and not shadows else "")
