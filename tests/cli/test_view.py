import sys
from pathlib import Path

import pytest
import uvicorn

from miaudit.cli.view import LOOPBACK, listening_on
from tiny import Call


def test_the_list_is_served_on_this_machine_alone(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def run(_: uvicorn.Server, sockets: list[object]) -> None:
        served.extend(socket.getsockname() for socket in sockets)  # type: ignore[attr-defined]

    monkeypatch.setattr(uvicorn.Server, "run", run)
    called = call("view", tmp_path, "--port", 0)
    assert called.code == 0
    ((host, port),) = served
    assert host == LOOPBACK == "127.0.0.1"
    assert f"http://127.0.0.1:{port}/" in called.out


def test_a_taken_port_and_a_missing_folder_are_named(call: Call, tmp_path: Path) -> None:
    with listening_on(0) as taken:
        called = call("view", tmp_path, "--port", taken.getsockname()[1])
    assert called.code == 2
    assert "`--port 0` takes a free one" in called.err
    assert call("view", tmp_path / "nothing").code == 2


def test_without_starlette_the_extra_is_named(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    called = call("view", tmp_path)
    assert called.code == 2
    assert "pip install 'miaudit[view]'" in called.err
