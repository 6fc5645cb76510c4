"""Finds the attacks that a call from Python names or passes, and the configuration that repeats them."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from miaudit import registry
from miaudit.attacks.base import Attack
from miaudit.auditing.automatic import candidates
from miaudit.auditing.groups import NO_GROUPS, GroupBy
from miaudit.auditing.request import Wanted
from miaudit.config import AttackConfig, AuditConfig
from miaudit.errors import UserError
from miaudit.forms import AskedAttacks, AskedViews, ChosenBy
from miaudit.messages import shortened
from miaudit.thresholds.best_accuracy import BestAccuracy

EXPECTED = 'expected "auto", "all" or a list of attacks'
SAVED = Path("evidence.safetensors")  # where a saved audit keeps its evidence, beside the configuration


def wanted_of(
    attacks: Sequence[str | Attack] | AskedAttacks,
    known_fraction: float,
    seed: int,
    groups: GroupBy = NO_GROUPS,
    views: AskedViews = "auto",
    students: int = 0,
) -> Wanted:
    """The attacks of a call from Python, with a configuration that repeats them on the saved evidence.

    Args:
        attacks: names or attacks; "auto" for the strongest of each kind of attacker, "all" for all that apply.
        known_fraction: share of the records that attacks may know.
        seed: the seed of everything random.
        groups: the groups that are looked at; the saved evidence does not have their columns.
        views: how many further views of each record models are asked about; the saved evidence holds them.
        students: how many students the target and each shadow have; the saved evidence holds what they answer.

    Raises:
        UserError: the attacks are no list of names and attacks, or one of them is given twice.
    """
    word = _word(attacks)
    chosen = _titled(attacks) if word is None else usual_attacks(word)
    configs = [_config_of(attack) for attack in chosen.values()]
    # A file cannot name an attack that is not installed; where there is no other, it says to run them all.
    repeated = word or tuple(config for config in configs if config is not None) or "all"
    return Wanted(
        attacks=chosen,
        chosen_by=word or "user",
        threshold=BestAccuracy(),
        seed=seed,
        known_fraction=known_fraction,
        config=AuditConfig(evidence=SAVED, attacks=repeated, known_fraction=known_fraction, seed=seed),
        groups=groups,
        views=views,
        students=students,
    )


def usual_attacks(word: ChosenBy) -> dict[str, Attack]:
    """Attacks with their default hyper-parameters, by name: those of which `auto` chooses, or else every one."""
    names = candidates() if word == "auto" else registry.names("attacks")
    return {name: registry.build("attacks", name, {}) for name in names}


def _word(attacks: object) -> AskedAttacks | None:
    """The word that stands for attacks; None where they are named."""
    return next((word for word in get_args(AskedAttacks) if isinstance(attacks, str) and word == attacks), None)


def _titled(chosen: Sequence[str | Attack]) -> dict[str, Attack]:
    """The attacks by their titles."""
    if isinstance(chosen, str):
        raise UserError(f"{EXPECTED}, got {shortened(chosen)}: write [{shortened(chosen)}]")
    if not isinstance(chosen, Sequence):
        raise UserError(f"{EXPECTED}, got {shortened(chosen)}")
    if len(chosen) == 0:
        raise UserError("expected at least one attack, got none: leave `attacks` out for the usual ones")
    for each in chosen:
        if not isinstance(each, str) and (isinstance(each, type) or not hasattr(each, "score")):
            raise UserError(f"expected names or attacks such as 'lira' or Lira(mode='offline'), got {shortened(each)}")
    built = [registry.build("attacks", each, {}) if isinstance(each, str) else each for each in chosen]
    titles = [_title(attack) for attack in built]
    if len(set(titles)) < len(titles):
        raise UserError(f"an attack is given twice: {', '.join(titles)}")
    return dict(zip(titles, built, strict=True))


def _title(attack: Attack) -> str:
    config = _config_of(attack)
    return repr(attack) if config is None else config.title


def _config_of(attack: Attack) -> AttackConfig | None:
    """The attack as a configuration names it; None for one that is no plug-in."""
    kind = type(attack)
    for plugin in registry.names("attacks"):
        if registry.find("attacks", plugin) is kind:
            usual = kind()
            values = {field.name: getattr(attack, field.name) for field in fields(kind)}
            changed = {name: _plain(value) for name, value in values.items() if value != getattr(usual, name)}
            return AttackConfig.model_validate({"attack": plugin, **changed})
    return None


def _plain(value: Any) -> Any:
    """The value as it comes back from YAML, so that titles survive a round trip."""
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
