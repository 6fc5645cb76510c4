import re

import pytest

from tiny import Call


@pytest.mark.parametrize("words", [(), ("store",)])
def test_summaries_are_whole_sentences(call: Call, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = call(*words, "--help").out.split("Commands:\n")[1].strip().splitlines()
    assert len(lines) > 3
    for line in lines:
        assert re.fullmatch(r"\s*[a-z]+  +[A-Z][^.]+\.", line), line


@pytest.mark.parametrize("words", [(), ("audit",), ("store",), ("store", "gc")])
def test_h_is_help(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words, "-h") == call(*words, "--help")
    assert "Usage: miaudit" in call(*words, "-h").out


def test_a_bare_call_shows_three_ways_to_start(call: Call) -> None:
    called = call()
    assert called.code == 2
    assert called.out == ""
    for way in ("miaudit audit model.onnx --members", "miaudit audit predictions.csv", "miaudit demo"):
        assert way in called.err


def test_completion_is_offered(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--install-completion" in call("--help").out
