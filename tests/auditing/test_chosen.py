"""Attacks that are named or brought by a call from Python."""

from digit_audits import Own
from miaudit.attacks.base import Attack
from miaudit.attacks.lira import Lira
from miaudit.auditing.chosen import wanted_of
from miaudit.config import parse_config


def test_attacks_by_name_and_by_parameters() -> None:
    chosen: list[str | Attack] = ["lira", Lira(mode="offline"), Lira(mode="offline", variance="global"), Own()]
    wanted = wanted_of(chosen, known_fraction=0.2, seed=3)
    assert list(wanted.attacks) == ["lira", "lira[mode=offline]", "lira[mode=offline,variance=global]", "Own(sign=1.0)"]
    config = parse_config(wanted.config.as_dict())
    assert [attack.build() for attack in config.attacks] == list(wanted.attacks.values())[:3]
    assert (config.seed, config.known_fraction) == (3, 0.2)


def test_all_attacks_where_none_is_named() -> None:
    wanted = wanted_of(None, known_fraction=0.1, seed=0)
    assert "two_stage" in wanted.attacks
    assert not wanted.named
    assert wanted.config.attacks == ()
