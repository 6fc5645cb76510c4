"""The user's input is at fault: exit code 2, one message, no traceback."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from miaudit.cli import describe
from miaudit.evidence.io.file import write_evidence
from tiny import CONFIG, Call
from worlds import gaussian_world


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Evidence of a target alone."""
    world = gaussian_world(np.random.default_rng(0), n=40, references=0, shadows=0, known=0, population=0, form="out")
    path = tmp_path / "bare.safetensors"
    write_evidence(path, world.evidence, world.member)
    return path


def config(folder: Path, **changes: object) -> Path:
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({**CONFIG, **changes}))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"atacks": []}, "there is no option 'atacks'"),
        ({"attacks": ["lirra"]}, "no attack is called 'lirra': did you mean 'lira'?"),
        (
            {"attacks": [{"attack": "lira", "mod": "online"}]},
            "attack lira: there is no option 'mod': did you mean 'mode'?",
        ),
        ({"attacks": [{"attack": "lira", "mode": "sideways"}]}, "attack lira: mode: "),
        ({"dataset": "diggits"}, "no dataset is called 'diggits': did you mean 'digits'?"),
        ({"split": {"name": "pool", "modles": 4}}, "split pool: there is no option 'modles': did you mean 'models'?"),
        ({"split": {"name": "pool", "models": "four"}}, "split pool: models: "),
        ({"split": {"name": "pool", "members": 0.9}}, "the pool's shares sum to 1.4"),
        ({"recipe": {"model": "mlp", "epoch": 3}}, "recipe: there is no option 'epoch': did you mean 'epochs'?"),
        (
            {"recipe": {"model": "mlp", "epochs": 10**9}},
            "recipe: epochs: Input should be less than or equal to 1000000",
        ),
        ({"recipe": {"model": {"name": "mlp", "hidden": [65_536] * 50}}}, "make its layers narrower"),
        (
            {"split": {"name": "pool", "models": 10**9}},
            "split pool: models: Input should be less than or equal to 10000",
        ),
        (
            {"recipe": {"model": {"name": "mlp", "hiden": [3]}}},
            "model mlp: there is no option 'hiden': did you mean 'hidden'?",
        ),
        ({"recipe": {"model": "mlp", "optimizer": "sgd", "nesterov": True}}, "nesterov needs momentum"),
        ({"threshold": "precission"}, "no threshold is called 'precission': did you mean 'precision'?"),
        ({"seed": "one"}, "seed: "),
        (
            {"known_fraction": 0.99999},
            "attack kde knows 0.99999 of 269 members",
        ),
    ],
)
def test_wrong_configurations(call: Call, tmp_path: Path, changes: dict[str, object], message: str) -> None:
    called = call("audit", config(tmp_path, **changes), "--store", tmp_path / "store")
    assert called.code == 2
    assert called.err.startswith("miaudit: ")
    assert called.err.count("\n") == 1
    assert message in called.err
    assert called.out == ""
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("audit", "none.yaml"), "cannot read none.yaml: expected a configuration with keys"),
        (("audit", "none.csv"), "expected an evidence file, got no such file"),
        (("audit", "broken.yaml"), "broken.yaml is not YAML"),
        (("audit", "config.yaml", "--budget", "soon"), "--budget: expected a time such as 90s, 10m or 2h"),
        (("audit", "config.yaml", "--out", "words.txt/out"), "words.txt is a file; choose another folder"),
        (("audit", "config.yaml", "--device", "cuda"), "device cuda: torch"),
        (("audit", "config.yaml", "--device", "gpu"), "device: expected auto, cpu, cuda, mps, got 'gpu'"),
        (("audit", "bare.safetensors", "--device", "cpu"), "--device is for training models"),
        (("score", "none.safetensors", "--attack", "loss"), "expected an evidence file, got no such file"),
        (("score", "words.txt", "--attack", "loss"), "a CSV table; got a single line without a separator"),
        (("score", "bare.safetensors", "--attack", "losss"), "no attack is called 'losss': did you mean 'loss'?"),
        (("score", "bare.safetensors", "--attack", "lira"), "attack lira needs reference models"),
        (("score", "bare.safetensors", "--attack", "ldc"), "attack ldc needs 1 shadow panel"),
        (("score", "bare.safetensors", "--attack", "loss", "--set", "k"), "--set expects key=value, got 'k'"),
        (("score", "bare.safetensors", "--attack", "loss", "--set", "k=1"), "there is no option 'k'"),
        (("score", "bare.safetensors", "--attack", "lira", "--set", "mode=[1"), "--set mode: '[1' is not YAML"),
        (("score", "bare.safetensors", "--attack", "loss", "--out", "words.txt/x.parquet"), "cannot write"),
        (("evaluate", "none.parquet"), "cannot read none.parquet"),
        (("evaluate", "words.txt"), "expected scores in a .parquet or .csv file"),
        (("report", "."), "cannot read result.json: expected a result in the folder of an audit, got no such file"),
        (("attacks", "lirra"), "did you mean 'lira'?"),
    ],
)
def test_wrong_words(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare: Path, words: tuple[str, ...], message: str
) -> None:
    config(tmp_path)
    (tmp_path / "broken.yaml").write_text("a: [1")
    (tmp_path / "words.txt").write_text("hello")
    monkeypatch.chdir(tmp_path)
    called = call(*words)
    assert called.code == 2
    assert called.err.startswith("miaudit: ")
    assert message in called.err
    assert "Traceback" not in called.err
    if words[1] != "broken.yaml":  # the parser's own message shows the place
        assert called.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("audit", "x.yaml", "--speed", "9"), "No such option: --speed"),
        (("audit", "x.yaml", "--budgt", "9m"), "No such option: --budgt (Possible options: --budget"),
        (("audit", "x.yaml", "--\x1b[31m", "9"), "No such option: --\\x1b[31m"),
        (("audit", "x.yaml", "--jobs", "many"), "Invalid value for '--jobs'"),
        (("audit", "x.yaml", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("score", "x.csv"), "Missing option '--attack'"),
        (("audt",), "No such command 'audt'. Did you mean 'audit'?"),
    ],
)
def test_wrong_usage(call: Call, words: tuple[str, ...], message: str) -> None:
    called = call(*words)
    assert called.code == 2
    assert called.err.startswith("Usage: miaudit ")
    assert message.lower() in called.err.lower()
    assert "Traceback" not in called.err


def test_an_interrupt_says_that_what_is_finished_is_kept(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(describe, "card", interrupted)
    called = call("attacks")
    assert called.code == 130
    assert "the same command continues from there" in called.err


def test_an_error_of_the_program_is_no_error_of_the_user(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(describe, "card", broken)
    with pytest.raises(ZeroDivisionError):
        call("attacks")


def test_exit_codes_reach_the_shell(bare: Path) -> None:
    program = [sys.executable, "-m", "miaudit"]
    wrong = subprocess.run([*program, "score", bare, "--attack", "lira"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("miaudit: attack lira needs")
    assert wrong.stderr.count("\n") == 1
    right = subprocess.run(
        [*program, "score", bare, "--attack", "loss", "--out", bare.with_name("s.parquet")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert right.returncode == 0, right.stderr
