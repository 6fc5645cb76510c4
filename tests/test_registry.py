"""Plug-ins are found by their file's name, foreign ones by an entry point, and mistakes have their messages."""

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from typing import Any, Literal

import pytest
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit import registry
from miaudit.attacks.base import STRICT
from miaudit.errors import UserError


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Guess:
    """A foreign attack."""

    weight: float = Field(default=0.5, ge=0, le=1)
    mode: Literal["fast", "slow"] = "fast"
    steps: int


Install = Callable[[str, str], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Pretend that a package with this entry point is installed."""
    points: list[EntryPoint] = []

    def entry_points(group: str, name: str | None = None) -> list[EntryPoint]:
        return [point for point in points if point.group == group and name in (None, point.name)]

    def add(group: str, name: str) -> None:
        points.append(EntryPoint(name, "foreign_package:Guess", group))
        registry.names.cache_clear()

    monkeypatch.setattr(registry, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda self: {"foreign_package:Guess": Guess}[self.value])
    registry.names.cache_clear()
    yield add
    registry.names.cache_clear()


def test_the_folder_is_the_registry() -> None:
    signals = registry.names("signals")
    assert {"loss", "scaled_logit", "confidence"} <= set(signals)
    assert "base" not in signals
    assert not [name for name in signals if name.startswith("_")]
    assert list(signals) == sorted(signals)


def test_every_plug_in_of_every_folder_can_be_found() -> None:
    for folder in ("attacks", "signals", "thresholds", "datasets"):
        for name in registry.names(folder):
            assert callable(registry.find(folder, name)), (folder, name)


def test_a_plug_in_is_its_file_s_class_or_function() -> None:
    from miaudit.attacks.two_stage import TwoStage
    from miaudit.signals.scaled_logit import scaled_logit

    assert registry.find("attacks", "two_stage") is TwoStage
    assert registry.find("signals", "scaled_logit") is scaled_logit


@pytest.mark.parametrize(
    ("folder", "name", "message"),
    [
        ("attacks", "lirra", "no attack is called 'lirra': did you mean 'lira'?"),
        ("attacks", "two-stage", "no attack is called 'two-stage': did you mean 'two_stage'?"),
        ("datasets", "diggits", "no dataset is called 'diggits': did you mean 'digits'?"),
        ("signals", "base", "no signal is called 'base': "),
        ("thresholds", "_candidates", "no threshold is called '_candidates': "),
    ],
)
def test_an_unknown_name_has_a_hint(folder: str, name: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        registry.find(folder, name)
    assert str(error.value).startswith(message)


def test_a_name_like_no_other_gets_the_whole_list() -> None:
    with pytest.raises(UserError) as error:
        registry.find("signals", "zzzzzz")
    assert str(error.value) == f"no signal is called 'zzzzzz': expected one of {', '.join(registry.names('signals'))}"


def test_a_path_is_no_name() -> None:
    with pytest.raises(UserError, match="no attack is called"):
        registry.find("attacks", "..errors")


def test_a_foreign_plug_in_joins_by_an_entry_point(install: Install) -> None:
    own = registry.names("attacks")
    install("miaudit.attacks", "guess")
    assert registry.names("attacks") == tuple(sorted([*own, "guess"]))
    assert registry.find("attacks", "guess") is Guess
    assert registry.build("attacks", "guess", {"steps": 3}) == Guess(steps=3)
    assert "guess" not in registry.names("thresholds")


PROBLEMS: list[tuple[dict[str, Any], list[str]]] = [
    ({"steps": 1, "wieght": 1}, ["there is no option 'wieght'"]),
    ({}, ["steps is missing"]),
    ({"steps": "many"}, ["steps: ", "valid integer", "got 'many'"]),
    ({"steps": 1, "weight": 2}, ["weight: ", "less than or equal to 1", "got 2"]),
    ({"steps": 1, "mode": "medium"}, ["mode: ", "'fast' or 'slow'", "got 'medium'"]),
    ({"weight": -1}, ["weight: ", "steps is missing", "; "]),
]


@pytest.mark.parametrize(("options", "parts"), PROBLEMS)
def test_a_wrong_option_is_named(install: Install, options: dict[str, Any], parts: list[str]) -> None:
    install("miaudit.attacks", "guess")
    with pytest.raises(UserError) as error:
        registry.build("attacks", "guess", options)
    assert str(error.value).startswith("attack guess: ")
    for part in parts:
        assert part in str(error.value)


def test_options_reach_the_plug_in() -> None:
    attack = registry.build("attacks", "lira", {"mode": "offline"})
    assert attack.mode == "offline"


@pytest.mark.parametrize(
    ("name", "expected"), [("lira", "Lira"), ("attack_p", "AttackP"), ("cifar10", "Cifar10"), ("top_k", "TopK")]
)
def test_class_names(name: str, expected: str) -> None:
    assert registry.class_name(name) == expected
