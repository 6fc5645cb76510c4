from typing import Any

import pytest

from miaudit.errors import UserError
from miaudit.running import messages
from miaudit.running.messages import Done, Failed, Idle, Samples, Send, carry_out, tell_the_end
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from tiny import blobs, recipe, works


def test_a_unit_says_what_it_does(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "TICK", 0.0)  # at every chance
    data, said = blobs(), list[object]()
    unit = works(data, recipe(epochs=3), 2)
    carry_out(unit, Records(data.x, data.y, data.classes), LocalStore(tmp_path), "cpu", said.append)
    assert [message for message in said if isinstance(message, Done)] == [Done(work.key, True) for work in unit]
    assert sum(message.number for message in said if isinstance(message, Samples)) == 2 * 3 * 30


def test_the_end_is_told() -> None:
    said: list[object] = []

    def do(send: Send[bool]) -> None:
        send(Done("key", False))

    tell_the_end(do, said.append)
    assert said == [Done("key", False), Idle()]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UserError("no such thing"), "no such thing"),
        (ValueError("three"), "a model cannot be trained: ValueError: three (what is finished is kept)"),
    ],
)
def test_a_failure_is_told_and_not_raised(error: Exception, message: str) -> None:
    def fail(_: Send[bool]) -> None:
        raise error

    said: list[object] = []
    tell_the_end(fail, said.append)
    (failed,) = said
    assert isinstance(failed, Failed)
    assert failed.message == message
    assert "raise error" in failed.error().__notes__[0]
