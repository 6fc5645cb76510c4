"""Finds the attacks that a call from Python names or passes, and the configuration that repeats them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

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

GivenAttack = str | Attack | Mapping[str, Any]
EXPECTED = 'expected "auto", "all" or a list of attacks'
SAVED = Path("evidence.safetensors")  # where a saved audit keeps its evidence, beside the configuration


def wanted_of(
    attacks: Sequence[GivenAttack] | AskedAttacks,
    known_fraction: float,
    seed: int,
    groups: GroupBy = NO_GROUPS,
    views: AskedViews = "auto",
    students: int = 0,
) -> Wanted:
    """The attacks of a call from Python, with a configuration that repeats them on the saved evidence.

    Args:
        attacks: names, attacks, or mappings as a configuration has them, such as {"attack": "lira", "mode": "offline"};
            "auto" for the strongest of each kind of attacker, "all" for all that apply.
        known_fraction: share of the records that attacks may know.
        seed: the seed of everything random.
        groups: the groups that are looked at; the saved evidence does not have their columns.
        views: how many further views of each record models are asked about; the saved evidence holds them.
        students: how many students the target and each shadow have; the saved evidence holds what they answer.

    Raises:
        UserError: the attacks are no list of names and attacks, or one of them is given twice.
    """
    word = _word(attacks)
    named = {} if word is not None else _titled(attacks)
    chosen = {title: each.attack for title, each in named.items()} if word is None else usual_attacks(word)
    # A file cannot name an attack that is not installed; where there is no other, it says to run them all.
    repeated = word or tuple(each.config for each in named.values() if each.config is not None) or "all"
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


class _Named(NamedTuple):
    """An attack, and what a configuration calls it; None where it is no plug-in."""

    attack: Attack
    config: AttackConfig | None

    @property
    def title(self) -> str:
        return repr(self.attack) if self.config is None else self.config.title


def _titled(chosen: Sequence[GivenAttack]) -> dict[str, _Named]:
    """The attacks by their titles."""
    if isinstance(chosen, str):
        raise UserError(f"{EXPECTED}, got {shortened(chosen)}: write [{shortened(chosen)}]")
    if not isinstance(chosen, Sequence):
        raise UserError(f"{EXPECTED}, got {shortened(chosen)}")
    if len(chosen) == 0:
        raise UserError("expected at least one attack, got none: leave `attacks` out for the usual ones")
    named = [_named(each) for each in chosen]
    titles = [each.title for each in named]
    if len(set(titles)) < len(titles):
        raise UserError(f"an attack is given twice: {', '.join(titles)}")
    return dict(zip(titles, named, strict=True))


def _named(given: GivenAttack) -> _Named:
    """The attack that is given by its name, as a configuration has it, or itself."""
    if isinstance(given, str | Mapping):
        config = _described(given)
        return _Named(config.build(), config)
    if isinstance(given, type) or not hasattr(given, "score"):
        raise UserError(f"expected names or attacks such as 'lira' or Lira(mode='offline'), got {shortened(given)}")
    return _Named(given, _config_of(given))


def _described(given: str | Mapping[str, Any]) -> AttackConfig:
    try:
        return AttackConfig.model_validate(given if isinstance(given, str) else dict(given))
    except ValidationError as error:
        raise UserError(f"attack {shortened(given)}: {registry.explain(error, AttackConfig.model_fields)}") from None


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
