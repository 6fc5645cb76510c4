"""A server that stalls, drops, limits the rate, answers half, answers nonsense, or dies midway."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.targets import _http_connection as connection
from miaudit.targets.http import Http
from model_server import (
    ModelServer,
    Mood,
    dies,
    drops,
    model_server,
    probabilities,
    records,
    sends_half,
    stalls,
    status,
    trickles,
    truncates,
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with model_server() as running:
        yield running


def behind(server: ModelServer, cache: Path, **options: Any) -> Http:
    usual = {"batch": 4, "repeats": 0, "timeout": 0.3, "backoff": 0.001, "cache": cache}
    return Http(server.url("/invocations"), **{**usual, **options})


@pytest.mark.parametrize(
    "mood",
    [stalls, trickles, drops, sends_half, truncates, status(500), status(503), status(429), status(408)],
    ids=["stalls", "trickles", "drops", "half", "truncated", "500", "503", "429", "408"],
)
def test_what_may_pass_is_tried_again(server: ModelServer, mood: Mood, tmp_path: Path) -> None:
    server.moods = [mood]
    x = records(8)
    np.testing.assert_array_equal(behind(server, tmp_path).outputs(x).values, probabilities(x))
    assert [len(asked) for asked in server.asked] == [4, 4, 4]  # the first batch twice
    assert server.asked[0] == server.asked[1]


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        (stalls, "ReadTimeout: timed out"),
        (trickles, "its answer was not complete within `timeout`"),
        (drops, "RemoteProtocolError: Server disconnected without sending a response"),
        (sends_half, "RemoteProtocolError: peer closed connection without sending complete message body"),
        (truncates, r"its answer is no complete JSON document \(\{\"predictions\": \[\["),
        (status(503), r"HTTP 503 \(overloaded\)"),
    ],
    ids=["stalls", "trickles", "drops", "half", "truncated", "503"],
)
def test_what_does_not_pass_is_told(server: ModelServer, mood: Mood, reason: str, tmp_path: Path) -> None:
    server.moods = [mood, mood]
    with pytest.raises(UserError, match=rf"gave no answer in 2 attempts; at last: {reason}.* kept: run the same again"):
        behind(server, tmp_path, attempts=2).outputs(records(4))
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (400, r"answers HTTP 400 \(overloaded\)"),
        (401, "answers HTTP 401; check the token in `headers`"),
        (404, "answers HTTP 404; check the URL and the model's name in it"),
        (413, "answers HTTP 413; make `batch` smaller"),
        (302, "answers HTTP 302; it refers to https://elsewhere/"),
    ],
)
def test_a_refusal_is_told_at_once(server: ModelServer, code: int, advice: str, tmp_path: Path) -> None:
    server.moods = [status(code, {"Location": "https://elsewhere/"} if code == 302 else None)]
    with pytest.raises(UserError, match=advice):
        behind(server, tmp_path).outputs(records(4))
    assert len(server.asked) == 1


def test_nobody_listens(server: ModelServer, tmp_path: Path) -> None:
    server.stop()
    with pytest.raises(UserError, match=r"gave no answer in 3 attempts; at last: ConnectError: .*refused"):
        behind(server, tmp_path, attempts=3).outputs(records(4))
    server.start()  # what the fixture will stop


def test_a_pause_that_is_asked_for_is_made(server: ModelServer, tmp_path: Path) -> None:
    server.moods = [status(429, {"Retry-After": "1"})]
    start = time.monotonic()
    behind(server, tmp_path).outputs(records(4))
    assert time.monotonic() - start >= 1.0


def test_a_pause_that_is_too_long_ends_the_run(server: ModelServer, tmp_path: Path) -> None:
    server.moods = [status(503, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=3600))})]
    with pytest.raises(UserError, match=r"asks for a pause of 3,\d+ s, more than `longest_wait` \(120 s\)"):
        behind(server, tmp_path).outputs(records(4))
    assert len(server.asked) == 1


def test_pauses_double_and_are_bounded(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    server.moods = [status(500)] * 5
    behind(server, tmp_path, backoff=1.0, longest_wait=5.0, attempts=6).outputs(records(4))
    waits = [second for second in slept if second > 0]
    for wait, usual in zip(waits, [1, 2, 4, 5, 5], strict=True):
        assert min(usual, 5) <= wait <= min(usual + 1, 5)


WRONG: dict[str, tuple[Any, str]] = {
    "too few rows": (lambda p: p[:-1], r"expected numbers \(4,\) or \(4, C\), it gave \(3, 3\)"),
    "too many rows": (lambda p: np.vstack([p, p]), r"expected numbers \(4,\) or \(4, C\), it gave \(8, 3\)"),
    "one row": (lambda p: p[0], r"expected numbers \(4,\) or \(4, C\), it gave \(3,\)"),
    "three dimensions": (lambda p: p[:, :, None], r"it gave \(4, 3, 1\)"),
    "nan": (lambda p: np.where(p == p.max(), np.nan, p), "expected finite numbers, got nan"),
    "null": (lambda p: [[None, *row[1:]] for row in p.tolist()], "expected finite numbers, got nan or a blank"),
    "ragged": (lambda p: [row[:k] for k, row in enumerate(p.tolist())], "expected a list of n rows with C numbers"),
    "text": (lambda p: [[str(value) for value in row] for row in p], "expected numbers, got <U"),
    "no list": (lambda _: "busy", "expected numbers, got <U"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_cannot_be_right_is_refused_and_not_kept(server: ModelServer, case: str, tmp_path: Path) -> None:
    spoil, message = WRONG[case]
    server.model = lambda x: spoil(probabilities(x))
    target = behind(server, tmp_path)
    with pytest.raises(UserError, match=message):
        target.outputs(records(4))
    assert len(server.asked) == 1
    assert target.unanswered(records(4)) == 4


def test_another_number_of_classes_later_is_refused(server: ModelServer, tmp_path: Path) -> None:
    def fewer(x: Floats) -> Floats:
        return probabilities(x) if len(server.asked) == 1 else np.full((len(x), 2), 0.5)

    server.model = fewer
    with pytest.raises(UserError, match=r"expected numbers \(4, 3\), it gave \(4, 2\)"):
        behind(server, tmp_path).outputs(records(8))


def test_a_run_after_the_server_died_asks_for_the_rest_alone(server: ModelServer, tmp_path: Path) -> None:
    honest: Mood = lambda handler, right: handler.answer(200, right)  # noqa: E731
    server.moods = [honest, honest, honest, dies]
    x = records(40)
    with pytest.raises(UserError, match="gave no answer in 2 attempts; at last: ConnectError"):
        behind(server, tmp_path, attempts=2).outputs(x)
    asked_before = [row for batch in server.asked[:3] for row in batch]
    server.asked.clear()
    server.start()
    np.testing.assert_array_equal(behind(server, tmp_path).outputs(x).values, probabilities(x))
    asked_after = [row for batch in server.asked for row in batch]
    assert asked_before == x[:12].tolist()
    assert asked_after == x[12:].tolist()


def test_an_interrupt_keeps_what_was_answered(server: ModelServer, tmp_path: Path) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    x = records(20)
    with pytest.raises(KeyboardInterrupt):
        behind(server, tmp_path, progress=interrupt).outputs(x)
    assert server.records_asked == 8
    behind(server, tmp_path).outputs(x)
    assert server.records_asked == 20


def test_the_rate_is_bounded(server: ModelServer, tmp_path: Path) -> None:
    for limit in ({"requests_per_second": 20.0}, {"records_per_second": 80.0}):
        start = time.monotonic()
        behind(server, tmp_path / next(iter(limit)), **limit).outputs(records(24))
        assert time.monotonic() - start >= 5 / 20  # six batches of four, and a pause between two of them
    assert [len(asked) for asked in server.asked] == [4] * 12


def test_tries_count_towards_the_budget(server: ModelServer, tmp_path: Path) -> None:
    server.moods = [status(500)]
    with pytest.raises(UserError, match="the budget of 8 records is used up, since some had to be sent more than once"):
        behind(server, tmp_path, budget=8).outputs(records(8))
    assert server.records_asked == 8


def test_a_huge_answer_is_not_read_to_its_end(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LARGEST", 10)
    with pytest.raises(UserError, match="answer exceeds 10 bytes: make `batch` smaller"):
        behind(server, tmp_path).outputs(records(4))
