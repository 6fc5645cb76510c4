"""No record is sent twice, answers are kept for their owner alone, and what changed at the endpoint is noticed."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.targets import _http_answers
from miaudit.targets._http_answers import names_of, open_answers
from miaudit.targets.http import Http
from model_server import METADATA, ModelServer, model_server, probabilities, records


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with model_server() as running:
        yield running


def test_a_full_cache_needs_no_endpoint(server: ModelServer, tmp_path: Path) -> None:
    x = records(20)
    first = Http(server.url("/v2/models/m"), cache=tmp_path).outputs(x)
    before = server.records_asked, server.reads
    again = Http(server.url("/v2/models/m"), cache=tmp_path, headers={"Authorization": "${NOT_SET}"}, budget=1)
    np.testing.assert_array_equal(again.outputs(x).values, first.values)
    assert (server.records_asked, server.reads) == before
    assert again.unanswered(x) == 0


def test_equal_records_are_sent_once(server: ModelServer, tmp_path: Path) -> None:
    x = np.repeat(records(5), 4, axis=0)
    target = Http(server.url("/invocations"), cache=tmp_path)
    assert target.unanswered(x) == 5 + 2  # two different ones among the first eight are sent again
    np.testing.assert_array_equal(target.outputs(x).values, probabilities(x))
    assert server.records_asked == 7


@pytest.mark.parametrize(
    "other",
    [{"columns": tuple("abcde")}, {"headers": {"X-Version": "2"}}, {"answer": "predictions.*"}],
    ids=lambda options: next(iter(options)),
)
def test_other_questions_have_a_cache_of_their_own(server: ModelServer, other: dict[str, Any], tmp_path: Path) -> None:
    Http(server.url("/invocations"), cache=tmp_path).outputs(records(8))
    assert Http(server.url("/invocations"), cache=tmp_path, **other).unanswered(records(8)) == 16
    assert Http(server.url("/invocations"), cache=tmp_path, batch=3, timeout=9).unanswered(records(8)) == 0


def test_records_of_another_type_are_other_records() -> None:
    x = records(2)
    assert len({*names_of(x), *names_of(x.astype(np.float32)), *names_of(x.reshape(2, 5, 1))}) == 6
    assert names_of(x[::-1]) == names_of(x)[::-1]


def test_a_model_that_answers_differently_is_told(server: ModelServer, tmp_path: Path) -> None:
    def noisy(x: Floats) -> Floats:
        p = probabilities(x)
        p[:, :2] += (-1) ** len(server.asked) * 0.01 * np.minimum(p[:, :1], p[:, 1:2]) * [[1, -1]]
        return p

    server.model = noisy
    target = Http(server.url("/invocations"), cache=tmp_path)
    x = records(8)
    target.outputs(x)
    p = probabilities(x)
    apart = 2 * 0.01 * np.minimum(p[:, 0], p[:, 1]).max()
    words = f"not deterministic: asked twice about 8 records, its answers differed by up to {apart:.2g}"
    assert target.description.endswith(words)
    assert Http(server.url("/invocations"), cache=tmp_path).description.endswith(words)


def test_answers_in_another_order_are_refused(server: ModelServer, tmp_path: Path) -> None:
    server.model = lambda x: probabilities(x)[np.argsort(x[:, 0])]
    with pytest.raises(
        UserError, match="gives its answers in another order than the records were sent in: set batch=1"
    ):
        Http(server.url("/invocations"), cache=tmp_path).outputs(records(20))
    assert server.records_asked == 16


def test_a_new_version_of_the_model_is_noticed(server: ModelServer, tmp_path: Path) -> None:
    target = Http(server.url("/v2/models/m"), cache=tmp_path)
    target.outputs(records(8))
    server.metadata = {**METADATA, "versions": ["2"]}
    target.outputs(records(8))  # all answers are there: nothing is asked
    with pytest.raises(
        UserError, match=r'now serves another model \(.*\["2"\].*\) than the one whose answers are kept'
    ):
        target.outputs(records(9))


def test_nobody_else_may_read_the_answers(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    modes: list[int] = []

    def look(*_: Any) -> None:
        files = list((tmp_path / "store").rglob("*"))
        modes.extend(path.stat().st_mode & 0o077 for path in [tmp_path / "store", *files])

    before = os.umask(0)
    try:
        Http(server.url("/invocations"), progress=look).outputs(records(8))
    finally:
        os.umask(before)
    look()
    assert len(modes) >= 6
    assert set(modes) == {0}


def test_a_kill_loses_no_answer_that_was_kept(tmp_path: Path) -> None:
    program = f"""
import os, pathlib, signal
import numpy as np
from miaudit.targets._http_answers import open_answers
with open_answers(pathlib.Path({str(tmp_path / "a" / "b.sqlite")!r})) as answers:
    answers.keep([b"one", b"two"], np.array([[0.25, 0.75], [0.5, 0.5]]))
    answers.note("classes", "2")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    with open_answers(tmp_path / "a" / "b.sqlite") as answers:
        found = answers.of([b"one", b"three", b"two"])
        assert {name: row.tolist() for name, row in found.items()} == {b"one": [0.25, 0.75], b"two": [0.5, 0.5]}
        assert answers.fact("classes") == "2"


def test_the_first_answer_stays(tmp_path: Path) -> None:
    with open_answers(tmp_path / "b.sqlite") as answers:
        answers.keep([b"one"], np.array([[0.25, 0.75]]))
        answers.keep([b"one", b"two"], np.array([[0.5, 0.5], [0.1, 0.9]]))
        assert [row.tolist() for row in answers.of([b"one", b"two"]).values()] == [[0.25, 0.75], [0.1, 0.9]]


def test_a_second_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http_answers, "BUSY", 0.05)
    with (
        open_answers(tmp_path / "b.sqlite"),
        pytest.raises(UserError, match=r"database is locked.* another process asks this endpoint, wait for its end"),
        open_answers(tmp_path / "b.sqlite"),
    ):
        raise AssertionError("both have it open")


def test_a_cache_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        pytest.raises(UserError, match=r"cannot write to the cache .*; choose another `cache`"),
        open_answers(tmp_path / "file" / "b.sqlite"),
    ):
        raise AssertionError("there is no such folder")
    (tmp_path / "b.sqlite").write_bytes(b"no database" * 100)
    with (
        pytest.raises(UserError, match=r"b.sqlite is damaged \(file is not a database\): remove it"),
        open_answers(tmp_path / "b.sqlite"),
    ):
        raise AssertionError("it is no database")


def test_rows_of_other_lengths_are_damage(server: ModelServer, tmp_path: Path) -> None:
    target = Http(server.url("/invocations"), cache=tmp_path)
    target.outputs(records(8))
    (file,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(file) as content:
        content.execute("UPDATE answers SET outputs = ? WHERE record = ?", (bytes(16), names_of(records(1))[0]))
    content.close()
    with pytest.raises(UserError, match="is damaged: remove it"):
        target.outputs(records(8))
