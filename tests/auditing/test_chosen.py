"""Attacks that are named or brought by a call from Python."""

from typing import Any, get_args

import pytest

from digit_audits import Own
from miaudit import registry
from miaudit.attacks.base import Attack
from miaudit.attacks.lira import Lira
from miaudit.auditing.automatic import candidates
from miaudit.auditing.chosen import wanted_of
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.forms import AskedAttacks


def test_attacks_by_name_and_by_parameters() -> None:
    chosen: list[str | Attack] = ["lira", Lira(mode="offline"), Lira(mode="offline", variance="global"), Own()]
    wanted = wanted_of(chosen, known_fraction=0.2, seed=3)
    assert list(wanted.attacks) == ["lira", "lira[mode=offline]", "lira[mode=offline,variance=global]", "Own(sign=1.0)"]
    config = parse_config(wanted.config.as_dict())
    assert [attack.build() for attack in config.named_attacks] == list(wanted.attacks.values())[:3]
    assert (config.seed, config.known_fraction) == (3, 0.2)


def test_a_word_stands_for_attacks_and_is_kept_in_the_configuration() -> None:
    every, usual = (wanted_of(word, known_fraction=0.1, seed=0) for word in get_args(AskedAttacks)[::-1])
    assert set(every.attacks) == set(registry.names("attacks"))
    assert set(usual.attacks) == set(candidates())
    assert (every.chosen_by, every.config.attacks) == ("all", "all")
    assert (usual.chosen_by, usual.config.attacks) == ("auto", "auto")


@pytest.mark.parametrize("wrong", ["lira", "", "AUTO", None, 3, []])
def test_anything_but_a_word_or_a_list_is_refused(wrong: Any) -> None:
    with pytest.raises(UserError, match="expected"):
        wanted_of(wrong, known_fraction=0.1, seed=0)


def test_an_attack_may_be_given_as_a_configuration_has_it() -> None:
    offline = {"attack": "lira", "mode": "offline"}
    wanted = wanted_of([offline, {"attack": "lira", "name": "both"}, "lira"], known_fraction=0.1, seed=0)
    assert wanted.attacks == {"lira[mode=offline]": Lira(mode="offline"), "both": Lira(), "lira": Lira()}
    parsed = parse_config(wanted.config.as_dict()).named_attacks
    assert [(each.title, each.build()) for each in parsed] == list(wanted.attacks.items())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mode": "offline"}, "attack is missing"),
        ({"attack": "lira", "mod": "offline"}, "did you mean 'mode'"),
        ({"attack": 3}, "attack: "),
    ],
)
def test_a_wrong_description_of_an_attack_is_explained(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        wanted_of([wrong], known_fraction=0.1, seed=0)
