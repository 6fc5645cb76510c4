"""Tokens come from the environment, and are found nowhere else: in no message, log, file, name or repr."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from miaudit.errors import UserError
from miaudit.targets._http_secrets import filled, redacted, redacted_json, shown
from miaudit.targets.http import Http
from model_server import ModelServer, drops, model_server, records, status

TOKEN = "s3cr3t-t0ken"
TEMPLATE = {"Authorization": "Bearer ${MY_TOKEN}"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    with model_server() as running:
        yield running


def test_the_token_is_sent_and_found_nowhere(
    server: ModelServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"who is Bearer {TOKEN}? {TOKEN}".encode()
    server.moods = [status(503, body=echo), drops, status(401, body=echo)]
    target = Http(server.url("/v2/models/m"), headers=TEMPLATE, cache=tmp_path, backoff=0.001)
    with pytest.raises(UserError, match=r"HTTP 401; check the token .*who is Bearer \*\*\*\? \*\*\*") as refused:
        target.outputs(records(8))
    server.moods = [status(503, body=echo)] * 6
    with pytest.raises(UserError, match=r"at last: HTTP 503 \(who is Bearer \*\*\*") as unanswered:
        target.outputs(records(8))
    target.outputs(records(8))
    assert set(server.tokens) == {f"Bearer {TOKEN}"}
    assert all(error.value.__cause__ is None for error in (refused, unanswered))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    written = b"".join(path.read_bytes() + str(path).encode() for path in files)
    said = repr(target) + target.description + target.name + target.identity + caplog.text + "".join(capfd.readouterr())
    assert "send_request_headers" in caplog.text  # of httpcore; other libraries may have silenced httpx itself
    assert TOKEN not in said
    assert TOKEN.encode() not in written
    assert "MY_TOKEN" not in said


@pytest.mark.parametrize("path", ["/v2/models/m", "/invocations", "/score"])
def test_an_answer_that_is_wrong_is_quoted_without_the_token(server: ModelServer, path: str, tmp_path: Path) -> None:
    answers: list[Any] = [
        {"error": f"{'x' * 280}{TOKEN}"},
        {TOKEN: 1},
        [f"Bearer {TOKEN}"],
        TOKEN,
        {"predictions": TOKEN},
    ]
    server.moods = [status(200, body=json.dumps(answer).encode()) for answer in answers]
    body: Any = {"batch": {"rows": "${records}"}} if path == "/score" else None
    target = Http(server.url(path), headers=TEMPLATE, cache=tmp_path, body=body)
    for _ in answers:
        with pytest.raises(UserError, match="endpoint") as refused:
            target.outputs(records(8))
        assert TOKEN[:6] not in str(refused.value)  # nor a part of it, where a message is cut short
    assert not server.moods


def test_metadata_that_are_wrong_are_quoted_without_the_token(server: ModelServer, tmp_path: Path) -> None:
    server.metadata = {"name": "m", "inputs": [{"name": TOKEN}]}
    with pytest.raises(UserError, match=r"in the metadata, got \{'name': '\*\*\*'\}"):
        Http(server.url("/v2/models/m"), headers=TEMPLATE, cache=tmp_path).outputs(records(8))


def test_the_token_has_no_part_in_the_cache(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Http(server.url("/invocations"), headers=TEMPLATE, cache=tmp_path).outputs(records(8))
    monkeypatch.setenv("MY_TOKEN", "another")
    other = {"Authorization": "Bearer ${MY_TOKEN}", "X-Tenant": "${TENANT}"}
    assert Http(server.url("/invocations"), headers=other, cache=tmp_path).unanswered(records(8)) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"url": f"https://ann:{TOKEN}@host/invocations"},
        {"url": f"https://{TOKEN}@host/invocations"},
        {"url": f"https://host/invocations?api_key={TOKEN}"},
        {"url": f"https://host/invocations?code={TOKEN}"},
        {"url": f"https://host/invo cations/{TOKEN}"},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        {"headers": {"X-Api-Key": TOKEN}},
        {"headers": {"cookie": TOKEN}},
        {"headers": f"Authorization: {TOKEN}"},
        {"headers": {"Authorization": [TOKEN]}},
    ],
)
def test_a_secret_that_is_written_down_is_refused_and_not_quoted(options: dict[str, Any]) -> None:
    with pytest.raises(UserError) as refused:
        Http(**{"url": "https://host/invocations", **options})
    assert TOKEN not in str(refused.value)
    assert any(word in str(refused.value) for word in ("environment", "MY_TOKEN", "expected the URL"))


def test_an_option_by_a_wrong_name_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as refused:
        Http("https://host/invocations", token=TOKEN)  # type: ignore[call-arg]
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(("value", "message"), [(None, "is not set"), ("", "is not set"), ("a\nb", "a line break")])
def test_a_variable_that_cannot_be_sent(value: str | None, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("MY_TOKEN", value)
    with pytest.raises(UserError, match=rf"MY_TOKEN.*{message}"):
        filled(TEMPLATE)


def test_several_variables_are_filled_and_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "aaa")
    monkeypatch.setenv("TWO", "aaab")
    headers = {"X-A": "${ONE}-${TWO}", "X-B": "plain"}
    assert filled(headers) == {"X-A": "aaa-aaab", "X-B": "plain"}
    assert redacted("aaa, aaab, plain", headers) == "***, ***, plain"


def test_texts_of_a_document_are_redacted_and_numbers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "7")
    document = {"7": [0.7, 7, "a7", {"b": None}]}
    assert redacted_json(document, {"X-A": "${ONE}"}) == {"***": [0.7, 7, "a***", {"b": None}]}
    assert redacted_json(document, {}) is document


def test_the_query_is_not_shown() -> None:
    assert shown("https://host:8080/a/b?c=d#e") == "https://host:8080/a/b"
