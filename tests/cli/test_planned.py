import io
import json
import re
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import typer
import yaml
from rich.console import Console

from miaudit.auditing import cost
from miaudit.auditing.cost import Forecast, Readers, Share
from miaudit.cli.planned import confirm, plan_json, show_plan
from miaudit.errors import UserError
from tiny import CONFIG, Audited, Call

NOON = datetime(2026, 3, 1, 12, 0)
SHARES = (
    Share("target", 1, 0, 1000, 12.0, Readers(scores=("loss", "lira"))),
    Share("shadows and references", 8, 2, 500, 6.0, Readers(("lira",), ("loss",))),
    Share("references", 4, 4, 500, None, Readers(("a", "b", "c", "d", "lira"))),
)
PLANNED = Forecast(SHARES, processes=2, spared=3)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(forecast: Forecast, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width)
    show_plan(forecast, console, NOON)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_names_of_attacks_stay_whole_on_80_columns() -> None:
    readers = Readers(("base_ratio", "lira", "ensemble"), ("loss",))
    text = shown(Forecast((Share("shadows and references", 8, 0, 300, 0.072, readers),), 2), width=80)
    assert "shadows and references  base_ratio, " in text
    assert not re.search(r"^ +,", text, flags=re.MULTILINE)


def test_the_table_says_what_is_trained_for_whom() -> None:
    text = shown(PLANNED)
    cells = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    rows = {role: rest for role, *rest in cells}
    assert rows["target"] == ["all attacks", "1", "0", "1,000", "12 s", "12 s"]
    assert rows["shadows and references"] == ["lira; cuts of loss", "8", "2", "500", "6 s", "36 s"]
    assert rows["references"] == ["5 attacks", "4", "4", "500", "-", "-"]
    assert "Plan: 13 models, 6 in the store, 7 to train, about 28 s: done at about 12:00." in text
    assert "3 more models of the split are read by none of these attacks and are not trained." in text


def test_trainings_that_go_on_are_named() -> None:
    begun = replace(PLANNED, resumed="the training of 1 model goes on after epoch 37 of 100")
    assert "Resumed: the training of 1 model goes on after epoch 37 of 100.\n" in shown(begun)
    assert json.loads(plan_json(begun))["resumed"] == begun.resumed
    assert "Resumed" not in shown(PLANNED)


def test_another_day_is_named() -> None:
    share = Share("target", 1, 0, 10, 86400.0, Readers())
    assert "done at about 12:00 on 02 March" in shown(Forecast((share,), 1))


def test_nothing_to_train_needs_no_table() -> None:
    share = Share("target", 1, 1, 10, None, Readers())
    assert shown(Forecast((share,), 1)) == "Plan: 1 model, all in the store: nothing to train.\n"


def test_bf16_that_is_slower_here_is_warned_of() -> None:
    text = shown(replace(PLANNED, bf16_slowdown=6.63))
    assert "Warning: training in bf16 takes 6.6 times as long as in fp32 on this machine" in text
    assert json.loads(plan_json(replace(PLANNED, bf16_slowdown=6.63)))["bf16_slowdown"] == 6.63
    assert "bf16" not in shown(PLANNED)


def test_for_machines() -> None:
    told = json.loads(plan_json(PLANNED))
    assert told["seconds"] == PLANNED.seconds
    assert (told["models"], told["in_store"], told["to_train"], told["not_needed"]) == (13, 6, 7, 3)
    assert told["rows"][1] == {
        "role": "shadows and references",
        "models": 8,
        "in_store": 2,
        "to_train": 6,
        "records": 500,
        "seconds_each": 6.0,
        "attacks": ["lira"],
        "cuts": ["loss"],
    }


def test_a_short_training_is_not_asked_about() -> None:
    confirm(PLANNED, 28.0, Console(file=io.StringIO()))


@pytest.mark.parametrize("seconds", [12.0, None])
def test_without_a_terminal_there_is_nobody_to_ask(seconds: float | None) -> None:
    share = Share("target", 1, 0, 10, seconds, Readers())
    with pytest.raises(UserError, match="no terminal to ask at: leave --confirm-above out"):
        confirm(Forecast((share,), 1), 10.0, Console(file=io.StringIO()))


@pytest.mark.parametrize("answer", [True, False])
def test_at_a_terminal_the_user_decides(answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: answer)
    console = Console(file=io.StringIO())
    if answer:
        confirm(PLANNED, 10.0, console)
    else:
        with pytest.raises(typer.Exit, match="1"):
            confirm(PLANNED, 10.0, console)


def test_the_plan_alone(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: 60.0)
    config = tmp_path / "a.yaml"
    config.write_text(yaml.safe_dump(CONFIG))
    words = ("audit", config, "--out", tmp_path / "out", "--store", tmp_path / "store", "--jobs", 1)
    called = call(*words, "--plan-only")
    assert called.code == 0
    assert "Plan: 7 models, 0 in the store, 7 to train, about 7.1 min: done at about" in called.out
    assert json.loads(call(*words, "--dry-run", "--json").out)["seconds"] == pytest.approx(424, abs=1)
    refused = call(*words, "--confirm-above", "2m")
    assert refused.code == 2
    assert "training takes about 7.1 min, more than --confirm-above allows" in refused.err
    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "store").rglob("*.safetensors"))


def test_evidence_has_no_plan(call: Call, audited: Audited) -> None:
    called = call("audit", audited.folder / "evidence.safetensors", "--plan-only")
    assert called.code == 2
    assert "--plan-only is for training models: evidence was collected already" in called.err
